import random

from petitions.counts.disclosure import FEWEST, disclose_countries, may_show_hours


def test_t4_country_of_nine_is_hidden_and_of_ten_shown() -> None:
    assert disclose_countries({"NL": 10, "IR": 9, "TR": 9}) == {"named": [("NL", 10)], "elsewhere": 18}
    assert disclose_countries({"NL": 10, "IR": 10}) == {"named": [("IR", 10), ("NL", 10)], "elsewhere": 0}


def test_t4_hidden_country_is_not_the_difference_to_the_total() -> None:
    alone = disclose_countries({"NL": 50, "DE": 20, "IR": 3})
    assert alone == {"named": [("NL", 50)], "elsewhere": 23}
    few = disclose_countries({"NL": 50, "DE": 20, "IR": 3, "TR": 4})
    assert few == {"named": [("NL", 50)], "elsewhere": 27}
    assert disclose_countries({"": 30, "NL": 50}) == {"named": [], "elsewhere": 80}


def test_t4_no_figures_let_a_small_country_be_worked_out() -> None:
    dice = random.Random(7)
    for _ in range(3000):
        by_country = {code: dice.choice([0, 1, 3, 9, 10, 11, 40]) for code in dice.sample(["", *"ABCDEFG"], 6)}
        shown = disclose_countries(by_country)
        named = dict(shown["named"])
        hidden = {code: number for code, number in by_country.items() if number and code not in named}
        assert sum(named.values()) + shown["elsewhere"] == sum(by_country.values())
        assert all(number >= FEWEST and by_country[code] == number for code, number in named.items())
        # Nobody hidden stands alone or among fewer than ten, unless nobody is named at all.
        assert not hidden or not named or (len(hidden) >= 2 and sum(hidden.values()) >= FEWEST)


def test_t4_hours_are_shown_of_busy_days_that_are_over() -> None:
    assert may_show_hours([0, 10, 25], is_over=True)
    assert not may_show_hours([0, 10, 25], is_over=False)
    assert not may_show_hours([0, 9, 25], is_over=True)
    assert not may_show_hours([0, 0], is_over=True)
