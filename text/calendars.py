"""Dates as a reader of a language writes them. They are stored in the Gregorian calendar only."""

from datetime import date

from django.utils import translation
from django.utils.dates import MONTHS
from django.utils.translation import gettext
from persiantools import digits
from persiantools.jdatetime import JalaliDate


def localise_digits(text: object, language: str) -> str:
    """`text` with the digits a reader of `language` uses; Django has none for Persian."""
    return digits.en_to_fa(str(text)) if language == "fa" else str(text)


def format_day(day: date, language: str) -> str:
    """An exact day: `27 July 2025`, in Persian Solar Hijri with the Gregorian day in brackets."""
    if language == "fa":
        return _persian(day, "%d %B %Y", _gregorian(day, "day", "fa"))
    return _gregorian(day, "day", language)


def format_partial(day: date | None, precision: str, language: str) -> str:
    """A date of known precision (`day`, `month`, `year`, `about`, `before`, `after`, `unknown`), in words.

    Months and years are not converted to Solar Hijri: they straddle two, and a guess would be a wrong date.
    """
    with translation.override(language):
        if day is None or precision == "unknown":
            return gettext("date not known")
        if precision in {"month", "year"}:
            return localise_digits(_gregorian(day, precision, language), language)
        words = {
            "about": gettext("about %(date)s"),
            "before": gettext("before %(date)s"),
            "after": gettext("after %(date)s"),
        }
        return words.get(precision, "%(date)s") % {"date": format_day(day, language)}


def _gregorian(day: date, precision: str, language: str) -> str:
    with translation.override(language):
        month = str(MONTHS[day.month])
    shape = {"day": f"{day.day} {month} {day.year}", "month": f"{month} {day.year}", "year": str(day.year)}
    return shape[precision]


def _persian(day: date, shape: str, gregorian: str) -> str:
    jalali = JalaliDate(day)
    months = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند".split()
    return localise_digits(f"{jalali.day} {months[jalali.month - 1]} {jalali.year} ({gregorian})", "fa")
