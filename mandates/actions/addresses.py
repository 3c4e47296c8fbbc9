from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.models import User
from mandates.blocklist import why_blocked
from mandates.errors import AddressBlockedError
from mandates.models import ContactPoint, Mandate
from outbox.addresses import normalise_address

CHECK_HOLDS = timedelta(days=180)


@transaction.atomic
def add_contact_point(*, mandate: Mandate, value: str, source_note: str, now: datetime) -> ContactPoint:
    """A new e-mail address of `mandate`, unchecked: nothing goes there yet. An address it already has is returned.

    AddressBlockedError for one that is known to be wrong.
    """
    address = normalise_address(value)
    if reason := why_blocked(address):
        raise AddressBlockedError(reason)
    point, _is_new = ContactPoint.objects.get_or_create(
        mandate=mandate, value=address, defaults={"source_note": source_note}
    )
    return point


@transaction.atomic
def record_contact_check(
    *, contact_point: ContactPoint, how: str, by: User, now: datetime, expires_on: date | None = None
) -> ContactPoint:
    """`by` has checked today that the address is the mandate's; it holds until `expires_on`, else for 180 days.

    A check lifts an earlier mark as wrong. AddressBlockedError for one on the project's own list of wrong addresses.
    """
    if reason := why_blocked(contact_point.value):
        raise AddressBlockedError(reason)
    point = ContactPoint.objects.select_for_update().get(pk=contact_point.pk)
    point.checked_on, point.checked_by, point.check_note = now.date(), by, how
    point.expires_on = expires_on or now.date() + CHECK_HOLDS
    point.is_blocked = False
    point.save(update_fields=["checked_on", "checked_by", "check_note", "expires_on", "is_blocked"])
    return point


@transaction.atomic
def block_contact_point(*, contact_point: ContactPoint, how: str, by: User, now: datetime) -> ContactPoint:
    """`by` found that the address is wrong: nothing goes there any more, not even what already waits."""
    point = ContactPoint.objects.select_for_update().get(pk=contact_point.pk)
    point.is_blocked, point.check_note = True, how
    point.checked_on, point.checked_by, point.expires_on = now.date(), by, None
    point.save(update_fields=["is_blocked", "check_note", "checked_on", "checked_by", "expires_on"])
    return point
