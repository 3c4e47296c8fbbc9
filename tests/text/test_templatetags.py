from datetime import UTC, datetime

import pytest
from django.utils import translation

from text.templatetags.text import moment, monogram


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Behrouz Ehsani", "B. E."),
        ("Mary Ann Louise Smith", "M. S."),
        ("Voltaire", "V."),
        ("سید محمد جواد وفایی", "س. و."),
        ("", ""),
    ],
)
def test_monogram_is_the_first_and_the_last_initial(name: str, letters: str) -> None:
    assert monogram(name) == letters


@pytest.mark.parametrize(
    ("language", "zone", "words"),
    [
        ("en", "UTC", "23 November 2026, 21:07 UTC"),
        ("en", "Asia/Tehran", "24 November 2026, 00:37 Asia/Tehran"),
        ("fa", "UTC", "۲ آذر ۱۴۰۵ (۲۳ نوامبر ۲۰۲۶)، ساعت ۲۱:۰۷ UTC"),
    ],
)
def test_moment_says_day_hour_and_whose_clocks_in_the_readers_digits(language: str, zone: str, words: str) -> None:
    with translation.override(language):
        assert moment(datetime(2026, 11, 23, 21, 7, tzinfo=UTC), zone) == words
        assert moment(None) == ""
