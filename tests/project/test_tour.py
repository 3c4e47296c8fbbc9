"""The tour of the pages (docs/tour.md) leaves none out, and is as its list says."""

from collections import Counter

from django.urls import reverse

from petitions.urls import urlpatterns
from tests.tour.page import IMAGES, PAGE, compose_page
from tests.tour.stops import BUTTONS, FILES, PEOPLE, STOPS, WIDTHS, Stop

NAMES = {pattern.name for pattern in urlpatterns}


def left_out(stops: tuple[Stop, ...]) -> set[str | None]:
    """Addresses of the petitions package that no stop shows, and that are not known to show nothing."""
    shown = {stop.view.removeprefix("petitions:") for stop in stops}
    return NAMES - shown - FILES - BUTTONS


def test_every_page_of_signatures_is_in_the_tour() -> None:
    assert left_out(STOPS) == set()


def test_a_page_that_is_missing_is_found() -> None:
    assert left_out(tuple(stop for stop in STOPS if stop.view != "petitions:log")) == {"log"}


def test_no_address_is_said_to_have_no_page_and_shown() -> None:
    shown = {stop.view.removeprefix("petitions:") for stop in STOPS}
    assert (FILES | BUTTONS) & shown == set()
    assert (FILES | BUTTONS) <= NAMES
    assert set() == FILES & BUTTONS


def test_every_stop_is_of_an_address_and_somebody_and_has_its_own_pictures() -> None:
    assert [stop.picture for stop in STOPS if stop.who not in PEOPLE] == []
    assert [name for name, number in Counter(stop.picture for stop in STOPS).items() if number > 1] == []
    for stop in STOPS:
        kwargs = {part: "x" if part not in {"pk", "number", "statement_id"} else 1 for part in stop.at}
        kwargs |= {"batch": "00000000-0000-0000-0000-000000000001"} if "batch" in kwargs else {}
        assert reverse(stop.view, kwargs=kwargs)


def test_tour_is_as_its_list_says_and_has_its_pictures() -> None:
    """`make tour` writes both."""
    assert PAGE.read_text(encoding="utf-8") == compose_page()
    wanted = {f"{stop.picture}-{language}.webp" for stop in STOPS for language in WIDTHS}
    assert {picture.name for picture in IMAGES.glob("*.webp")} == wanted


def test_pictures_are_small() -> None:
    assert sum(picture.stat().st_size for picture in IMAGES.iterdir()) < 4_000_000
