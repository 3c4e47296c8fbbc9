"""How a mandate can be reached today: the one address a letter may go to, or why there is none."""

from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

from mandates.blocklist import why_blocked
from mandates.models import ContactPoint, Mandate, Standing

RESERVED_TOPS = {"example", "test", "invalid", "localhost"}
RESERVED_DOMAINS = {"example.com", "example.net", "example.org"}


def is_reserved(address: str) -> bool:
    """Whether an address lies in a domain that RFC 2606 reserves for examples, where nobody can be reached."""
    labels = address.rpartition("@")[2].lower().split(".")
    return labels[-1] in RESERVED_TOPS or ".".join(labels[-2:]) in RESERVED_DOMAINS


def is_usable(point: ContactPoint, *, day: date) -> bool:
    """Whether a letter may be addressed to `point` on `day`: an e-mail address that two people
    checked, current and not blocked."""
    return point.channel == ContactPoint.Channel.EMAIL and point.is_usable_on(day) and not why_blocked(point.value)


def _mailboxes(mandate: Mandate) -> list[ContactPoint]:
    """Its e-mail addresses that count here."""
    in_production = settings.ENVIRONMENT == "production"
    points = [p for p in mandate.contact_points.all() if p.channel == ContactPoint.Channel.EMAIL]
    return [p for p in points if not (in_production and p.is_demonstration)]


def contact_for(mandate: Mandate, *, day: date) -> ContactPoint | None:
    """The address letters to `mandate` go to on `day`. Prefetch `contact_points` when there are many mandates.

    In production demonstration addresses do not count; elsewhere they come first. The latest check wins.
    """
    usable = [p for p in _mailboxes(mandate) if is_usable(p, day=day)]
    ranked = sorted(usable, key=lambda p: (not p.is_demonstration, -(p.checked_on or day).toordinal(), p.pk))
    return ranked[0] if ranked else None


def point_to_check(mandate: Mandate, *, day: date) -> ContactPoint | None:
    """The e-mail address of `mandate` whose check would help most: one that only wants a second person, then one that
    expired, then one nobody looked at. None when there is a usable one, or only wrong ones."""
    if contact_for(mandate, day=day) is not None:
        return None
    open_ = [p for p in _mailboxes(mandate) if not p.is_blocked and not why_blocked(p.value)]
    order = [Standing.HALF_CHECKED, Standing.EXPIRED, Standing.UNCHECKED]
    return min(open_, key=lambda p: (order.index(p.standing_on(day)), p.pk), default=None)


def why_unreachable(mandate: Mandate, *, day: date) -> str:
    """Why `contact_for` has no address, for the desk; empty when it has one."""
    if contact_for(mandate, day=day) is not None:
        return ""
    if not _mailboxes(mandate):
        return _("No e-mail address is known.")
    point = point_to_check(mandate, day=day)
    if point is None:
        return _("Its address is known to be wrong.")
    why = {
        Standing.HALF_CHECKED: _("One person has checked its address; a second one has not yet."),
        Standing.EXPIRED: _("The check of its address has expired."),
        Standing.UNCHECKED: _("Nobody has checked its address yet."),
    }
    return why[point.standing_on(day)]
