"""The course of a count, for readers: by day, and the hours of a day where that points at nobody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import DateField, Func, Sum
from django.db.models.functions import Cast

from petitions.counts.disclosure import may_show_hours
from petitions.models import HourlyCount, Statement

# Days among which one is looked for whose hours may be shown.
RECENT_DAYS = 60


@dataclass(frozen=True)
class Span:
    """A stretch of time (UTC), and what happened to the count in it. `corrected`: what a recount had to add."""

    first: datetime
    counted: int = 0
    withdrawn: int = 0
    removed: int = 0
    corrected: int = 0

    @property
    def gone(self) -> int:
        return self.withdrawn + self.removed

    @property
    def net(self) -> int:
        return self.counted - self.gone + self.corrected


def read_days(statement: Statement) -> list[Span]:
    """Each day on which the count of `statement` moved, the oldest first. One query, however many signed."""
    in_utc = Func("hour", template="(%(expressions)s AT TIME ZONE 'UTC')")
    rows = HourlyCount.objects.filter(statement=statement).annotate(day=Cast(in_utc, DateField())).values("day")
    names = ("counted", "withdrawn", "removed", "corrected")
    sums = rows.annotate(*(Sum(name) for name in names)).order_by("day")
    numbers = sums.values_list("day", *(f"{name}__sum" for name in names))
    return [Span(_start(day), *sums_of_day) for day, *sums_of_day in numbers]


def read_hours(statement: Statement, *, today: date, for_staff: bool) -> list[Span]:
    """The 24 hours of the newest day that the reader may see hour by hour; empty when there is none."""
    since = _start(today - timedelta(days=RECENT_DAYS))
    by_day: dict[date, dict[int, Span]] = {}
    for row in HourlyCount.objects.filter(statement=statement, hour__gte=since).order_by("hour"):
        hour = row.hour.astimezone(UTC)
        span = Span(hour, row.counted, row.withdrawn, row.removed, row.corrected)
        by_day.setdefault(hour.date(), {})[hour.hour] = span
    for day in sorted(by_day, reverse=True):
        hours = by_day[day]
        if for_staff or may_show_hours([span.counted for span in hours.values()], is_over=day < today):
            start = _start(day)
            return [hours.get(hour, Span(start + timedelta(hours=hour))) for hour in range(24)]
    return []


def as_public(hours: Iterable[Span]) -> list[Span]:
    """Hours without who left: a withdrawal is told by the day only."""
    return [Span(span.first, span.counted) for span in hours]


def condense(days: Sequence[Span], *, today: date, most: int = 62) -> tuple[str, list[Span]]:
    """`days` without gaps up to `today` as "day", "week" or "month", whichever first makes at most `most` spans."""
    if not days:
        return "day", []
    first = days[0].first.date()
    for unit in ("day", "week", "month"):
        starts = _starts(first, max(today, days[-1].first.date()), unit)
        if len(starts) <= most or unit == "month":
            break
    sums = {start: Span(_start(start)) for start in starts}
    for day in days:
        start = _start_of(day.first.date(), unit)
        sums[start] = _together(sums[start], day)
    return unit, list(sums.values())


def _together(one: Span, other: Span) -> Span:
    return Span(
        one.first,
        one.counted + other.counted,
        one.withdrawn + other.withdrawn,
        one.removed + other.removed,
        one.corrected + other.corrected,
    )


def _starts(first: date, last: date, unit: str) -> list[date]:
    starts = [_start_of(first, unit)]
    while (following := _start_of(starts[-1] + timedelta(days={"day": 1, "week": 7, "month": 31}[unit]), unit)) <= last:
        starts.append(following)
    return starts


def _start_of(day: date, unit: str) -> date:
    if unit == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if unit == "week" else day


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
