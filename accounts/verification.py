"""Which of a person's verifications holds at a moment, and which holds more."""

from datetime import datetime

from accounts.models import User, Verification

# A person who looked at evidence knows more than an address at an institution, which students have too.
_STRENGTH = {Verification.Method.STAFF_CHECK.value: 2, Verification.Method.INSTITUTION_DOMAIN.value: 1}


def current_verification(*, user: User, now: datetime) -> Verification | None:
    """The strongest verification of `user` that is neither revoked nor expired at `now`, or None.

    A staff check holds more than an institution's domain; among equals the newest one counts.
    """
    valid = user.verifications.valid_at(now).select_related("institution", "checked_by")
    return max(valid, key=lambda row: (_STRENGTH[row.method], row.checked_at), default=None)
