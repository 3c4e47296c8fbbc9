"""The last look before a letter leaves. What was right at approval may be wrong now."""

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_noop

from mandates.models import ContactPoint, Delivery, Letter
from mandates.reach import is_reserved, is_usable
from mandates.standing import CONSENT_GONE, why_fallen
from outbox.models import Message

__all__ = ["CONSENT_GONE", "may_leave", "why_held"]

# Kept in the message as its reason, in English; pages translate them.
NOT_APPROVED = gettext_noop("It does not belong to an approved letter.")
ADDRESS_GONE = gettext_noop("The address is no longer checked, or is known to be wrong.")
DRY_RUN = gettext_noop("Dry run: letters to mandates are switched off.")
MODE_CHANGED = gettext_noop("The way letters leave was changed after this one was approved.")
WRONG_RECIPIENT = gettext_noop("It is addressed to somebody else than its approval says.")
NOT_PRODUCTION = gettext_noop("Outside production only demonstration addresses at example domains are written to.")
DEMONSTRATION = gettext_noop("A demonstration address cannot be written to in production.")


def may_leave(message: Message) -> str:
    """Why `message` must not leave now, or "". The outbox asks just before it hands the bytes over."""
    delivery = Delivery.objects.select_related("letter__case", "contact_point").filter(message=message).first()
    if delivery is None or delivery.letter.state != Letter.State.APPROVED:
        return NOT_APPROVED
    return why_held(delivery, to=str(message.to_address), now=timezone.now())


def why_held(delivery: Delivery, *, to: str, now: datetime) -> str:
    """Why this delivery, whose envelope says `to`, must not leave at `now`, or ""."""
    if delivery.mode == Delivery.Mode.DRY_RUN or settings.MANDATES_MODE == "dry-run":
        return DRY_RUN
    if delivery.mode != settings.MANDATES_MODE:
        return MODE_CHANGED
    if fallen := why_fallen(delivery.letter, now=now):
        return fallen
    return _why_not_there(delivery.contact_point, to=to, day=now.date())


def _why_not_there(point: ContactPoint, *, to: str, day: date) -> str:
    """The switches. A real address is reached only when all three are on: this is production, the mode is live, and a
    person has checked the address, which is not a demonstration one."""
    if not is_usable(point, day=day):
        return ADDRESS_GONE
    in_production = settings.ENVIRONMENT == "production"
    if settings.MANDATES_MODE == "redirect":
        if to != settings.MANDATES_REDIRECT_TO:
            return WRONG_RECIPIENT
        return "" if in_production or is_reserved(to) else NOT_PRODUCTION
    if to != point.value:
        return WRONG_RECIPIENT
    if in_production:
        return DEMONSTRATION if point.is_demonstration or is_reserved(to) else ""
    return "" if point.is_demonstration and is_reserved(to) else NOT_PRODUCTION
