"""Connecting an ORCID iD: to orcid.org and back. It proves the iD of somebody signed in; nobody signs in by it."""

import logging
import secrets
import time
from dataclasses import asdict

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import orcid
from accounts.actions import OrcidTakenBackError, OrcidTakenError, connect_orcid, disconnect_orcid, show_orcid
from accounts.forms.identity import ShowOrcidForm
from accounts.permissions import signed_in

logger = logging.getLogger(__name__)

# Both lie in the session, belong to one account, and hold for ten minutes.
_ATTEMPT, _PROOF = "orcid_attempt", "orcid_proof"
_LASTS = 600


def _callback() -> str:
    """The one address that is registered with ORCID, the same in every language."""
    with translation.override(settings.LANGUAGE_CODE):
        return f"{settings.SITE_URL}{reverse('accounts:orcid_callback')}"


@require_POST
@login_required
def orcid_start(request: HttpRequest) -> HttpResponse:
    if not orcid.is_configured():
        raise Http404
    try:
        attempt, address = orcid.start(request, callback=_callback(), now=time.time())
    except orcid.OrcidUnreachableError as error:
        return _unreachable(request, error)
    request.session.pop(_PROOF, None)
    request.session[_ATTEMPT] = {
        **asdict(attempt),
        "user": signed_in(request).pk,
        "language": translation.get_language() or settings.LANGUAGE_CODE,
    }
    return redirect(address)


@require_safe
@never_cache
def orcid_callback(request: HttpRequest) -> HttpResponse:
    """Where orcid.org sends people back to. It keeps what was proved in the session; a button then connects it."""
    if not orcid.is_configured():
        raise Http404
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("accounts:identity"))
    # Used once: a second visit to the same address finds nothing.
    kept = request.session.pop(_ATTEMPT, None)
    if not isinstance(kept, dict) or kept.pop("user", None) != request.user.pk:
        return _start_again(request, "no attempt was under way")
    with translation.override(kept.pop("language", None)):
        return _come_back(request, orcid.Attempt(**kept))


def _come_back(request: HttpRequest, attempt: orcid.Attempt) -> HttpResponse:
    if request.GET.get("error") == "access_denied":
        # Some say no without the state; believing them connects nothing.
        messages.info(request, _("You did not allow it at ORCID. Nothing was connected."))
        return redirect("accounts:identity")
    if not secrets.compare_digest(request.GET.get("state", "").encode(), attempt.state.encode()):
        return _start_again(request, "the state is not ours")
    if time.time() - attempt.started_at > _LASTS:
        return _start_again(request, "the attempt is too old")
    if request.GET.get("iss", settings.ORCID_URL) != settings.ORCID_URL:
        # RFC 9207: an answer of another issuer.
        return _start_again(request, "the answer names another issuer")
    if "error" in request.GET or not request.GET.get("code"):
        return _start_again(request, "orcid.org reported an error")
    try:
        proof = orcid.finish(request, attempt=attempt, code=request.GET["code"], callback=_callback())
    except orcid.OrcidUnreachableError as error:
        return _unreachable(request, error)
    except orcid.OrcidError as error:
        return _start_again(request, str(error))
    request.session[_PROOF] = {**asdict(proof), "user": signed_in(request).pk, "at": time.time()}
    return redirect("accounts:orcid_confirm")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def orcid_confirm(request: HttpRequest) -> HttpResponse:
    proof = _proof(request)
    if proof is None:
        return _start_again(request, "nothing was proved, or too long ago")
    form = ShowOrcidForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(
            request,
            "accounts/orcid_confirm.html",
            {"proof": proof, "address": orcid.address_of(proof.orcid), "form": form},
        )
    request.session.pop(_PROOF)
    try:
        connect_orcid(by=signed_in(request), proof=proof, is_public=form.cleaned_data["is_public"], now=timezone.now())
    except OrcidTakenError:
        messages.error(
            request,
            _("This ORCID iD is connected to another account here. If that account is not yours, please write to us."),
        )
    except OrcidTakenBackError:
        messages.error(request, _("Our staff took this ORCID iD back from your account. Please ask for a check."))
    else:
        messages.success(request, _("Your ORCID iD is connected."))
    return redirect("accounts:identity")


def _proof(request: HttpRequest) -> orcid.OrcidProof | None:
    kept = request.session.get(_PROOF)
    if not isinstance(kept, dict) or kept["user"] != signed_in(request).pk or time.time() - kept["at"] > _LASTS:
        return None
    return orcid.OrcidProof(orcid=kept["orcid"], name=kept["name"])


@require_POST
@login_required
def orcid_show(request: HttpRequest) -> HttpResponse:
    form = ShowOrcidForm(request.POST)
    if form.is_valid():
        show_orcid(by=signed_in(request), is_public=form.cleaned_data["is_public"])
        messages.success(request, _("Saved. The public list follows at once."))
    return redirect("accounts:identity")


@require_POST
@login_required
def orcid_disconnect(request: HttpRequest) -> HttpResponse:
    if disconnect_orcid(by=signed_in(request), now=timezone.now()):
        messages.success(request, _("Your ORCID iD is disconnected and no longer shown."))
    return redirect("accounts:identity")


def _start_again(request: HttpRequest, why: str) -> HttpResponse:
    logger.warning("An ORCID iD was not proved: %s", why)
    messages.error(
        request, _("We could not be sure that this came from ORCID. Nothing was connected. Please start again.")
    )
    return redirect("accounts:identity")


def _unreachable(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.warning("ORCID cannot be asked: %s", error)
    messages.error(request, _("ORCID does not answer at the moment. Nothing was connected. Please try again later."))
    return redirect("accounts:identity")
