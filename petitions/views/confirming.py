"""Proving the mailbox: a typed code, or a button behind a mailed link. Opening a page proves nothing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from petitions.actions import (
    confirm_code,
    confirm_link,
    disown_signing,
    find_link,
    find_ticket,
    resend_code,
    what_is_signed,
)
from petitions.errors import CodeRefusedError, LinkRefusedError, PetitionsError
from petitions.forms import CodeForm
from petitions.models import Signature, SigningTicket, Statement
from petitions.texts.reading import title_met, titles_of
from petitions.views.access import grant
from petitions.views.statements import reader_language


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def signature_confirm(request: HttpRequest, ticket: str) -> HttpResponse:
    row = find_ticket(secret=ticket)
    if row is None:
        return _gone(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            signature = confirm_code(ticket=row, code=form.cleaned_data["code"], now=timezone.now())
        except CodeRefusedError:
            form.refuse()
        except (PetitionsError, SigningTicket.DoesNotExist):
            return _gone(request)
        else:
            return _arrive(request, row, signature)
    context = {"statement": row.mailbox.about, "title": _title(row), "ticket": ticket, "form": form, "row": row}
    return render(request, "petitions/signature_confirm.html", context, status=422 if form.errors else 200)


@never_cache
@require_POST
def signature_resend(request: HttpRequest, ticket: str) -> HttpResponse:
    row = find_ticket(secret=ticket)
    if row is None or not resend_code(ticket=row, now=timezone.now()):
        return _gone(request)
    messages.info(
        request,
        _("If a new code can be sent, it is on its way. We send one a minute at most, and five a day."),
    )
    return redirect("petitions:signature_confirm", ticket=ticket)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def signature_link(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    try:
        row = find_link(token=token, now=now)
        if request.method == "POST":
            return _arrive(request, row, confirm_link(token=token, now=now))
    except (PetitionsError, SigningTicket.DoesNotExist):
        return _gone(request)
    context = {
        "statement": row.mailbox.about,
        "title": _title(row),
        "token": token,
        "row": row,
        "typed": what_is_signed(row),
    }
    return render(request, "petitions/signature_link.html", context)


@never_cache
@require_POST
def signature_disown(request: HttpRequest, token: str) -> HttpResponse:
    try:
        disown_signing(token=token, now=timezone.now())
    except (LinkRefusedError, SigningTicket.DoesNotExist):
        return _gone(request)
    return render(request, "petitions/signature_disowned.html")


def _arrive(request: HttpRequest, row: SigningTicket, signature: Signature) -> HttpResponse:
    grant(request, signature)
    is_new = row.purpose == SigningTicket.Purpose.SIGN and row.signature_id in {None, signature.pk}
    if is_new and signature.created_at >= row.created_at:
        return redirect("petitions:signature_thanks", pk=signature.pk)
    if row.purpose == SigningTicket.Purpose.SIGN:
        messages.info(request, _("You have signed this already, and are counted once. Here is your signature."))
    return redirect("petitions:signature_receipt", pk=signature.pk)


def _gone(request: HttpRequest) -> HttpResponse:
    statements = list(Statement.objects.published().order_by("-published_at")[:20])
    titles = titles_of(statements, reader_language())
    rows = [(statement, titles.get(statement.pk, statement.slug)) for statement in statements]
    return render(request, "petitions/signature_gone.html", {"rows": rows}, status=410)


def _title(row: SigningTicket) -> str:
    return title_met(row.mailbox.about, row.text, reader_language())
