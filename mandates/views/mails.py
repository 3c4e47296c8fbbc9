"""Mail that came in: the pen of strays, one mail, what a person does with it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import role_required, signed_in
from mandates import actions
from mandates.errors import LetterError
from mandates.forms import AttachForm, NoteForm, ReplyForm
from mandates.incoming import Mail, read_mail
from mandates.incoming.proposing import propose_kind, propose_mandate, propose_reference
from mandates.models import IncomingMail, Letter, Reply

State = IncomingMail.State
SHOWN = 100


@role_required("letter_author")
@never_cache
@require_safe
def mail_pen(request: HttpRequest) -> HttpResponse:
    mails = IncomingMail.objects.without_bytes().select_related("decided_by")
    context = {
        "strays": mails.filter(state__in=[State.STRAY, State.ARRIVED]).order_by("-received_at")[:SHOWN],
        "set_aside": mails.filter(state=State.SET_ASIDE).order_by("-decided_at")[:SHOWN],
        "elsewhere": mails.filter(letter=None, state__in=[State.NOTED, State.BOUNCED]).order_by("-received_at")[:SHOWN],
    }
    return render(request, "mandates/mail_pen.html", context)


@role_required("letter_author")
@never_cache
@require_safe
def mail_detail(request: HttpRequest, pk: int) -> HttpResponse:
    mail = _mail(pk)
    if mail.destroyed_at is not None:
        return render(request, "mandates/mail_destroyed.html", {"mail": mail, "replies": mail.replies.order_by("pk")})
    return _page(request, mail, AttachForm(), NoteForm())


@role_required("letter_author")
@never_cache
@require_safe
def mail_part(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """An attachment as bytes to save, never to show: whatever it is, no browser may open it on our pages."""
    part = next((part for part in _read(_whole(pk)).attachments if part.number == number), None)
    if part is None:
        raise Http404
    return _download(part.content, f"mail-{pk}-{number}.bin" if not part.is_pdf else f"mail-{pk}-{number}.pdf")


@role_required("letter_author")
@never_cache
@require_safe
def mail_raw(request: HttpRequest, pk: int) -> HttpResponse:
    """The mail exactly as it came, for whoever has to prove it."""
    return _download(bytes(_whole(pk).raw), f"mail-{pk}.eml")


@role_required("letter_author")
@require_POST
def mail_attach(request: HttpRequest, pk: int) -> HttpResponse:
    mail, form = _whole(pk), AttachForm(request.POST)
    if not form.is_valid():
        return _page(request, mail, form, NoteForm())

    def attach() -> object:
        return actions.attach_mail(
            mail=mail,
            letter=form.cleaned_data["letter"],
            keep_addresses=form.cleaned_data["keep_addresses"],
            by=signed_in(request),
            now=timezone.now(),
        )

    return _do(request, mail, attach, _("The mail lies on its letter now. Please say what it is."))


@role_required("letter_author")
@require_POST
def mail_detach(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, actions.detach_mail, _("The mail is among the strays now."))


@role_required("letter_author")
@require_POST
def mail_set_aside(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, actions.set_mail_aside, _("The mail is set aside, to be destroyed in time."))


@role_required("letter_author")
@require_POST
def mail_take_up(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, actions.take_mail_up, _("The mail is among the strays now."))


@role_required("letter_author")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mail_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """A person says what a mail on a letter is."""
    mail = _whole(pk)
    if mail.letter is None or mail.state not in {State.WAITING, State.NOTED, State.ANSWERED}:
        raise Http404
    letter = Letter.objects.with_journey().get(pk=mail.letter.pk)
    read = _read(mail)
    initial = _proposed(mail, read, letter)
    form = ReplyForm(
        request.POST or None, letter=letter, today=timezone.localdate(), mail=mail, read=read, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_reply(letter=letter, mail=mail, by=signed_in(request), now=timezone.now(), **form.words)
        except LetterError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The answer is recorded."))
            return redirect(letter)
    return render(request, "mandates/mail_answer.html", {"mail": mail, "letter": letter, "read": read, "form": form})


def _proposed(mail: IncomingMail, read: Mail, letter: Letter) -> dict[str, object]:
    """The form's first guess. Of a forged mail nothing is believed, not even as a guess."""
    initial = {"received_on": timezone.localdate(mail.received_at), "text": read.text[:20_000]}
    if mail.is_forged:
        return {**initial, "kind": Reply.Kind.NONE}
    mandate = propose_mandate(read, letter=letter)
    return {**initial, "kind": propose_kind(read), "mandate": mandate, "reference": propose_reference(read)}


def _page(request: HttpRequest, mail: IncomingMail, attach_form: AttachForm, note_form: NoteForm) -> HttpResponse:
    context = {
        "mail": mail,
        "read": _read(mail),
        "attach_form": attach_form,
        "note_form": note_form,
        "alike": _alike(mail),
        "replies": mail.replies.order_by("pk"),
    }
    return render(request, "mandates/mail_detail.html", context, status=422 if attach_form.errors else 200)


def _alike(mail: IncomingMail) -> list[IncomingMail]:
    """Other mails that claim the same Message-ID: copies, or forgeries of each other."""
    if not mail.message_id:
        return []
    same = IncomingMail.objects.without_bytes().filter(message_id=mail.message_id).exclude(pk=mail.pk)
    return list(same.order_by("pk")[:SHOWN])


def _decide(request: HttpRequest, pk: int, act: Callable[..., object], done: str) -> HttpResponse:
    mail, form = _whole(pk), NoteForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please say why."))
        return redirect(mail)
    reason, by = form.cleaned_data["note"], signed_in(request)
    return _do(request, mail, lambda: act(mail=mail, reason=reason, by=by, now=timezone.now()), done)


def _do(request: HttpRequest, mail: IncomingMail, act: Callable[[], object], done: str) -> HttpResponse:
    try:
        act()
    except LetterError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect(mail)


def _mail(pk: int) -> IncomingMail:
    mails = IncomingMail.objects.select_related("letter__case__person", "decided_by", "destruction__settled_by")
    return get_object_or_404(mails, pk=pk)


def _whole(pk: int) -> IncomingMail:
    """A mail that still says something: nothing can be done with one that was destroyed."""
    mail = _mail(pk)
    if mail.destroyed_at is not None:
        raise Http404
    return mail


def _read(mail: IncomingMail) -> Mail:
    return read_mail(bytes(mail.raw))


def _download(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
