"""How the outbox is doing: plain figures for a page or a log, and which of them call for a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min

from outbox.clock import database_now
from outbox.models import Message
from outbox.smtp import NO_ENCRYPTION

State = Message.State
LATE = timedelta(minutes=10)
# What may lie between the clocks of two looks; beyond it the database's clock was set back.
CLOCK_SLACK = timedelta(minutes=1)


@dataclass(frozen=True)
class Health:
    """`waiting` and `overdue` by lane: how many wait to be sent, and how long the longest due one has been due.

    `unencrypted`: messages that wait because the mail server offered no safe encryption.
    """

    waiting: Mapping[str, int]
    overdue: Mapping[str, timedelta]
    uncertain: int
    failed_letters: int
    unencrypted: int
    last_sent_at: datetime | None
    is_clock_back: bool

    def alarms(self) -> dict[str, int]:
        """How bad each thing is that calls for a person; 0 when it is well."""
        return {
            "uncertain": self.uncertain,
            "failed_letters": self.failed_letters,
            "unencrypted": min(self.unencrypted, 1),
            "late": int(any(overdue > LATE for overdue in self.overdue.values())),
            "clock": int(self.is_clock_back),
        }


def read_health() -> Health:
    """The figures of this moment. Reads indexes, never the whole table."""
    now = database_now()
    waiting = Message.objects.filter(state__in=[State.QUEUED, State.DEFERRED])
    by_lane = waiting.values_list("lane").annotate(count=Count("*")).order_by("lane")
    due = waiting.filter(next_try_at__lte=now).values_list("lane").annotate(first=Min("next_try_at"))
    last_sent_at = Message.objects.filter(state=State.SENT).aggregate(last=Max("sent_at"))["last"]
    return Health(
        waiting=dict.fromkeys(Message.Lane.values, 0) | dict(by_lane),
        overdue={lane: timedelta(0) for lane in Message.Lane.values} | {lane: now - first for lane, first in due},
        uncertain=Message.objects.in_doubt().count(),
        failed_letters=Message.objects.filter(state=State.FAILED, policy=Message.Policy.ONCE).count(),
        unencrypted=waiting.filter(last_reply__startswith=NO_ENCRYPTION).count(),
        last_sent_at=last_sent_at,
        is_clock_back=last_sent_at is not None and last_sent_at > now + CLOCK_SLACK,
    )
