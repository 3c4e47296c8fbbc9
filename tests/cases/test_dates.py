"""Dates as editors type them."""

from datetime import date

import pytest

from cases.dates import GREGORIAN, SOLAR_HIJRI, DateNotUnderstoodError, parse_partial


@pytest.mark.parametrize(
    ("typed", "calendar", "first", "last", "precision"),
    [
        ("2025", GREGORIAN, date(2025, 1, 1), date(2025, 12, 31), "year"),
        ("2024-02", GREGORIAN, date(2024, 2, 1), date(2024, 2, 29), "month"),
        ("2025-12", GREGORIAN, date(2025, 12, 1), date(2025, 12, 31), "month"),
        (" 2025 / 7 / 12 ", GREGORIAN, date(2025, 7, 12), date(2025, 7, 12), "day"),
        ("۲۰۲۵.۰۷.۱۲", GREGORIAN, date(2025, 7, 12), date(2025, 7, 12), "day"),
        ("٢٠٢٥-٠٧", GREGORIAN, date(2025, 7, 1), date(2025, 7, 31), "month"),
        ("1404-04-21", SOLAR_HIJRI, date(2025, 7, 12), date(2025, 7, 12), "day"),
        ("۱۴۰۳", SOLAR_HIJRI, date(2024, 3, 20), date(2025, 3, 20), "sh_year"),
        ("1403-12", SOLAR_HIJRI, date(2025, 2, 19), date(2025, 3, 20), "sh_month"),
        ("1403-12-30", SOLAR_HIJRI, date(2025, 3, 20), date(2025, 3, 20), "day"),
    ],
)
def test_parse_partial_reads_what_is_known(typed: str, calendar: str, first: date, last: date, precision: str) -> None:
    assert parse_partial(typed, calendar) == (first, last, precision)


@pytest.mark.parametrize(
    ("typed", "calendar", "reason"),
    [
        ("yesterday", GREGORIAN, "Write the date as"),
        ("12-07-2025", GREGORIAN, "Write the date as"),
        ("²⁰²⁵", GREGORIAN, "Write the date as"),
        ("2025-02-30", GREGORIAN, "no such day"),
        ("2025-13", GREGORIAN, "no such day"),
        ("1404-12-30", SOLAR_HIJRI, "no such day"),
        ("1404-00", SOLAR_HIJRI, "no such day"),
        ("1404-04-21", GREGORIAN, "Gregorian"),
        ("2025-07-12", SOLAR_HIJRI, "Solar Hijri"),
        ("0000-01-01", GREGORIAN, "Gregorian"),
    ],
)
def test_parse_partial_says_what_is_wrong(typed: str, calendar: str, reason: str) -> None:
    with pytest.raises(DateNotUnderstoodError, match=reason):
        parse_partial(typed, calendar)
