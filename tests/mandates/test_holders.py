"""Who holds an office: one person at a time, groups aside; six years warn and never block."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from mandates import actions
from mandates.errors import OfficeTakenError
from mandates.importing.tenure import beside_tenure, read_tenure, split_holders
from mandates.models import Mandate, MandateHolder
from tests.accounts.factories import UserFactory
from tests.mandates.factories import HolderFactory, MandateFactory

pytestmark = pytest.mark.django_db

A_DAY = date(2024, 8, 15)


def hold(mandate: Mandate, since: str = "", until: str = "") -> MandateHolder:
    """A holder from and to such dates: `2024`, `2024-08`, `2024-08-15`, `<2024-08-15`."""
    ends: dict[str, Any] = {}
    for name, text in (("since", since), ("until", until)):
        parts = [int(part) for part in text.removeprefix("<").split("-")] if text else []
        ends[name] = date(*[*parts, 1, 1][:3]) if parts else None
        ends[f"{name}_precision"] = "before" if text.startswith("<") else ("year", "month", "day")[len(parts) - 1]
    return HolderFactory.create(mandate=mandate, as_of=date(2024, 1, 1), **ends)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("2020-05-01", "2024-08-15"), ("2024-08-15", "")),
        (("2020", "2026"), ("2026", "")),
        (("2020-05", "2024-08"), ("2024-08", "")),
        (("2020", "2024-03-01"), ("2024", "")),
        (("2014", "2020"), ("2020", "2026")),
        (("2020", "<2026-01-01"), ("2022", "")),
    ],
)
def test_handover_that_could_be_true_is_taken(first: tuple[str, str], second: tuple[str, str]) -> None:
    mandate = MandateFactory.create()
    hold(mandate, *first)
    hold(mandate, *second)
    assert mandate.holders.count() == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("2020-05-01", ""), ("2024-08-15", "")),
        (("2020", "2026"), ("2022", "")),
        (("2020", "2024-08-16"), ("2024-08-15", "")),
        (("", ""), ("", "")),
        (("", ""), ("2020", "")),
        (("2020", "2026"), ("2021", "2023")),
    ],
)
def test_two_at_one_time_are_refused_by_the_database(first: tuple[str, str], second: tuple[str, str]) -> None:
    mandate = MandateFactory.create()
    hold(mandate, *first)
    with pytest.raises(IntegrityError, match="one_at_a_time"), transaction.atomic():
        hold(mandate, *second)
    hold(MandateFactory.create(), *second)


def test_group_has_many_at_one_time() -> None:
    group = MandateFactory.create(kind="working group")
    for _number in range(5):
        hold(group, "2020")
    assert group.holders.count() == 5


def test_raw_sql_cannot_put_two_into_one_office() -> None:
    mandate = MandateFactory.create()
    hold(mandate, "2020")
    sql = (
        "INSERT INTO mandates_mandateholder (mandate_id, name, since, since_precision, until_precision, since_note,"
        " source_note, is_verified, held_during) VALUES (%s, 'Usurper', '2021-01-01', 'day', 'day', '', '', false, %s)"
    )
    for claimed in (None, "empty"):
        with (
            pytest.raises(IntegrityError, match="one_at_a_time"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql, [mandate.pk, claimed])


def test_group_that_several_hold_cannot_become_an_office_of_one() -> None:
    group = MandateFactory.create(kind="working group")
    hold(group, "2020"), hold(group, "2021")
    with pytest.raises(OfficeTakenError):
        actions.edit_mandate(
            mandate=group, values={"kind": "special rapporteur"}, by=UserFactory.create(), now=timezone.now()
        )
    group.refresh_from_db()
    assert group.kind == "working group"


def test_save_holder_says_that_the_office_is_taken() -> None:
    mandate, person = MandateFactory.create(), UserFactory.create()
    first = hold(mandate, "2020")
    values = {"name": "Second", "since": date(2026, 6, 1), "since_precision": "month"}
    with pytest.raises(OfficeTakenError, match="one holder at a time"):
        actions.save_holder(mandate=mandate, values=values, by=person, now=timezone.now())
    ended = {"until": date(2026, 6, 1), "until_precision": "month"}
    actions.save_holder(mandate=mandate, holder=first, values=ended, by=person, now=timezone.now())
    actions.save_holder(mandate=mandate, values=values, by=person, now=timezone.now())
    assert list(mandate.holders.latest_first().values_list("name", flat=True)) == ["Second", first.name]


def test_nobody_leaves_before_coming() -> None:
    with pytest.raises(IntegrityError, match="leaves_after_coming"), transaction.atomic():
        hold(MandateFactory.create(), "2024", "2020")


@pytest.mark.parametrize(
    ("kind", "since", "until", "day", "warns"),
    [
        ("special rapporteur", "2020-05", "", date(2026, 4, 30), False),
        ("special rapporteur", "2020-05", "", date(2026, 5, 1), True),
        ("special rapporteur", "2020-05", "2026-04", date(2026, 5, 1), False),
        ("special rapporteur", "", "", date(2046, 5, 1), False),
        ("independent expert", "2020-02-29", "", date(2026, 2, 28), True),
        ("working group", "2020", "", date(2026, 1, 1), True),
        ("un official", "2017", "", date(2026, 1, 1), False),
        ("fact-finding mission", "2017", "", date(2026, 1, 1), False),
    ],
)
def test_six_years_warn_where_the_rule_applies(kind: str, since: str, until: str, day: date, warns: bool) -> None:
    assert hold(MandateFactory.create(kind=kind), since, until).is_over_cap_on(day) is warns


def test_six_years_never_block() -> None:
    assert hold(MandateFactory.create(), "1999").is_over_cap_on(A_DAY)


@pytest.mark.parametrize(
    ("note", "since", "until"),
    [
        ("from August 2021", "2021-08", None),
        ("from 1 August 2024", "2024-08-01", None),
        ("Apr 2021-", "2021-04", None),
        ("1 Aug 2024-", "2024-08-01", None),
        ("2020-; reports to 2025", "2020", None),
        ("May 2020 to April 2026; successor not checked", "2020-05", "2026-04"),
        ("2020-2026", "2020", "2026"),
        ("reports 2022 to 2026", None, None),
        ("chair, July 2023", None, None),
        ("Chair-Rapporteur from Apr 2024; later chair not checked", None, None),
        ("named on 29 October 2025", None, None),
        ("from 31 February 2024", None, None),
        ("", None, None),
    ],
)
def test_tenure_is_read_as_its_source_dates_it(note: str, since: str | None, until: str | None) -> None:
    tenure = read_tenure(note)
    assert (tenure.since and tenure.since.text, tenure.until and tenure.until.text) == (since, until)


@pytest.mark.parametrize(
    ("note", "rest"),
    [
        ("from 2020; reports to 2025", "reports to 2025"),
        ("2020 to 2026", ""),
        ("chair from April 2024", "chair from April 2024"),
        ("", ""),
    ],
)
def test_note_keeps_what_is_no_date(note: str, rest: str) -> None:
    assert beside_tenure(note) == rest


@pytest.mark.parametrize(
    ("cell", "pairs"),
    [
        ("", []),
        ("Mai Sato (1 Aug 2024-)", [("Mai Sato", "1 Aug 2024-")]),
        ("Mary Lawlor (May 2020-; six-year cap reached)", [("Mary Lawlor", "May 2020-; six-year cap reached")]),
        ("A B (2020-2026); successor C D (2026)", [("A B", "2020-2026"), ("C D", "2026")]),
        ("Volker Turk", [("Volker Turk", "")]),
    ],
)
def test_cell_of_holders_is_taken_apart(cell: str, pairs: list[tuple[str, str]]) -> None:
    assert split_holders(cell) == pairs
