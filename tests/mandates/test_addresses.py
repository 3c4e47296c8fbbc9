"""An address is checked by two people, each with a check of their own; nothing is sent to any other."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from mandates import actions
from mandates.models import ContactCheck, ContactPoint, Standing
from mandates.reach import contact_for, point_to_check, why_unreachable
from tests.accounts.factories import UserFactory
from tests.mandates.factories import ContactPointFactory, MandateFactory, today

pytestmark = pytest.mark.django_db


@pytest.fixture
def point() -> ContactPoint:
    return ContactPointFactory.create(is_demonstration=True)


def author() -> User:
    return UserFactory.with_role("letter_author")


def check(point: ContactPoint, by: User, *, days: int = 180, ago: int = 0) -> ContactPoint:
    now = timezone.now() - timedelta(days=ago)
    return actions.record_contact_check(
        contact_point=point, how="Read on its page", by=by, now=now, expires_on=now.date() + timedelta(days=days)
    )


def run(sql: str, *values: int | date | None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_one_person_who_adds_and_checks_opens_nothing() -> None:
    mandate, person = MandateFactory.create(), author()
    point = actions.add_contact_point(
        mandate=mandate, value="a@un.example", source_note="x", by=person, now=timezone.now()
    )
    for _number in range(3):
        point = check(point, person)
    assert point.standing_on(today()) == Standing.HALF_CHECKED
    assert contact_for(mandate, day=today()) is None
    assert why_unreachable(mandate, day=today()) == "One person has checked its address; a second one has not yet."
    point = check(point, author())
    assert point.standing_on(today()) == Standing.CHECKED
    mandate.refresh_from_db()
    assert contact_for(mandate, day=today()) == point
    assert ContactPoint.objects.usable_on(today()).get() == point


def test_each_check_is_kept(point: ContactPoint) -> None:
    people = [author(), author()]
    for person in people:
        check(point, person)
    actions.note_unclear_check(contact_point=point, how="Page was down", by=people[0], now=timezone.now())
    rows = ContactCheck.objects.order_by("pk")
    assert [(row.by, row.outcome) for row in rows] == [
        (people[0], "right"),
        (people[1], "right"),
        (people[0], "unclear"),
    ]
    for sql in ("UPDATE mandates_contactcheck SET how = 'x'", "DELETE FROM mandates_contactcheck"):
        with pytest.raises(DatabaseError, match="Cannot update or delete"):
            run(sql)


def test_address_expires_with_the_earlier_of_the_two_checks(point: ContactPoint) -> None:
    check(point, author(), days=30)
    point = check(point, author(), days=180)
    assert point.expires_on == today() + timedelta(days=30)
    assert point.is_usable_on(today() + timedelta(days=30))
    assert not point.is_usable_on(today() + timedelta(days=31))
    point = check(point, author(), days=90)
    assert point.expires_on == today() + timedelta(days=90)


def test_expired_check_of_another_person_does_not_confirm_a_new_one(point: ContactPoint) -> None:
    check(point, author(), days=30, ago=60)
    point = check(point, author())
    assert point.standing_on(today()) == Standing.HALF_CHECKED
    assert point_to_check(point.mandate, day=today()) == point


def test_one_person_is_enough_to_stop_it_and_two_new_ones_to_open_it_again(point: ContactPoint) -> None:
    people = [author(), author()]
    for person in people:
        check(point, person)
    point = actions.block_contact_point(
        contact_point=point, how="Bounced", evidence="The report", by=people[0], now=timezone.now()
    )
    assert (point.standing_on(today()), point.blocked_because, point.blocked_source) == (
        Standing.BLOCKED,
        "Bounced",
        "The report",
    )
    assert check(point, people[1]).standing_on(today()) == Standing.BLOCKED
    point = check(point, people[0])
    assert (point.standing_on(today()), point.blocked_because) == (Standing.CHECKED, "")


GRANT = (
    "UPDATE mandates_contactpoint SET is_blocked = false, checked_on = current_date, checked_by_id = %s,"
    " confirmed_by_id = %s, expires_on = %s WHERE id = %s"
)


def test_raw_sql_cannot_open_an_address_that_two_people_did_not_check(point: ContactPoint) -> None:
    first, second, third = author(), author(), author()
    in_a_month = today() + timedelta(days=30)
    with pytest.raises(DatabaseError, match="checked by two people"):
        run(GRANT, first.pk, second.pk, in_a_month, point.pk)
    check(point, first, days=30)
    with pytest.raises((DatabaseError, IntegrityError), match=r"checked by two people|checked_by_two"):
        run(GRANT, first.pk, first.pk, in_a_month, point.pk)
    with pytest.raises(DatabaseError, match="checked by two people"):
        run(GRANT, first.pk, second.pk, in_a_month, point.pk)
    check(point, second, days=30)
    claims = [(third, in_a_month), (second, in_a_month + timedelta(days=1)), (second, None)]
    for other, expires_on in claims:
        with pytest.raises(DatabaseError, match="checked by two people"):
            run(GRANT, first.pk, other.pk, expires_on, point.pk)
    run(GRANT, first.pk, second.pk, in_a_month, point.pk)


def test_raw_sql_cannot_insert_a_checked_address() -> None:
    mandate = MandateFactory.create()
    sql = (
        "INSERT INTO mandates_contactpoint (mandate_id, channel, value, source_note, checked_on, checked_by_id,"
        " confirmed_by_id, check_note, expires_on, is_blocked, blocked_because, blocked_source, is_demonstration,"
        " openpgp_key, openpgp_fingerprint)"
        " VALUES (%s, 'email', 'x@un.example', '', %s, %s, %s, '', %s, false, '', '', false, '', '')"
    )
    until = today() + timedelta(days=9)
    with pytest.raises(DatabaseError, match="checked by two people"):
        run(sql, mandate.pk, today(), author().pk, author().pk, until)
    run(sql, mandate.pk, None, None, None, None)


def test_checks_before_a_wrong_one_open_nothing_again_by_raw_sql(point: ContactPoint) -> None:
    people = [author(), author()]
    for person in people:
        check(point, person)
    actions.block_contact_point(contact_point=point, how="Bounced", by=people[0], now=timezone.now())
    with pytest.raises(DatabaseError, match="checked by two people"):
        run(GRANT, people[0].pk, people[1].pk, today() + timedelta(days=9), point.pk)


@pytest.mark.parametrize("column", ["value = 'other@un.example'", "mandate_id = %s"])
def test_checked_address_cannot_turn_into_another(column: str) -> None:
    point = ContactPointFactory.create(checked=True)
    values = [MandateFactory.create().pk] if "%s" in column else []
    with pytest.raises(DatabaseError, match="Cannot update"):
        run(f"UPDATE mandates_contactpoint SET {column} WHERE id = {point.pk}", *values)  # noqa: S608  names from this file only


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "Nobody has checked its address yet."),
        ({"is_blocked": True}, "Its address is known to be wrong."),
        ({"channel": "form"}, "No e-mail address is known."),
        ({"value": "racism@ohchr.org"}, "Its address is known to be wrong."),
    ],
)
def test_desk_is_told_why_nothing_can_be_sent(fields: dict[str, Any], expected: str) -> None:
    point = ContactPointFactory.create(**fields)
    assert contact_for(point.mandate, day=today()) is None
    assert why_unreachable(point.mandate, day=today()) == expected


def test_expired_address_is_offered_for_a_check() -> None:
    point = ContactPointFactory.create(checked=True)
    later: date = today() + timedelta(days=181)
    assert contact_for(point.mandate, day=later) is None
    assert why_unreachable(point.mandate, day=later) == "The check of its address has expired."
    assert point_to_check(point.mandate, day=later) == point
    assert point_to_check(point.mandate, day=today()) is None


def test_invented_addresses_do_not_count_in_production(settings: Settings) -> None:
    mandate = MandateFactory.create()
    ContactPointFactory.create(mandate=mandate, checked=True, is_demonstration=True)
    assert point_to_check(mandate, day=today()) is None
    settings.ENVIRONMENT = "production"
    assert contact_for(mandate, day=today()) is None
    assert point_to_check(mandate, day=today()) is None
    assert why_unreachable(mandate, day=today()) == "No e-mail address is known."
