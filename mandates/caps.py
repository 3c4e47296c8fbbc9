"""No flood: how many letters may leave, to whom, in what time.

The mandates' mailboxes are for casework, and a sender who floods is no longer read. A delivery takes its place
(`Departure`) in a transaction of its own just before it leaves, one at a time under an advisory lock and by the
database's clock, so that any number of drainers together stay below every cap. A retry moves its own place on and needs
room for it like any other. A rehearsal (redirect) and what is real are counted apart.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_noop

from mandates.models import Delivery, Departure
from outbox.addresses import address_digest
from outbox.delivery import Wait

# Any number that no other advisory lock of ours uses.
LOCK = 7_310_001
# A cap of 0 stops everything until somebody raises it.
LOOK_AGAIN = timedelta(hours=1)


@dataclass(frozen=True)
class Cap:
    """At most `settings.<setting>` departures in any `window`, counted per `scope` (a field), or in all."""

    setting: str
    window: timedelta
    reason: str
    scope: str = ""

    @property
    def limit(self) -> int:
        return int(getattr(settings, self.setting))


CAPS = (
    Cap(
        "MANDATES_CAP_PER_MANDATE_WEEK",
        timedelta(days=7),
        gettext_noop("This mandate has had as many letters as may go to it in a week."),
        "mandate_id",
    ),
    Cap(
        "MANDATES_CAP_PER_RECIPIENT_DAY",
        timedelta(days=1),
        gettext_noop("This address has had as many letters as may go to it in a day."),
        "recipient_digest",
    ),
    Cap("MANDATES_CAP_PER_DAY", timedelta(days=1), gettext_noop("As many letters left as may leave in a day.")),
    Cap("MANDATES_CAP_PER_HOUR", timedelta(hours=1), gettext_noop("As many letters left as may leave in an hour.")),
)
REASONS = frozenset(cap.reason for cap in CAPS)


def take_place(delivery: Delivery) -> Wait | None:
    """Take a place for `delivery` now, committed on return; or how long it has to wait, and for what."""
    recipient = address_digest(delivery.contact_point.value, purpose="letter-cap")
    with transaction.atomic(durable=True):
        now = _lock()
        own = Departure.objects.filter(delivery=delivery).first()
        wanted = own or Departure(
            delivery=delivery, mandate_id=delivery.mandate_id, recipient_digest=recipient, mode=delivery.mode
        )
        full = [(free_at, cap) for cap in CAPS if (free_at := _free_at(cap, wanted, now)) is not None]
        if full:
            free_at, cap = max(full, key=lambda pair: pair[0])
            return _wait(delivery, cap, free_at - now)
        # The database's clock may have been set back: a place never moves back in time.
        wanted.departed_at = max(now, own.departed_at) if own else now
        wanted.save()
    return None


def _lock() -> datetime:
    """Wait for our turn; the database's clock once it has come."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


def _free_at(cap: Cap, wanted: Departure, now: datetime) -> datetime | None:
    """When `cap` has room for `wanted`, or None when it has room now."""
    if cap.limit <= 0:
        return now + LOOK_AGAIN
    others = Departure.objects.filter(mode=wanted.mode, departed_at__gt=now - cap.window)
    if cap.scope:
        others = others.filter(**{cap.scope: getattr(wanted, cap.scope)})
    if wanted.pk is not None:
        others = others.exclude(pk=wanted.pk)
    moments = others.order_by("-departed_at").values_list("departed_at", flat=True)
    last_too_many = moments[cap.limit - 1 : cap.limit].first()
    return last_too_many + cap.window if last_too_many is not None else None


def _wait(delivery: Delivery, cap: Cap, time: timedelta) -> Wait:
    """The urgent wake a little earlier, and find the place first."""
    return Wait(cap.reason, time.total_seconds() + 0.1 * (1 + delivery.message.priority))
