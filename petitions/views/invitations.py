"""Following an invitation to the next statement: prove the mailbox, read the text, sign with the words of before."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from petitions.actions import Typed, carry_forward, confirm_code, find_ticket, request_words
from petitions.errors import CodeRefusedError, NotInvitedError, PetitionsError, StatementClosedError, TextChangedError
from petitions.forms import CarryForm, CodeForm
from petitions.models import Signature, SigningTicket, Statement, UpdateDelivery
from petitions.moderation.rush import find_rush
from petitions.news.stopping import invitation_of
from petitions.texts.reading import Reading, is_signable, read_statement
from petitions.views.access import grant, granted_ids
from petitions.views.signing import client_address
from petitions.views.statements import reader_language


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_open(request: HttpRequest, token: str) -> HttpResponse:
    """The next text. Until the mailbox is proved the page knows no name; then it holds the form with one's words."""
    invitation, statement = _get(token)
    reading = read_statement(statement, reader_language())
    if reading is None:
        raise Http404
    earlier = invitation.signature
    if statement.kind != Statement.Kind.PUBLIC or earlier is None or earlier.state != Signature.State.ACCEPTED:
        return redirect("petitions:statement_sign", slug=statement.slug)
    is_pressed, is_proved = request.method == "POST", _is_proved(request, earlier)
    if not is_signable(statement) and not (is_pressed and is_proved):
        return redirect("petitions:statement_sign", slug=statement.slug)
    context = {"statement": statement, "reading": reading, "token": token, "is_proved": is_proved}
    if not is_proved:
        return render(request, "petitions/invitation_open.html", context)
    form = _form(request, reading, earlier)
    if is_pressed and form.is_valid():
        try:
            signature = _sign(request, invitation, reading, form)
        except PetitionsError as error:
            # A new version, within this very second: the page shows it, and what was typed below it.
            context["reading"] = reading = read_statement(statement, reader_language()) or reading
            form = _form(request, reading, earlier)
            if form.is_valid():
                form.add_error(None, _why_not(error))
        else:
            grant(request, signature)
            return redirect("petitions:signature_thanks", pk=signature.pk)
    return render(
        request, "petitions/invitation_open.html", {**context, "form": form}, status=422 if form.errors else 200
    )


def _form(request: HttpRequest, reading: Reading, earlier: Signature) -> CarryForm:
    initial = {name: getattr(earlier, name) for name in ("country", "display", "comment")}
    initial["name"] = earlier.own_name
    form = CarryForm(request.POST if request.method == "POST" else None, text=reading.signed_text, initial=initial)
    form.initial["fingerprint"] = reading.signed_text.sha256
    return form


def _why_not(error: PetitionsError) -> str:
    if isinstance(error, StatementClosedError):
        return _("This petition takes no more signatures. Nothing was signed; what you typed stands below.")
    if isinstance(error, TextChangedError):
        return _("The text was changed after you opened this page. Please read it again before you sign.")
    return _("This invitation cannot be followed any more. Nothing was signed; what you typed stands below.")


def _sign(request: HttpRequest, invitation: UpdateDelivery, reading: Reading, form: CarryForm) -> Signature:
    now = timezone.now()
    names = ("name", "country", "display", "may_be_annexed", "comment", "wants_updates")
    typed = Typed(**{name: form.cleaned_data[name] for name in names}, email="", updates_wording=form.agreed_wording())
    earlier = invitation.signature
    rush = find_rush(
        form=f"sign:{reading.version.statement.pk}",
        ip_address=client_address(request),
        email=str(earlier.email) if earlier else "",
        name=typed.name,
        comment=typed.comment,
        now=now,
    )
    return carry_forward(
        invitation=invitation,
        text=reading.signed_text,
        typed=typed,
        language=reader_language(),
        rush=rush,
        now=now,
    )


@never_cache
@require_POST
def invitation_request(request: HttpRequest, token: str) -> HttpResponse:
    invitation, statement = _get(token)
    try:
        ticket = request_words(invitation=invitation, language=reader_language(), now=timezone.now())
    except NotInvitedError:
        return redirect("petitions:statement_sign", slug=statement.slug)
    return redirect("petitions:invitation_code", token=token, ticket=ticket)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_code(request: HttpRequest, token: str, ticket: str) -> HttpResponse:
    invitation, statement = _get(token)
    row = find_ticket(secret=ticket)
    if row is None or invitation.signature is None or row.mailbox.statement_id != invitation.signature.statement_id:
        messages.info(request, _("This page is too old. Ask for a new code."))
        return redirect("petitions:invitation_open", token=token)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            grant(request, confirm_code(ticket=row, code=form.cleaned_data["code"], now=timezone.now()))
        except CodeRefusedError:
            form.refuse()
        except SigningTicket.DoesNotExist:
            pass
        else:
            return redirect("petitions:invitation_open", token=token)
    context = {"statement": statement, "token": token, "form": form}
    return render(request, "petitions/invitation_code.html", context, status=422 if form.errors else 200)


def _get(token: str) -> tuple[UpdateDelivery, Statement]:
    """The invitation and what it invites to; 404 for what is not ours, or was stopped."""
    invitation = invitation_of(token)
    if invitation is None or invitation.update.invites_to is None:
        raise Http404
    return invitation, invitation.update.invites_to


def _is_proved(request: HttpRequest, earlier: Signature) -> bool:
    """Whether this browser proved the mailbox of the earlier signature within the hour."""
    return earlier.pk in granted_ids(request)
