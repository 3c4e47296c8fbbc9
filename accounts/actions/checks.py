"""What an identity checker does: confirm, refuse, take back. Nobody checks themselves."""

from datetime import datetime

from django.db import transaction

from accounts.actions.telling import tell
from accounts.models import ExpertProfile, User, Verification, VerificationRequest
from accounts.verification import LASTS, RENEWED_BEFORE_END


class OwnIdentityError(Exception):
    """Somebody else must check this person."""


class ProfileChangedError(Exception):
    """The profile is not the one that the checker looked at, or is gone."""


class AlreadyCheckedError(Exception):
    """A check by staff holds already."""


class AlreadyDecidedError(Exception):
    """Somebody else was quicker."""


def confirm_identity(
    *,
    user: User,
    evidence: str,
    profile_seen_at: datetime,
    by: User,
    now: datetime,
    method: str = Verification.Method.STAFF_CHECK,
) -> Verification:
    """Record that `by` looked at `evidence` and knows who `user` is; close an open request; tell the person.

    `method` is one of `Verification.BY_STAFF`; of a document `evidence` says what it said, and no copy is kept.
    `profile_seen_at` is the profile's `updated_at` on the checker's screen. Raises `OwnIdentityError`,
    `ProfileChangedError`, `AlreadyCheckedError`.
    """
    if method not in Verification.BY_STAFF:
        raise ValueError(f"{method} is not a check by staff")
    _require_somebody_else(user=user, by=by)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        profile = ExpertProfile.objects.select_for_update().filter(user=user).first()
        if profile is None or profile.updated_at != profile_seen_at:
            raise ProfileChangedError
        held = user.verifications.valid_at(now).filter(method__in=Verification.BY_STAFF)
        if held.exclude(expires_at__lt=now + RENEWED_BEFORE_END).exists():
            raise AlreadyCheckedError
        verification = Verification.objects.create(
            user=user, method=method, evidence=evidence, checked_by=by, checked_at=now, expires_at=now + LASTS[method]
        )
        user.verification_requests.filter(outcome="").update(
            outcome=VerificationRequest.Outcome.CONFIRMED, decided_by=by, decided_at=now
        )
        tell(user=user, template="identity_confirmed", now=now, profile=profile)
    return verification


def refuse_identity(*, request: VerificationRequest, reason: str, by: User, now: datetime) -> VerificationRequest:
    """Close a request without a check; the person reads the reason and may ask again.

    Raises `OwnIdentityError` and `AlreadyDecidedError`.
    """
    _require_somebody_else(user=request.user, by=by)
    with transaction.atomic():
        request = VerificationRequest.objects.select_for_update().get(pk=request.pk)
        if not request.is_open:
            raise AlreadyDecidedError
        request.outcome = VerificationRequest.Outcome.REFUSED
        request.reason, request.decided_by, request.decided_at = reason, by, now
        request.save(update_fields=["outcome", "reason", "decided_by", "decided_at"])
        tell(user=request.user, template="identity_not_confirmed", now=now, reason=reason)
    return request


def revoke_verification(*, verification: Verification, reason: str, by: User, now: datetime) -> Verification:
    """Take a verification back; what was found stays on record, and the person reads the reason.

    Raises `OwnIdentityError` and `AlreadyDecidedError` (it has ended already).
    """
    _require_somebody_else(user=verification.user, by=by)
    with transaction.atomic():
        verification = Verification.objects.select_for_update().get(pk=verification.pk)
        if not verification.is_valid_at(now):
            raise AlreadyDecidedError
        verification.revoked_at, verification.revoked_by = now, by
        verification.ending, verification.ending_note = Verification.Ending.REVOKED, reason
        verification.save(update_fields=["revoked_at", "revoked_by", "ending", "ending_note"])
        tell(user=verification.user, template="verification_taken_back", now=now, reason=reason)
    return verification


def _require_somebody_else(*, user: User, by: User) -> None:
    if user.pk == by.pk:
        raise OwnIdentityError
