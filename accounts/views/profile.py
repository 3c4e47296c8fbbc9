"""My account: the profile, what is proved, and what comes next."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions import (
    ProfileMissingError,
    ProfileSaved,
    RequestOpenError,
    check_address,
    request_check,
    save_profile,
)
from accounts.forms.profile import CheckRequestForm, ProfileForm
from accounts.models import ExpertProfile, Institution, User
from accounts.permissions import signed_in
from accounts.verification import current_verification


@require_safe
@never_cache
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/profile.html", _account(signed_in(request)))


def _account(user: User) -> dict[str, Any]:
    verification = current_verification(user=user, now=timezone.now())
    return {
        "expert": ExpertProfile.objects.filter(user=user).first(),
        "verification": verification,
        "addresses": user.emailaddress_set.order_by("-primary", "pk"),  # type: ignore[attr-defined]  # allauth has no types
        "check_request": user.verification_requests.order_by("-created_at", "-pk").first(),
        "ended": user.verifications.filter(revoked_at__isnull=False).order_by("-revoked_at").first(),
        "role_names": user.role_names,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def profile_edit(request: HttpRequest) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    before = ExpertProfile.objects.filter(user=user).first()
    form = ProfileForm(request.POST or None, instance=before)
    if request.method == "POST" and form.is_valid():
        saved = save_profile(by=user, fields=form.cleaned_data, language=get_language() or "en", now=now)
        _say_saved(request, saved)
        return redirect("accounts:profile")
    context = {
        "form": form,
        "verification": current_verification(user=user, now=now),
        "is_new": before is None,
        "institutions": Institution.objects.order_by("name").values_list("name", flat=True)[:500],
    }
    return render(request, "accounts/profile_edit.html", context)


def _say_saved(request: HttpRequest, saved: ProfileSaved) -> None:
    messages.success(request, _("Your profile is saved."))
    if saved.ended_staff_check:
        messages.warning(
            request, _("The check by our staff covered the earlier words and has ended. You can ask for a new one.")
        )


@require_POST
@login_required
def address_check(request: HttpRequest) -> HttpResponse:
    found = check_address(by=signed_in(request), now=timezone.now())
    if found:
        messages.success(request, _("Your address shows that you belong to %(place)s.") % {"place": found.place})
    else:
        messages.info(
            request,
            _(
                "None of your addresses shows an institution we know, or another account has shown it already."
                " You can add another address or ask our staff."
            ),
        )
    return redirect("accounts:profile")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def check_request(request: HttpRequest) -> HttpResponse:
    form = CheckRequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            request_check(by=signed_in(request), **form.cleaned_data, now=timezone.now())
        except ProfileMissingError:
            messages.error(request, _("Please fill in your profile first: we check a person against it."))
            return redirect("accounts:profile_edit")
        except RequestOpenError:
            messages.info(request, _("There is nothing to ask for: a request is open, or you are checked already."))
            return redirect("accounts:profile")
        messages.success(request, _("Thank you. We will look at it and write to you."))
        return redirect("accounts:profile")
    return render(request, "accounts/check_request.html", {"form": form, **_account(signed_in(request))})
