"""A signatory's own signatures."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from petitions.actions import (
    answer_moderator,
    change_display,
    change_news,
    decision_to_answer,
    request_management,
    version_to_answer,
    withdraw_signature,
)
from petitions.counts.counting import place_of
from petitions.errors import NothingToAnswerError, StateChangedError
from petitions.forms import AnswerForm, DisplayForm, ManageForm, NewsForm
from petitions.models import NameOpening, Signature, Statement
from petitions.moderation.risk import assess
from petitions.signatories.mailboxes import is_follower
from petitions.signatories.protection import own_signatures
from petitions.signatories.receipts import build_receipt
from petitions.texts.reading import titles_of
from petitions.transparency.checkpoints import latest_checkpoint
from petitions.views.access import get_own_signature, granted_ids
from petitions.views.statements import reader_language


@never_cache
@require_safe
def my_signatures(request: HttpRequest) -> HttpResponse:
    granted = granted_ids(request)
    if not request.user.is_authenticated and not granted:
        return redirect_to_login(request.get_full_path())
    own = own_signatures(request.user) if request.user.is_authenticated else Q()
    rows = Signature.objects.filter(own | Q(pk__in=granted)) if own else Signature.objects.filter(pk__in=granted)
    signatures = rows.select_related("statement", "text").order_by("-created_at", "-pk")
    return render(request, "petitions/my_signatures.html", {"signatures": signatures})


@never_cache
@require_safe
def signature_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    signature = get_own_signature(request, pk)
    return _receipt(request, signature, AnswerForm(), DisplayForm.showing(signature))


def _gets_news(request: HttpRequest, signature: Signature) -> bool | None:
    """Whether the signatory gets news; None when this cannot be changed here: no address is kept, or known."""
    if signature.erased_at is not None or signature.state in {Signature.State.WITHDRAWN, Signature.State.SUPERSEDED}:
        return None
    if not signature.is_protected:
        return signature.wants_updates and bool(signature.updates_wording) if signature.email else None
    if not request.user.is_authenticated:
        return None
    return is_follower(statement=signature.statement, address=request.user.email)


def _receipt(request: HttpRequest, signature: Signature, answer: AnswerForm, display: DisplayForm) -> HttpResponse:
    gets_news = _gets_news(request, signature)
    context = {
        "signature": signature,
        "statement": signature.statement,
        "decisions": signature.decisions.select_related("answer").order_by("at", "pk"),
        "to_answer": decision_to_answer(signature),
        "newer": version_to_answer(signature),
        "assessment": assess([signature])[signature.pk] if signature.state == Signature.State.PENDING else None,
        "answer_form": answer,
        "display_form": display,
        "news_form": NewsForm(signature=signature, initial={"wants_updates": gets_news}),
        "gets_news": gets_news,
        "openings": NameOpening.objects.filter(
            # Of the signature that this one replaced, too: it was the same name.
            sealed_name__signature__in=[signature.pk, signature.replaces_id],
            opened_at__isnull=False,
        ),
        "log_entries": signature.log_entries.order_by("pk"),
        "checkpoint": latest_checkpoint(),
    }
    status = 422 if answer.errors or display.errors else 200
    return render(request, "petitions/signature_receipt.html", context, status=status)


@never_cache
@require_safe
def signature_receipt_json(request: HttpRequest, pk: int) -> HttpResponse:
    signature = get_own_signature(request, pk)
    response = JsonResponse(build_receipt(signature), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="receipt-{signature.pk}.json"'
    return response


@never_cache
@require_safe
def signature_thanks(request: HttpRequest, pk: int) -> HttpResponse:
    signature = get_own_signature(request, pk)
    context = {"signature": signature, "statement": signature.statement, "place": place_of(signature)}
    return render(request, "petitions/signature_thanks.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def signature_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    signature = get_own_signature(request, pk)
    if request.method == "POST":
        account = request.user if request.user.is_authenticated else None
        signature = withdraw_signature(signature=signature, now=timezone.now(), account=account)
    if signature.state == Signature.State.SUPERSEDED:
        messages.warning(request, _("You have signed a newer version since. This is that signature; it still stands."))
        return redirect("petitions:signature_withdraw", pk=signature.replaced_by.pk)
    if request.method == "POST":
        messages.success(request, _("Your signature is withdrawn. Your name is off the list."))
        return redirect("petitions:signature_receipt", pk=signature.pk)
    context = {"signature": signature, "statement": signature.statement}
    return render(request, "petitions/signature_withdraw.html", context)


@never_cache
@require_POST
def signature_display(request: HttpRequest, pk: int) -> HttpResponse:
    signature = get_own_signature(request, pk)
    form = DisplayForm(request.POST)
    if not form.is_valid():
        return _receipt(request, signature, AnswerForm(), form)
    try:
        changed = change_display(signature=signature, now=timezone.now(), **form.cleaned_data)
    except StateChangedError:
        messages.error(request, _("This signature cannot be changed any more."))
    else:
        is_held = changed.state != signature.state
        saved = _("Saved. We make sure that the name is yours before it is shown; until then you are not counted.")
        messages.success(request, saved if is_held else _("Saved. The public list follows at once."))
    return redirect("petitions:signature_receipt", pk=signature.pk)


@never_cache
@require_POST
def signature_news(request: HttpRequest, pk: int) -> HttpResponse:
    """The box for news on one's own page: ticked begins it, empty stops it."""
    signature = get_own_signature(request, pk)
    form = NewsForm(request.POST, signature=signature)
    wording = form.agreed_wording() if form.is_valid() else ""
    by = request.user if request.user.is_authenticated else None
    try:
        change_news(signature=signature, wording=wording, by=by, language=reader_language(), now=timezone.now())
    except StateChangedError:
        messages.error(request, _("This cannot be changed here any more."))
    else:
        messages.success(request, _("Saved. We write to you.") if wording else _("Saved. We no longer write to you."))
    return redirect("petitions:signature_receipt", pk=signature.pk)


@never_cache
@require_POST
def signature_answer(request: HttpRequest, pk: int) -> HttpResponse:
    signature = get_own_signature(request, pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _receipt(request, signature, form, DisplayForm.showing(signature))
    try:
        answer_moderator(signature=signature, text=form.cleaned_data["answer"], now=timezone.now())
    except NothingToAnswerError:
        messages.info(request, _("There is no question waiting for an answer."))
    else:
        messages.success(request, _("Your answer was sent to the moderators."))
    return redirect("petitions:signature_receipt", pk=signature.pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def signature_manage(request: HttpRequest, slug: str) -> HttpResponse:
    """Opens a signature made without an account: by a code to its mailbox."""
    statement = get_object_or_404(Statement.objects.visible_to(request.user), slug=slug)
    form = ManageForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        ticket = request_management(
            statement=statement,
            address=form.cleaned_data["email"],
            language=reader_language(),
            now=timezone.now(),
        )
        return redirect("petitions:signature_confirm", ticket=ticket)
    title = titles_of([statement], reader_language()).get(statement.pk, statement.slug)
    context = {"statement": statement, "title": title, "form": form}
    return render(request, "petitions/signature_manage.html", context, status=422 if form.errors else 200)
