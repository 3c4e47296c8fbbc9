"""The last day for signatures, which lasts until it is over for everybody.

The page names a bare day, to readers in every time zone, so nobody is refused on a day that their own calendar calls
by that name: it ends when it ends on the last clocks on earth, at UTC-12 (noon of the next day in UTC).
"""

from datetime import UTC, date, datetime, timedelta

from django.db.models import DateField, Func

BEHIND = timedelta(hours=12)


class DayOnTheLastClocks(Func):
    """The day that it still is somewhere, by the database's clock as the row is read."""

    template = "((STATEMENT_TIMESTAMP() AT TIME ZONE 'UTC' - INTERVAL '12 hours')::date)"
    output_field = DateField()


def is_over(day: date | None, *, now: datetime) -> bool:
    """Whether `day` is over for everybody at `now` (aware); no day is never over."""
    return day is not None and (now.astimezone(UTC) - BEHIND).date() > day
