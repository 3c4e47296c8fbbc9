"""A moment told in a named time zone, and in UTC beside it (IANA zones, through Python's zoneinfo)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from petitions.errors import PetitionsError
from petitions.models import Statement, StatementVersion

# Offered first: where the UN sits, where the newsrooms are, and where the people are whom it is about.
USUAL_ZONES = ("Europe/Zurich", "America/New_York", "Europe/London", "Asia/Tehran", "UTC")


class NoSuchMomentError(PetitionsError):
    """The clocks of the zone jump over this hour, or show it twice, or the zone is not known."""


@dataclass(frozen=True)
class Embargo:
    """Until when a text is kept back: `until` is aware, `zone` an IANA name."""

    until: datetime
    zone: str

    # Words, not moments: a template would turn a moment into the time zone of the site.
    @property
    def local(self) -> str:
        """Day and hour on the clocks of the zone."""
        return f"{self.until.astimezone(ZoneInfo(self.zone)):%Y-%m-%d %H:%M}"

    @property
    def in_utc(self) -> str:
        return f"{self.until.astimezone(UTC):%Y-%m-%d %H:%M}"

    def __str__(self) -> str:
        return f"{self.local} {self.zone} = {self.in_utc} UTC"


def zones() -> list[str]:
    """The zones to choose from: the usual ones first, then all others by name."""
    known = available_timezones()
    usual = [zone for zone in USUAL_ZONES if zone in known]
    others = sorted(zone for zone in known if "/" in zone and not zone.startswith(("Etc/", "posix/", "right/")))
    return usual + [zone for zone in others if zone not in usual]


def embargo_until(day: date, hour: time, zone: str) -> Embargo:
    """The embargo that ends when the clocks of `zone` show `hour` on `day`. Raises `NoSuchMomentError`.

    An hour that is shown twice when summer time ends is refused, not guessed: an hour too early is a broken promise.
    """
    if zone not in available_timezones():
        raise NoSuchMomentError
    local = datetime.combine(day, hour, tzinfo=ZoneInfo(zone))
    try:
        is_shown = local.astimezone(UTC).astimezone(local.tzinfo).replace(fold=0) == local
    except OverflowError as error:
        # Before the first day of the calendar, or after its last.
        raise NoSuchMomentError from error
    is_ambiguous = local.replace(fold=1).utcoffset() != local.utcoffset()
    if not is_shown or is_ambiguous:
        raise NoSuchMomentError
    return Embargo(until=local.astimezone(UTC), zone=zone)


def embargo_of(statement: Statement | StatementVersion) -> Embargo | None:
    """The embargo that a statement, or a later version of one, is under, or was."""
    if isinstance(statement, StatementVersion):
        return Embargo(until=statement.opens_at, zone=statement.opens_zone) if statement.opens_at else None
    if statement.embargoed_until is None:
        return None
    return Embargo(until=statement.embargoed_until, zone=statement.embargo_zone or "UTC")


def is_ahead(embargo: Embargo, *, now: datetime) -> bool:
    """Whether it ends later than a minute from `now`: less than that is opening it."""
    return embargo.until > now + timedelta(minutes=1)
