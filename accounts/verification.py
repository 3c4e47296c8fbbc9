"""Which of a person's verifications holds at a moment, and which holds more. docs/verification.md says why."""

from datetime import datetime, timedelta

from accounts.models import User, Verification

Method = Verification.Method

# Anybody can register an ORCID iD; an address at an institution is given by the institution, to students too; two
# verified experts know the person; a member of our staff looked at evidence that somebody else could check again.
LADDER: tuple[str, ...] = (
    Method.ORCID,
    Method.INSTITUTION_DOMAIN,
    Method.VOUCHED,
    Method.STAFF_CHECK,
    Method.STAFF_PAGE,
    Method.DOCUMENT,
)
_STRENGTH = {method: min(rung, LADDER.index(Method.STAFF_CHECK)) for rung, method in enumerate(LADDER)}

# People move and leave; what was seen is looked at again.
LASTS = {
    Method.ORCID.value: timedelta(days=365),
    Method.INSTITUTION_DOMAIN.value: timedelta(days=365),
    Method.VOUCHED.value: timedelta(days=365),
    Method.STAFF_CHECK.value: timedelta(days=730),
    Method.STAFF_PAGE.value: timedelta(days=730),
    Method.DOCUMENT.value: timedelta(days=730),
}
# From here on a verification can be renewed, and its owner is told once.
RENEWED_BEFORE_END = timedelta(days=30)


def current_verification(*, user: User, now: datetime) -> Verification | None:
    """The strongest verification of `user` that is neither revoked nor expired at `now`, or None.

    `LADDER` says which holds more; the three ways of staff are one rung. Among equals the newest one counts.
    """
    valid = user.verifications.valid_at(now).select_related("institution", "checked_by")
    return max(valid, key=lambda row: (_STRENGTH[row.method], row.checked_at), default=None)


def last_ended(*, user: User, now: datetime) -> Verification | None:
    """The verification that ended last, by its date or before it, when nothing of the same kind holds now; or None."""
    held = set(user.verifications.valid_at(now).values_list("method", flat=True))
    over = [row for row in user.verifications.exclude(method__in=held) if not row.is_valid_at(now)]
    return max(over, key=lambda row: row.revoked_at or row.expires_at or now, default=None)
