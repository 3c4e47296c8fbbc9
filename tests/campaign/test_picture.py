from datetime import date

import pytest

from campaign.people import ShownPerson, shown_people
from campaign.picture import draw_statuses
from cases.models import Case
from tests.cases.factories import CaseFactory, StatusEventFactory

pytestmark = pytest.mark.django_db


def people() -> list[ShownPerson]:
    return shown_people(Case.objects.with_status().order_by("pk"), "en")


def test_picture_puts_days_at_their_share_of_the_time() -> None:
    case = CaseFactory.published(status="death_row", on=date(2025, 7, 1))
    StatusEventFactory.create(case=case, status="execution_imminent", on=date(2025, 7, 6))
    StatusEventFactory.create(case=case, status="executed", on=date(2025, 7, 11))

    picture = draw_statuses(people(), "en")

    assert [(mark.x, mark.tone) for mark in picture.lines[0].marks] == [
        ("2.0%", "risk"),
        ("50.0%", "risk"),
        ("98.0%", "gone"),
    ]
    assert [(s.x1, s.x2, s.is_open) for s in picture.lines[0].stretches] == [
        ("2.0%", "50.0%", False),
        ("50.0%", "98.0%", False),
    ]
    assert (picture.starts, picture.ends) == ("1 July 2025", "11 July 2025")


def test_picture_runs_from_right_to_left_for_a_persian_reader() -> None:
    CaseFactory.published(status="death_row", on=date(2025, 7, 1))
    CaseFactory.published(status="executed", on=date(2025, 7, 11))

    picture = draw_statuses(people(), "fa")

    assert [line.marks[0].x for line in picture.lines] == ["98.0%", "2.0%"]


def test_picture_leaves_the_line_of_the_living_open_and_ends_that_of_the_dead() -> None:
    CaseFactory.published(status="death_row", on=date(2025, 7, 1))
    CaseFactory.published(status="executed", on=date(2025, 7, 5))
    CaseFactory.published(status="death_row", on=date(2025, 7, 9))

    living, dead, last = draw_statuses(people(), "en").lines

    assert [stretch.is_open for stretch in living.stretches] == [True]
    assert dead.stretches == []
    assert last.stretches == []


def test_picture_says_in_words_what_it_draws() -> None:
    case = CaseFactory.published(status="death_row", on=date(2025, 7, 1))
    StatusEventFactory.create(case=case, status="executed", on=date(2025, 7, 11))

    summary = draw_statuses(people(), "en").lines[0].summary

    assert summary == "1 July 2025: sentenced to death. 11 July 2025: executed"


@pytest.mark.parametrize("known", [True, False])
def test_picture_of_one_day_or_none_does_not_fail(known: bool) -> None:
    case = CaseFactory.create()
    StatusEventFactory.create(
        case=case, on=date(2025, 7, 1) if known else None, precision="day" if known else "unknown"
    )

    picture = draw_statuses(people(), "en")

    assert len(picture.lines) == int(known)
