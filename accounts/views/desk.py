"""The desk of those who check identities."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.actions import (
    AlreadyCheckedError,
    AlreadyDecidedError,
    OwnIdentityError,
    ProfileChangedError,
    confirm_identity,
    refuse_identity,
    revoke_verification,
)
from accounts.forms.desk import ConfirmForm, RefuseForm, RevokeForm
from accounts.models import ExpertProfile, StaffRole, User, Verification, VerificationRequest
from accounts.permissions import role_required, signed_in
from accounts.verification import RENEWED_BEFORE_END
from accounts.vouching import list_vouchers

verifiers_only = role_required(StaffRole.Role.VERIFIER)


@require_safe
@never_cache
@verifiers_only
def verification_queue(request: HttpRequest) -> HttpResponse:
    waiting = VerificationRequest.objects.filter(outcome="").select_related("user__expert_profile")
    latest = Verification.objects.select_related("user__expert_profile", "checked_by", "institution")
    context = {
        "waiting": waiting.order_by("created_at", "pk"),
        "latest": latest.order_by("-checked_at", "-pk")[:20],
        "now": timezone.now(),
    }
    return render(request, "accounts/verification_queue.html", context)


@require_safe
@never_cache
@verifiers_only
def verification_check(request: HttpRequest, pk: int) -> HttpResponse:
    return _check_page(request, get_object_or_404(User, pk=pk))


@require_POST
@verifiers_only
def verification_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    person, form = get_object_or_404(User, pk=pk), ConfirmForm(request.POST)
    if not form.is_valid():
        return _check_page(request, person, confirm_form=form)
    try:
        confirm_identity(user=person, **form.cleaned_data, by=signed_in(request), now=timezone.now())
    except ProfileChangedError:
        return _check_page(request, person, confirm_form=_confirm_again(person, form))
    except AlreadyCheckedError:
        messages.info(request, _("Somebody has confirmed this person already."))
        return redirect("accounts:verification_check", pk=pk)
    except OwnIdentityError:
        return _refuse_oneself(request, pk)
    messages.success(request, _("Confirmed. We have written to the person."))
    return redirect("accounts:verification_queue")


@require_POST
@verifiers_only
def verification_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    person, form = get_object_or_404(User, pk=pk), RefuseForm(request.POST)
    asked = person.verification_requests.filter(outcome="").first()
    if asked is None:
        messages.info(request, _("Somebody has decided this request already."))
        return redirect("accounts:verification_check", pk=pk)
    if not form.is_valid():
        return _check_page(request, person, refuse_form=form)
    try:
        refuse_identity(request=asked, reason=form.cleaned_data["reason"], by=signed_in(request), now=timezone.now())
    except AlreadyDecidedError:
        messages.info(request, _("Somebody has decided this request already."))
        return redirect("accounts:verification_check", pk=pk)
    except OwnIdentityError:
        return _refuse_oneself(request, pk)
    messages.success(request, _("Not confirmed. We have sent the reason to the person."))
    return redirect("accounts:verification_queue")


@require_POST
@verifiers_only
def verification_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = get_object_or_404(Verification, pk=pk), RevokeForm(request.POST, auto_id=f"revoke-{pk}-%s")
    if not form.is_valid():
        return _check_page(request, row.user, revoke_forms={row.pk: form})
    try:
        revoke_verification(
            verification=row, reason=form.cleaned_data["reason"], by=signed_in(request), now=timezone.now()
        )
    except AlreadyDecidedError:
        messages.info(request, _("This verification has ended already."))
    except OwnIdentityError:
        return _refuse_oneself(request, row.user.pk)
    else:
        messages.success(request, _("Taken back. We have sent the reason to the person."))
    return redirect("accounts:verification_check", pk=row.user.pk)


def _refuse_oneself(request: HttpRequest, pk: int) -> HttpResponse:
    messages.error(request, _("Nobody checks themselves. Please ask another identity checker."))
    return redirect("accounts:verification_check", pk=pk)


def _check_page(
    request: HttpRequest,
    person: User,
    *,
    confirm_form: Form | None = None,
    refuse_form: Form | None = None,
    revoke_forms: dict[int, Form] | None = None,
) -> HttpResponse:
    now = timezone.now()
    expert = ExpertProfile.objects.filter(user=person).first()
    rows = list(person.verifications.select_related("checked_by", "revoked_by", "institution").order_by("-checked_at"))
    forms: dict[int, Form] = {row.pk: RevokeForm(auto_id=f"revoke-{row.pk}-%s") for row in rows}
    forms.update(revoke_forms or {})
    context: dict[str, Any] = {
        "person": person,
        "expert": expert,
        "is_oneself": person.pk == signed_in(request).pk,
        "addresses": person.emailaddress_set.order_by("-primary", "pk"),  # type: ignore[attr-defined]  # allauth has no types
        "check_request": person.verification_requests.filter(outcome="").first(),
        "earlier_requests": person.verification_requests.exclude(outcome="")
        .select_related("decided_by")
        .order_by("-pk"),
        "verifications": [{"row": row, "is_valid": row.is_valid_at(now), "form": forms[row.pk]} for row in rows],
        "is_staff_checked": any(row.is_by_staff and row.is_valid_at(now + RENEWED_BEFORE_END) for row in rows),
        "confirm_form": confirm_form or _confirm_form(expert),
        "refuse_form": refuse_form or RefuseForm(),
        "vouchers": list_vouchers(person=person, now=now),
    }
    return render(request, "accounts/verification_check.html", context)


def _confirm_form(expert: ExpertProfile | None) -> ConfirmForm:
    return ConfirmForm(initial={"profile_seen_at": expert.updated_at.isoformat() if expert else ""})


def _confirm_again(person: User, typed: ConfirmForm) -> ConfirmForm:
    """What was typed, beside the profile as it is now."""
    expert = ExpertProfile.objects.filter(user=person).first()
    seen_at = expert.updated_at.isoformat() if expert else ""
    form = ConfirmForm({**typed.cleaned_data, "profile_seen_at": seen_at})
    form.add_error(None, _("The profile was changed while you looked. Please read it again before you confirm."))
    return form
