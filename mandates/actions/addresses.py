from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.models import User
from mandates.blocklist import why_blocked
from mandates.errors import AddressBlockedError
from mandates.models import ContactCheck, ContactPoint, Mandate
from outbox.addresses import normalise_address

CHECK_HOLDS = timedelta(days=180)
Outcome = ContactCheck.Outcome


@transaction.atomic
def add_contact_point(
    *, mandate: Mandate, value: str, source_note: str, now: datetime, by: User | None = None
) -> ContactPoint:
    """A new e-mail address of `mandate`, unchecked: nothing goes there yet. An address it already has is returned.

    AddressBlockedError for one that is known to be wrong.
    """
    address = normalise_address(value)
    if reason := why_blocked(address):
        raise AddressBlockedError(reason)
    point, _is_new = ContactPoint.objects.get_or_create(
        mandate=mandate, value=address, defaults={"source_note": source_note, "added_by": by, "added_at": now}
    )
    return point


@transaction.atomic
def record_contact_check(
    *,
    contact_point: ContactPoint,
    how: str,
    by: User,
    now: datetime,
    expires_on: date | None = None,
    evidence: str = "",
) -> ContactPoint:
    """`by` has found today that the address is the mandate's; their check holds until `expires_on`, else for 180 days.

    Letters may go there once two different people have done so and both checks hold; that also lifts a mark as wrong.
    AddressBlockedError for one on the project's own list of wrong addresses.
    """
    if reason := why_blocked(contact_point.value):
        raise AddressBlockedError(reason)
    point = ContactPoint.objects.select_for_update().get(pk=contact_point.pk)
    point.checks.create(
        by=by,
        at=now,
        outcome=Outcome.RIGHT,
        how=how,
        evidence=evidence,
        expires_on=expires_on or now.date() + CHECK_HOLDS,
    )
    return _stand_by_checks(point, today=now.date())


@transaction.atomic
def block_contact_point(
    *, contact_point: ContactPoint, how: str, by: User, now: datetime, evidence: str = ""
) -> ContactPoint:
    """`by` found that the address is wrong: nothing goes there any more, not even what already waits."""
    point = ContactPoint.objects.select_for_update().get(pk=contact_point.pk)
    point.checks.create(by=by, at=now, outcome=Outcome.WRONG, how=how, evidence=evidence)
    point.is_blocked, point.blocked_because, point.blocked_source = True, how, evidence
    return _stand_by_checks(point, today=now.date())


@transaction.atomic
def note_unclear_check(
    *, contact_point: ContactPoint, how: str, by: User, now: datetime, evidence: str = ""
) -> ContactCheck:
    """`by` looked and could not tell. It is kept for the next one who looks, and changes nothing else."""
    return contact_point.checks.create(by=by, at=now, outcome=Outcome.UNCLEAR, how=how, evidence=evidence)


def _stand_by_checks(point: ContactPoint, *, today: date) -> ContactPoint:
    """Bring the columns of `point` in step with its checks.

    Of each person the latest "right" since the last "wrong" counts, while it holds; the two that hold longest carry the
    address, and it expires with the earlier of them.
    """
    standing: dict[int, ContactCheck] = {}
    for check in point.checks.order_by("pk").select_related("by"):
        if check.outcome == Outcome.WRONG:
            standing.clear()
        elif check.outcome == Outcome.RIGHT:
            standing[check.by_id] = check
    holding = [check for check in standing.values() if check.expires_on is not None and check.expires_on >= today]
    best = sorted(holding, key=lambda c: (c.expires_on or today, c.pk), reverse=True)[:2]
    by_age = sorted(best, key=lambda c: c.pk, reverse=True)
    point.checked_on = by_age[0].at.date() if by_age else None
    point.checked_by = by_age[0].by if by_age else None
    point.confirmed_by = by_age[1].by if len(by_age) == 2 else None
    point.check_note = by_age[0].how if by_age else ""
    point.expires_on = min((c.expires_on for c in best if c.expires_on is not None), default=None)
    if len(by_age) == 2:
        point.is_blocked, point.blocked_because, point.blocked_source = False, "", ""
    point.save(
        update_fields=[
            "checked_on", "checked_by", "confirmed_by", "check_note", "expires_on", "is_blocked", "blocked_because",
            "blocked_source",
        ]
    )  # fmt: skip
    return point
