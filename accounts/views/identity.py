"""The ladder: what each rung shows, and where somebody stands on it."""

from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import orcid
from accounts.badges import badge_of_verification, rungs
from accounts.forms.identity import ShowOrcidForm
from accounts.models import ExpertProfile, Verification
from accounts.permissions import signed_in
from accounts.verification import current_verification
from accounts.vouching import NEEDED, invitation_of, list_vouchers, may_vouch


@require_safe
def how_we_verify(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/how_we_verify.html", {"rungs": rungs()})


@require_safe
@never_cache
@login_required
def identity(request: HttpRequest) -> HttpResponseBase:
    user, now = signed_in(request), timezone.now()
    expert = ExpertProfile.objects.filter(user=user).first()
    connected = user.verifications.filter(method=Verification.Method.ORCID, revoked_at__isnull=True).first()
    valid = user.verifications.valid_at(now).select_related("institution").order_by("-checked_at")
    given = user.vouchers_given.standing().select_related("person__expert_profile").order_by("-given_at")
    context = {
        "expert": expert,
        "current": current_verification(user=user, now=now),
        "held": [(row, badge_of_verification(row)) for row in valid],
        "has_orcid": orcid.is_configured(),
        "connected": connected,
        "show_form": ShowOrcidForm(initial={"is_public": connected.is_public}) if connected else None,
        "vouchers": [row for row in list_vouchers(person=user, now=now) if row.row.ended_at is None],
        "needed": NEEDED,
        "invitation": settings.SITE_URL + reverse("accounts:vouch", args=[invitation_of(user)]) if expert else "",
        "given": given,
        "may_vouch": may_vouch(user=user, now=now),
    }
    # Browsers hold a form's redirect against the policy of the page that the form is on.
    elsewhere = urlsplit(settings.ORCID_URL)
    policy = {"form-action": [f"{elsewhere.scheme}://{elsewhere.netloc}"]} if orcid.is_configured() else {}

    @csp_update(policy)
    def draw(request: HttpRequest) -> HttpResponse:
        return render(request, "accounts/identity.html", context)

    return draw(request)
