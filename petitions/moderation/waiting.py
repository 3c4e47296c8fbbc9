"""How much waits at the moderators' desk, and for how long."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min, Q

from accounts.models import Verification
from petitions.models import Signature, SignatureQuerySet

State = Signature.State


@dataclass(frozen=True)
class Waiting:
    """`number` wait for a moderator, `asked` for their signatory's answer; when the oldest and the one in the middle
    of the former were signed, None for nothing."""

    number: int
    asked: int
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
    is_pending = Q(state=State.PENDING)
    found = Signature.objects.waiting().aggregate(
        number=Count("pk", filter=is_pending),
        asked=Count("pk", filter=~is_pending),
        oldest=Min("confirmed_at", filter=is_pending),
    )
    number, moments = found["number"], Signature.objects.filter(is_pending).order_by("confirmed_at")
    middle = moments.values_list("confirmed_at", flat=True)[number // 2 : number // 2 + 1]
    return Waiting(
        number=number,
        asked=found["asked"],
        oldest_at=found["oldest"],
        median_at=middle.first() if number else None,
        now=now,
    )


def counted_unproved() -> SignatureQuerySet:
    """Counted on a proof of identity that staff took back since: a moderator decides what becomes of them."""
    return Signature.objects.counted().filter(verification__ending=Verification.Ending.REVOKED)
