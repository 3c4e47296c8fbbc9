import pytest

from text.bidi import direction_of, isolate


@pytest.mark.parametrize(
    ("language", "direction"),
    [
        ("fa", "rtl"),
        ("ar", "rtl"),
        ("fa-IR", "rtl"),
        ("FA", "rtl"),
        ("az-arab", "rtl"),
        ("az", "ltr"),
        ("en", "ltr"),
        ("", "ltr"),
    ],
)
def test_direction_of_a_language(language: str, direction: str) -> None:
    assert direction_of(language) == direction


def test_isolate_closes_what_it_opens() -> None:
    assert isolate("محسن") == "\u2068محسن\u2069"


def test_isolate_takes_out_controls_that_would_reach_beyond_it() -> None:
    assert isolate("a\u202eb\u2069c\u2067") == "\u2068abc\u2069"
