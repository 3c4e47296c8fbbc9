"""How much waits at the moderators' desk, and for how long."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min

from petitions.models import Signature


@dataclass(frozen=True)
class Waiting:
    """`number` wait for a moderator; when the oldest and the one in the middle were signed, None for nothing."""

    number: int
    oldest_at: datetime | None
    median_at: datetime | None
    now: datetime

    @property
    def is_too_much(self) -> bool:
        """Over the limit of the settings, by number or by age."""
        return self.number > settings.QUEUE_ALARM_WAITING or self._oldest_for > timedelta(settings.QUEUE_ALARM_DAYS)

    @property
    def _oldest_for(self) -> timedelta:
        return self.now - self.oldest_at if self.oldest_at else timedelta(0)


def read_waiting(*, now: datetime) -> Waiting:
    """What waits for a moderator; whoever was asked and has not answered yet does not. Two queries on an index."""
    moments = Signature.objects.filter(state=Signature.State.PENDING, confirmed_at__isnull=False)
    found = moments.aggregate(number=Count("pk"), oldest=Min("confirmed_at"))
    number, ordered = found["number"], moments.order_by("confirmed_at").values_list("confirmed_at", flat=True)
    return Waiting(
        number=number,
        oldest_at=found["oldest"],
        median_at=ordered[number // 2 : number // 2 + 1].first() if number else None,
        now=now,
    )
