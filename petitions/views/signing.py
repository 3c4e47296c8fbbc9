"""Signing: experts with an account, the public without one."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import ExpertProfile
from accounts.verification import current_verification
from petitions import pace
from petitions.actions import Typed, cosign_statement, find_own, request_signature
from petitions.errors import MailboxSignedError, PetitionsError
from petitions.forms import CosignForm, SignForm
from petitions.models import Statement
from petitions.reading import Reading, read_statement
from petitions.views.statements import reader_language


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def statement_sign(request: HttpRequest, slug: str) -> HttpResponse:
    statement = get_object_or_404(Statement.objects.visible_to(request.user).select_related("tally"), slug=slug)
    reading = read_statement(statement, reader_language())
    if reading is None:
        raise Http404
    if statement.state != Statement.State.OPEN:
        return render(request, "petitions/statement_closed.html", {"statement": statement, "reading": reading})
    if statement.kind == Statement.Kind.EXPERT:
        return _cosign(request, statement, reading)
    return _sign(request, statement, reading)


def _sign(request: HttpRequest, statement: Statement, reading: Reading) -> HttpResponse:
    form = SignForm(request.POST if request.method == "POST" else None, text=reading.signed_text)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        names = ("email", "name", "country", "display", "comment", "may_be_annexed", "wants_updates")
        typed = Typed(**{name: form.cleaned_data[name] for name in names}, updates_wording=form.agreed_wording())
        is_burst = pace.is_burst(form=f"sign:{statement.pk}", ip_address=client_address(request), now=now)
        try:
            ticket = request_signature(
                statement=statement,
                text=reading.signed_text,
                typed=typed,
                language=reader_language(),
                is_burst=is_burst,
                now=now,
            )
        except PetitionsError:
            # Closed, or a new version, within this very second: the page itself says which.
            return redirect("petitions:statement_sign", slug=statement.slug)
        return redirect("petitions:signature_confirm", ticket=ticket)
    return render(
        request,
        "petitions/statement_sign.html",
        {"statement": statement, "reading": reading, "form": form},
        status=422 if form.errors else 200,
    )


def _cosign(request: HttpRequest, statement: Statement, reading: Reading) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    user, now = request.user, timezone.now()
    own = find_own(statement=statement, user=user)
    if own is not None:
        messages.info(request, _("You have signed this statement already. Here is your signature."))
        return redirect("petitions:signature_receipt", pk=own.pk)
    profile = ExpertProfile.objects.filter(user=user).first()
    verification = current_verification(user=user, now=now)
    context = {"statement": statement, "reading": reading, "profile": profile, "verification": verification}
    if profile is None or verification is None:
        return render(request, "petitions/statement_steps.html", context)
    form = CosignForm(request.POST if request.method == "POST" else None, text=reading.signed_text)
    if request.method == "POST" and form.is_valid():
        try:
            signature = cosign_statement(
                statement=statement,
                text=reading.signed_text,
                language=reader_language(),
                may_be_annexed=form.cleaned_data["may_be_annexed"],
                by=user,
                now=now,
            )
        except MailboxSignedError:
            messages.info(request, _("Your address has signed this already, under another account. A code opens it."))
            return redirect("petitions:signature_manage", slug=statement.slug)
        except PetitionsError:
            return redirect("petitions:statement_sign", slug=statement.slug)
        return redirect("petitions:signature_thanks", pk=signature.pk)
    return render(
        request, "petitions/statement_cosign.html", {**context, "form": form}, status=422 if form.errors else 200
    )


def client_address(request: HttpRequest) -> str:
    """The address the request came from; behind our own proxy, the one the proxy saw."""
    if getattr(settings, "ALLAUTH_TRUSTED_PROXY_COUNT", 0):
        return str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
