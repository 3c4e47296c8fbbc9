"""Whether the letter would leave encrypted, and what keeps it from that."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mandates.addressing import addressees_of
from mandates.checking.findings import Finding, Severity
from mandates.models import ContactKey, ContactPoint, Letter, Mandate
from mandates.reach import contact_for
from mandates.rules import HOUSE_KEYS


def findings(letter: Letter, now: datetime) -> Iterator[Finding]:
    """For each addressee whose key is missing, expired or not confirmed."""
    reached = {mandate: contact_for(mandate, day=now.date()) for mandate in addressees_of(letter)}
    points = [point for point in reached.values() if point is not None]
    waiting = {key.contact_point_id: key for key in ContactKey.objects.waiting().filter(contact_point__in=points)}
    for mandate, point in reached.items():
        if point is not None and (found := _about(point, waiting, now)):
            severity, message = found
            words = str(message % {"mandate": mandate.title_in(get_language())})
            yield Finding("key", severity, words, HOUSE_KEYS, *_mend(mandate, point, waiting))


def _about(
    point: ContactPoint, waiting: Mapping[int, ContactKey], now: datetime
) -> "tuple[Severity, str | Promise] | None":
    has_expired = point.openpgp_expires_at is not None and point.openpgp_expires_at <= now
    if has_expired:
        return Severity.MISSING, _("The key of “%(mandate)s” has expired, so this letter cannot leave.")
    if point.openpgp_key:
        if point.pk not in waiting:
            return None
        return Severity.WARNING, _(
            "A new key of “%(mandate)s” waits for a second person. This letter would be encrypted to the older one."
        )
    if point.demands_encryption:
        return Severity.MISSING, _(
            "Letters to “%(mandate)s” leave encrypted or not at all, and no key is confirmed by a second person."
        )
    if point.pk in waiting:
        return Severity.WARNING, _(
            "The key of “%(mandate)s” is not confirmed by a second person. This letter would leave unencrypted."
        )
    return None


def _mend(
    mandate: Mandate, point: ContactPoint, waiting: Mapping[int, ContactKey]
) -> "tuple[str, tuple[int], str | Promise]":
    if point.pk in waiting:
        return "mandates:key_confirm", (waiting[point.pk].pk,), _("Confirm the key")
    return "mandates:contact_key", (point.pk,), _("See its keys")
