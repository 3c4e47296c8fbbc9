"""Dates as a reader of a language writes them. They are stored in the Gregorian calendar only."""

from datetime import date, timedelta
from typing import Any

from django.utils import translation
from django.utils.dates import MONTHS
from django.utils.translation import gettext
from persiantools import digits
from persiantools.jdatetime import JalaliDate

_Solar: Any = JalaliDate  # its library is not annotated
# The library knows no Solar Hijri day outside these Gregorian years.
_YEARS_OF_BOTH = range(623, 9998)
_SOLAR_MONTHS = {
    "fa": ["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"],
    "en": [
        "Farvardin",
        "Ordibehesht",
        "Khordad",
        "Tir",
        "Mordad",
        "Shahrivar",
        "Mehr",
        "Aban",
        "Azar",
        "Dey",
        "Bahman",
        "Esfand",
    ],
}


def localise_digits(text: object, language: str) -> str:
    """`text` with the digits a reader of `language` uses; Django has none for Persian."""
    return digits.en_to_fa(str(text)) if language == "fa" else str(text)


def format_day(day: date, language: str) -> str:
    """An exact day: `27 July 2025`, in Persian Solar Hijri with the Gregorian day in brackets."""
    gregorian = _gregorian(day, "day", language)
    if language != "fa":
        return gregorian
    if day.year not in _YEARS_OF_BOTH:
        return localise_digits(gregorian, language)
    return localise_digits(f"{_solar(day, 'day', language)} ({gregorian})", language)


def format_short_day(day: date, language: str) -> str:
    """A day for the narrow places below a chart: `27/07`, in Persian the Solar Hijri month and day, `۵/۵`."""
    if language != "fa" or day.year not in _YEARS_OF_BOTH:
        return localise_digits(f"{day:%d/%m}", language)
    solar = _Solar(day)
    return localise_digits(f"{solar.month}/{solar.day}", language)


def format_partial(day: date | None, precision: str, language: str) -> str:
    """A date of known precision, in words.

    `precision` is `day`, `month`, `year`, `sh_month`, `sh_year`, `about`, `before`, `after` or `unknown`; any other
    counts as a day. A month or year is never turned into the other calendar's: it straddles two, and a guess would be
    a wrong date. So `sh_month` gives both months of the Gregorian calendar that it touches.
    """
    with translation.override(language):
        if day is None or precision == "unknown":
            return gettext("date not known")
        if precision in {"month", "year"}:
            return localise_digits(_gregorian(day, precision, language), language)
        if precision in {"sh_month", "sh_year"} and day.year in _YEARS_OF_BOTH:
            return _solar_period(day, precision.removeprefix("sh_"), language)
        words = {
            "about": gettext("about %(date)s"),
            "before": gettext("before %(date)s"),
            "after": gettext("after %(date)s"),
        }
        return words.get(precision, "%(date)s") % {"date": format_day(day, language)}


def parse_partial(text: str) -> tuple[date, str] | None:
    """`2025`, `2025-07` or `2025-07-27` as its first day and its precision; None for anything else."""
    parts = text.split("-")
    if len(parts) > 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    try:
        day = date(*(int(part) for part in [*parts, "1", "1"][:3]))
    except ValueError:
        return None
    return day, ("year", "month", "day")[len(parts) - 1]


def _gregorian(day: date, precision: str, language: str) -> str:
    with translation.override(language):
        month = str(MONTHS[day.month])
    shape = {"day": f"{day.day} {month} {day.year}", "month": f"{month} {day.year}", "year": str(day.year)}
    return shape[precision]


def _solar(day: date, precision: str, language: str) -> str:
    solar = _Solar(day)
    month = _SOLAR_MONTHS.get(language, _SOLAR_MONTHS["en"])[solar.month - 1]
    shape = {"day": f"{solar.day} {month} {solar.year}", "month": f"{month} {solar.year}", "year": str(solar.year)}
    return shape[precision]


def _solar_period(day: date, precision: str, language: str) -> str:
    """The Solar Hijri month or year that `day` lies in, with the Gregorian ones it touches in brackets."""
    solar = _Solar(day)
    if precision == "month":
        first = solar.replace(day=1)
        last = solar.replace(day=_Solar.days_in_month(solar.month, solar.year))
        span = " – ".join(_gregorian(edge.to_gregorian(), "month", language) for edge in (first, last))
    else:
        first = solar.replace(month=1, day=1)
        after = _Solar(solar.year + 1, 1, 1).to_gregorian() - timedelta(days=1)
        span = f"{first.to_gregorian().year} – {after.year}"
    return localise_digits(f"{_solar(day, precision, language)} ({span})", language)
