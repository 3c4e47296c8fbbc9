"""The last look before a letter leaves. What was right at approval may be wrong now.

A real address is reached only when three switches are on, each set by another hand: `COUNTERSIGN_ENV` says production
(whoever installs), `MANDATES_MODE` says live (whoever runs it, at the approval and at the sending), and the address was
checked (a letter author, by name). Each by itself keeps every letter here.
"""

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_noop

from mandates.caps import take_place
from mandates.models import ContactPoint, Delivery, Letter
from mandates.parcel import digest_of_recipient
from mandates.reach import is_reserved, is_usable
from mandates.standing import CONSENT_GONE, why_fallen
from outbox.addresses import mailbox_of
from outbox.delivery import Wait
from outbox.models import Message

__all__ = ["CONSENT_GONE", "may_leave", "why_held"]

# Kept in the message as its reason, in English; pages translate them.
NOT_APPROVED = gettext_noop("It does not belong to an approved letter.")
ADDRESS_GONE = gettext_noop("The address is no longer checked, or is known to be wrong.")
DRY_RUN = gettext_noop("Dry run: letters to mandates are switched off.")
MODE_CHANGED = gettext_noop("The way letters leave was changed after this one was approved.")
WRONG_RECIPIENT = gettext_noop("It is addressed to somebody else than its approval says.")
OTHER_BYTES = gettext_noop("Its bytes are not the ones that were approved.")
KEY_CHANGED = gettext_noop("The address got another key after the approval, or lost it.")
NOT_ENCRYPTED = gettext_noop("The address demands encryption, and this letter is not encrypted.")
KEY_EXPIRED = gettext_noop("The key it is encrypted to has expired.")
NOT_OURS = gettext_noop("Letters are redirected to an address of the directory instead of one of our own.")
NOT_PRODUCTION = gettext_noop("Outside production only demonstration addresses at example domains are written to.")
WITHDRAWN = gettext_noop("The approval was withdrawn before it left.")
DEMONSTRATION = gettext_noop("A demonstration address cannot be written to in production.")


def may_leave(message: Message) -> str | Wait:
    """Why `message` must not leave now, how long it has to wait for its turn, or "" and then its place is taken.

    The outbox asks just before it hands the bytes over.
    """
    deliveries = Delivery.objects.select_related("letter__case__person", "contact_point", "message")
    delivery = deliveries.filter(message=message).first()
    if delivery is None or delivery.letter.state != Letter.State.APPROVED:
        return NOT_APPROVED
    if message.content_sha256 != delivery.approved_sha256:
        return OTHER_BYTES
    return why_held(delivery, to=str(message.to_address), now=timezone.now()) or take_place(delivery) or ""


def why_held(delivery: Delivery, *, to: str, now: datetime) -> str:
    """Why this delivery, whose envelope says `to`, must not leave at `now`, or "". Takes no place under the caps."""
    if delivery.mode == Delivery.Mode.DRY_RUN or settings.MANDATES_MODE == "dry-run":
        return DRY_RUN
    if delivery.mode != settings.MANDATES_MODE:
        return MODE_CHANGED
    if digest_of_recipient(to) != bytes(delivery.recipient_digest):
        return WRONG_RECIPIENT
    return (
        why_fallen(delivery.letter, now=now)
        or _why_not_readable(delivery, now=now)
        or _why_not_there(delivery.contact_point, to=to, day=now.date())
    )


def _why_not_readable(delivery: Delivery, *, now: datetime) -> str:
    """Words meant for one key are not sent to somebody who has lost it, nor plain words to somebody who has one."""
    point = delivery.contact_point
    if delivery.openpgp_fingerprint != point.openpgp_fingerprint:
        return KEY_CHANGED
    if point.demands_encryption and not delivery.openpgp_fingerprint:
        return NOT_ENCRYPTED
    if point.openpgp_expires_at is not None and point.openpgp_expires_at <= now:
        return KEY_EXPIRED
    return ""


def _why_not_there(point: ContactPoint, *, to: str, day: date) -> str:
    """The switches. A real address is reached only when all three are on: this is production, the mode is live, and a
    person has checked the address, which is not a demonstration one."""
    if not is_usable(point, day=day):
        return ADDRESS_GONE
    in_production = settings.ENVIRONMENT == "production"
    if settings.MANDATES_MODE == "redirect":
        if to != settings.MANDATES_REDIRECT_TO:
            return WRONG_RECIPIENT
        if _is_in_directory(to):
            return NOT_OURS
        return "" if in_production or is_reserved(to) else NOT_PRODUCTION
    if to != point.value:
        return WRONG_RECIPIENT
    if in_production:
        return DEMONSTRATION if point.is_demonstration or is_reserved(to) else ""
    return "" if point.is_demonstration and is_reserved(to) else NOT_PRODUCTION


def _is_in_directory(address: str) -> bool:
    """Whether somebody else's mailbox, in whatever spelling, would get what is meant for our own."""
    values = ContactPoint.objects.filter(channel=ContactPoint.Channel.EMAIL).values_list("value", flat=True)
    return mailbox_of(address) in {mailbox_of(value) for value in values}
