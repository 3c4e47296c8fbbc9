"""How far updates have come, from the rows of their readers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q

from petitions.models import Update, UpdateDelivery

State = UpdateDelivery.State


@dataclass(frozen=True)
class Progress:
    """The readers noted for an update, and what became of them. `held` of the waiting ones have a later day: their
    week is full, or an invitation's hour has not come; `held_until` is the last of these moments."""

    total: int = 0
    written: int = 0
    passed_over: int = 0
    held: int = 0
    held_until: datetime | None = None
    failed: int = 0

    @property
    def done(self) -> int:
        return self.written + self.passed_over

    @property
    def waiting(self) -> int:
        return self.total - self.done


def progress_of(updates: Iterable[Update], *, now: datetime) -> dict[int, Progress]:
    """The progress of each update by its primary key, in one query; none for one without readers yet."""
    held = Q(state=State.WAITING, due_at__gt=now)
    rows = (
        UpdateDelivery.objects.filter(update__in=list(updates))
        .order_by()
        .values("update")
        .annotate(
            total=Count("pk"),
            written=Count("pk", filter=Q(state=State.WRITTEN)),
            passed_over=Count("pk", filter=Q(state=State.PASSED_OVER)),
            held=Count("pk", filter=held),
            held_until=Max("due_at", filter=held),
            failed=Count("pk", filter=Q(failed_at__isnull=False)),
        )
    )
    return {
        row["update"]: Progress(
            total=row["total"],
            written=row["written"],
            passed_over=row["passed_over"],
            held=row["held"],
            held_until=row["held_until"],
            failed=row["failed"],
        )
        for row in rows
    }
