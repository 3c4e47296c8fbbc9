import pytest

from text.bidi import direction_of, isolate, isolate_runs, runs_of


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


def test_runs_keep_an_arabic_name_together_and_join_to_the_text_again() -> None:
    text = "Name: Aram (آرام نمونه), 34; علی‌رضا"
    runs = list(runs_of(text))
    assert [run for run, is_arabic in runs if is_arabic] == ["آرام نمونه", "علی‌رضا"]
    assert "".join(run for run, _is_arabic in runs) == text


def test_isolate_runs_leaves_latin_as_it_is() -> None:
    assert isolate_runs("Court, 34") == "Court, 34"
    assert isolate_runs("آرام, 34") == "\u2068آرام\u2069, 34"
