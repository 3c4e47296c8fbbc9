"""Dates as people write them: with or without month and day, in the Gregorian or the Solar Hijri calendar."""

import re
from datetime import date
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from persiantools.digits import ar_to_fa, fa_to_en
from persiantools.jdatetime import JalaliDate

GREGORIAN, SOLAR_HIJRI = "gregorian", "solar_hijri"
_SHAPE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")


class PartialDate(NamedTuple):
    """The first day that fits, the last one, and what is known: `day`, `month`, `year`, `sh_month` or `sh_year`."""

    first: date
    last: date
    precision: str


class DateNotUnderstoodError(ValueError):
    """What was typed is not a date; `reason` says so to the person who typed it."""

    def __init__(self, reason: str | Promise) -> None:
        super().__init__(reason)
        self.reason = reason


def parse_partial(typed: str, calendar: str = GREGORIAN) -> PartialDate:
    """`2025`, `2025-07`, `2025-07-12` or, in the Solar Hijri calendar, `1404-04-21`; any digits, `-`, `/` or `.`.

    A Solar Hijri day becomes the same day in the Gregorian calendar. A month or a year straddles two Gregorian ones, so
    it keeps its own precision instead of a guess. Raises DateNotUnderstoodError with a reason for the reader.
    """
    shape = _SHAPE.fullmatch(re.sub(r"\s+", "", fa_to_en(ar_to_fa(typed))))
    if shape is None:
        raise DateNotUnderstoodError(_("Write the date as 2025, 2025-07 or 2025-07-12."))
    year, month, day = (int(part) if part else None for part in shape.groups())
    assert year is not None  # noqa: S101  the pattern demands it
    _check_century(year, calendar)
    try:
        return _solar(year, month, day) if calendar == SOLAR_HIJRI else _gregorian(year, month, day)
    except ValueError as error:
        raise DateNotUnderstoodError(_("There is no such day in the calendar.")) from error


def _check_century(year: int, calendar: str) -> None:
    if calendar == SOLAR_HIJRI and not 1250 <= year <= 1499:
        raise DateNotUnderstoodError(_("This year does not look like the Solar Hijri calendar. Choose the other one?"))
    if calendar == GREGORIAN and not 1850 <= year <= 2150:
        raise DateNotUnderstoodError(_("This year does not look like the Gregorian calendar. Choose the other one?"))


def _gregorian(year: int, month: int | None, day: int | None) -> PartialDate:
    if month is None:
        return PartialDate(date(year, 1, 1), date(year, 12, 31), "year")
    if day is None:
        next_month = date(year + month // 12, month % 12 + 1, 1)
        first = date(year, month, 1)
        return PartialDate(first, date.fromordinal(next_month.toordinal() - 1), "month")
    exact = date(year, month, day)
    return PartialDate(exact, exact, "day")


def _solar(year: int, month: int | None, day: int | None) -> PartialDate:
    if month is None:
        first, following = JalaliDate(year, 1, 1), JalaliDate(year + 1, 1, 1)
        return PartialDate(first.to_gregorian(), _day_before(following), "sh_year")
    if day is None:
        first = JalaliDate(year, month, 1)
        following = JalaliDate(year + month // 12, month % 12 + 1, 1)
        return PartialDate(first.to_gregorian(), _day_before(following), "sh_month")
    exact = JalaliDate(year, month, day).to_gregorian()
    return PartialDate(exact, exact, "day")


def _day_before(day: JalaliDate) -> date:
    return date.fromordinal(day.to_gregorian().toordinal() - 1)
