from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from text.calendars import format_day, format_partial, format_short_day, localise_digits, parse_partial
from text.templatetags import text as filters

DAY = date(2025, 7, 27)


def test_short_day_is_of_the_readers_calendar() -> None:
    assert (format_short_day(DAY, "en"), format_short_day(DAY, "fa")) == ("27/07", "۵/۵")
    assert format_short_day(date(1, 1, 2), "fa") == "۰۲/۰۱"


def test_day_is_solar_hijri_first_for_a_persian_reader() -> None:
    assert format_day(DAY, "en") == "27 July 2025"
    assert format_day(DAY, "fa") == "۵ مرداد ۱۴۰۴ (۲۷ ژوئیه ۲۰۲۵)"


@pytest.mark.parametrize("day", [date(1, 1, 1), date(622, 1, 1), date(9998, 12, 31), date(9999, 12, 31)])
@pytest.mark.parametrize("precision", ["day", "month", "year", "sh_month", "sh_year"])
def test_day_that_the_solar_calendar_does_not_reach_is_gregorian(day: date, precision: str) -> None:
    assert localise_digits(str(day.year), "fa") in format_partial(day, precision, "fa")


@pytest.mark.parametrize(
    ("day", "solar"),
    [
        (date(2025, 3, 20), "۳۰ اسفند ۱۴۰۳"),  # a leap year's last day
        (date(2025, 3, 21), "۱ فروردین ۱۴۰۴"),
        (date(1988, 7, 28), "۶ مرداد ۱۳۶۷"),
        (date(2026, 3, 20), "۲۹ اسفند ۱۴۰۴"),
    ],
)
def test_day_at_the_turn_of_the_solar_year_is_right(day: date, solar: str) -> None:
    assert format_day(day, "fa").startswith(f"{solar} (")


@pytest.mark.parametrize(
    ("precision", "words"),
    [
        ("day", "27 July 2025"),
        ("month", "July 2025"),
        ("year", "2025"),
        ("sh_month", "Mordad 1404 (July 2025 – August 2025)"),
        ("sh_year", "1404 (2025 – 2026)"),
        ("about", "about 27 July 2025"),
        ("before", "before 27 July 2025"),
        ("after", "after 27 July 2025"),
        ("unknown", "date not known"),
    ],
)
def test_partial_date_says_no_more_than_is_known(precision: str, words: str) -> None:
    assert format_partial(DAY, precision, "en") == words


@pytest.mark.parametrize(
    ("precision", "words"),
    [
        ("month", "ژوئیه ۲۰۲۵"),
        ("year", "۲۰۲۵"),
        ("sh_month", "مرداد ۱۴۰۴ (ژوئیه ۲۰۲۵ – اوت ۲۰۲۵)"),
        ("sh_year", "۱۴۰۴ (۲۰۲۵ – ۲۰۲۶)"),
    ],
)
def test_partial_date_in_persian_does_not_guess_the_other_calendar(precision: str, words: str) -> None:
    assert format_partial(DAY, precision, "fa") == words


def test_partial_date_without_a_day_is_not_known() -> None:
    assert format_partial(None, "day", "en") == "date not known"


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("2025", (date(2025, 1, 1), "year")),
        ("2025-10", (date(2025, 10, 1), "month")),
        ("2025-07-27", (date(2025, 7, 27), "day")),
        ("2025-13", None),
        ("2025-02-30", None),
        ("0000", None),
        ("2025-07-27-01", None),
        ("٢٠٢٥", None),
        ("", None),
        ("soon", None),
    ],
)
def test_parse_partial_reads_only_what_it_understands(text: str, parsed: tuple[date, str] | None) -> None:
    assert parse_partial(text) == parsed


def test_digits_are_the_readers_own() -> None:
    assert localise_digits("v1, 2025", "fa") == "v۱, ۲۰۲۵"
    assert localise_digits(301, "en") == "301"


def test_filters_follow_the_language_of_the_page() -> None:
    with translation.override("fa"):
        assert filters.digits(1234567) == "۱٬۲۳۴٬۵۶۷"
        assert filters.day(datetime(2025, 7, 27, 9, tzinfo=UTC)) == "۵ مرداد ۱۴۰۴ (۲۷ ژوئیه ۲۰۲۵)"
    with translation.override("en"):
        assert filters.digits(1234567) == "1,234,567"
        assert filters.day(DAY) == "27 July 2025"


@pytest.mark.parametrize("nothing", [None, "", "not a date", 5])
def test_day_filter_of_no_date_is_empty(nothing: object) -> None:
    assert filters.day(nothing) == ""


def test_in_language_falls_back_to_the_words_there_are() -> None:
    class Row:
        text, text_fa, place, place_fa = "hello", "سلام", "Tehran", ""

    with translation.override("fa"):
        assert filters.in_language(Row(), "text") == "سلام"
        assert filters.in_language(Row(), "place") == "Tehran"
    assert filters.in_language(Row(), "text") == "hello"
    assert filters.in_language("", "text") == ""
