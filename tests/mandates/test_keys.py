"""A key is used once a second person has confirmed its fingerprint over another channel, whoever writes."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import User
from mandates import actions
from mandates.checking import check_letter, missing_gates
from mandates.errors import (
    KeyStateError,
    KeyUnusableError,
    OwnKeyError,
    SameChannelError,
    WrongFingerprintError,
)
from mandates.models import ContactKey, ContactPoint
from mandates.parcel import pack
from mandates.submission import render_submissions
from outbox.openpgp import UnusableKeyError
from tests.accounts.factories import UserFactory
from tests.mandates.factories import LetterFactory, MandateFactory
from tests.mandates.keys import bring_key, confirm, give_key
from tests.outbox.keys import OpenPGPKey

pytestmark = pytest.mark.django_db

NOTHING = ("", "", None)


@pytest.fixture
def point() -> ContactPoint:
    return ContactPoint.objects.get(mandate=MandateFactory.reachable())


@pytest.fixture
def second() -> User:
    return UserFactory.with_role("letter_author")


@pytest.fixture
def author(client: Client, settings: Settings, second: User) -> Client:
    settings.MANDATES_MODE = "live"
    client.force_login(second)
    return client


def used(point: ContactPoint) -> tuple[str, str, datetime | None]:
    point.refresh_from_db()
    return point.openpgp_key, point.openpgp_fingerprint, point.openpgp_expires_at


def run(sql: str, *values: str | int | datetime | None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_key_is_used_once_a_second_person_has_confirmed_it(point: ContactPoint) -> None:
    key = OpenPGPKey()
    waiting = bring_key(point, key)
    assert (used(point), waiting.state) == (NOTHING, "waiting")
    confirmed = confirm(waiting)
    assert used(point) == (key.public, key.fingerprint, None)
    assert (confirmed.state, confirmed.confirmed_over) == ("in_use", "telephone")


def test_key_is_not_confirmed_by_its_author_nor_the_same_way_nor_with_another_fingerprint(point: ContactPoint) -> None:
    person = UserFactory.create()
    key = bring_key(point, OpenPGPKey(), by=person)
    with pytest.raises(OwnKeyError):
        confirm(key, by=person)
    with pytest.raises(SameChannelError):
        confirm(key, over="website")
    with pytest.raises(WrongFingerprintError):
        confirm(key, fingerprint=OpenPGPKey().fingerprint)
    assert used(point) == NOTHING
    confirm(key)
    with pytest.raises(KeyStateError):
        confirm(key)


def test_key_that_expired_while_it_waited_is_not_confirmed(point: ContactPoint) -> None:
    key = bring_key(point, OpenPGPKey(valid_for=timedelta(days=2)))
    with pytest.raises(UnusableKeyError):
        actions.confirm_key(
            key=key,
            fingerprint=key.fingerprint,
            over="telephone",
            how="x",
            by=UserFactory.create(),
            now=timezone.now() + timedelta(days=3),
        )
    assert used(point) == NOTHING


def test_new_key_takes_the_place_of_the_old_one_only_when_confirmed(point: ContactPoint) -> None:
    first, other = OpenPGPKey(), OpenPGPKey()
    old = give_key(point, first)
    new = bring_key(point, other)
    assert used(point)[1] == first.fingerprint
    confirm(new)
    assert used(point)[1] == other.fingerprint
    old.refresh_from_db()
    assert (old.state, old.taken_off_because) == ("taken_off", "replaced by another key")


def test_another_key_brought_ends_the_one_that_waited(point: ContactPoint) -> None:
    older = bring_key(point, OpenPGPKey())
    bring_key(point, OpenPGPKey())
    with pytest.raises(KeyStateError):
        confirm(older)
    assert list(point.keys.order_by("pk").values_list("taken_off_at", flat=True))[1] is None


def test_key_taken_off_is_used_no_more_and_kept(point: ContactPoint) -> None:
    key = give_key(point, OpenPGPKey())
    actions.take_key_off(key=key, because="They lost it", by=UserFactory.create(), now=timezone.now())
    assert (used(point), ContactKey.objects.get().taken_off_because) == (NOTHING, "They lost it")
    with pytest.raises(KeyStateError):
        actions.take_key_off(key=key, because="Again", by=UserFactory.create(), now=timezone.now())


USE = "UPDATE mandates_contactpoint SET openpgp_key = %s, openpgp_fingerprint = %s WHERE id = %s"


def test_raw_sql_cannot_use_a_key_that_nobody_confirmed(point: ContactPoint) -> None:
    waiting = bring_key(point, OpenPGPKey())
    for armored, fingerprint in (
        (waiting.armored, waiting.fingerprint),
        ("", waiting.fingerprint),
        (OpenPGPKey().public, "A" * 40),
    ):
        with pytest.raises(DatabaseError, match="a second person confirmed"):
            run(USE, armored, fingerprint, point.pk)
    confirm(waiting)
    with pytest.raises(DatabaseError, match="a second person confirmed"):
        run(USE, OpenPGPKey().public, waiting.fingerprint, point.pk)
    with pytest.raises(DatabaseError, match="a second person confirmed"):
        run("UPDATE mandates_contactpoint SET openpgp_expires_at = now() WHERE id = %s", point.pk)
    other = ContactPoint.objects.get(mandate=MandateFactory.reachable())
    with pytest.raises(DatabaseError, match="a second person confirmed"):
        run(USE, waiting.armored, waiting.fingerprint, other.pk)


CONFIRM = (
    "UPDATE mandates_contactkey SET confirmed_by_id = %s, confirmed_at = now(), confirmed_over = %s,"
    " confirmed_how = %s, confirmed_fingerprint = %s WHERE id = %s"
)


def test_raw_sql_cannot_confirm_alone_nor_the_same_way_nor_another_fingerprint(point: ContactPoint) -> None:
    person, other = UserFactory.create(), UserFactory.create()
    key = bring_key(point, OpenPGPKey(), by=person)
    right = key.fingerprint
    for values, rule in [
        ((person.pk, "telephone", "x", right), "confirmed_by_second_person"),
        ((None, "telephone", "x", right), "confirmed_by_second_person"),
        ((other.pk, "website", "x", right), "confirmed_another_way"),
        ((other.pk, "", "x", right), "confirmed_another_way"),
        ((other.pk, "telephone", "", right), "confirmed_another_way"),
        ((other.pk, "telephone", "x", "B" * 40), "confirmed_another_way"),
    ]:
        with pytest.raises(DatabaseError, match=rule):
            run(CONFIRM, *values, key.pk)
    run(CONFIRM, other.pk, "telephone", "x", right, key.pk)


@pytest.mark.parametrize(
    "change",
    [
        "armored = 'other'",
        "fingerprint = 'other'",
        "source = 'other'",
        "came_by = 'print'",
        "added_by_id = confirmed_by_id",
        "confirmed_by_id = NULL, confirmed_at = NULL",
        "confirmed_how = 'other'",
        "taken_off_at = now(), taken_off_by_id = added_by_id",
    ],
)
def test_raw_sql_cannot_change_a_key_in_use(point: ContactPoint, change: str) -> None:
    key = give_key(point, OpenPGPKey())
    with pytest.raises(DatabaseError, match=r"cannot change|taken off its address first"):
        run(f"UPDATE mandates_contactkey SET {change} WHERE id = %s", key.pk)  # noqa: S608  changes from this file only
    with pytest.raises(DatabaseError, match="Cannot delete"):
        run("DELETE FROM mandates_contactkey WHERE id = %s", key.pk)


def test_raw_sql_cannot_bring_a_key_that_is_confirmed_nor_bring_one_back(point: ContactPoint) -> None:
    key = give_key(point, OpenPGPKey())
    copied = "contact_point_id, armored, fingerprint, came_by, source, added_by_id, added_at, confirmed_by_id,"
    copied += " confirmed_at, confirmed_over, confirmed_how, confirmed_fingerprint, taken_off_because"
    with pytest.raises(DatabaseError, match="begins unconfirmed"):
        run(f"INSERT INTO mandates_contactkey ({copied}) SELECT {copied} FROM mandates_contactkey")  # noqa: S608  columns from this file only
    actions.take_key_off(key=key, because="Lost", by=UserFactory.create(), now=timezone.now())
    with pytest.raises(DatabaseError, match="cannot change"):
        run("UPDATE mandates_contactkey SET taken_off_at = NULL, taken_off_by_id = NULL WHERE id = %s", key.pk)


def test_checker_says_that_the_letter_would_leave_unencrypted(point: ContactPoint) -> None:
    letter = LetterFactory.complete(mandates=[point.mandate])

    def keys() -> list[tuple[str, str]]:
        found = [f for f in check_letter(letter=letter, now=timezone.now()) if f.code == "key"]
        return [(f.severity.value, str(f.message)) for f in found]

    assert keys() == []
    waiting = bring_key(point, OpenPGPKey())
    ((severity, message),) = keys()
    assert (severity, "would leave unencrypted" in message) == ("warning", True)
    confirm(waiting)
    assert keys() == []
    bring_key(point, OpenPGPKey())
    ((severity, message),) = keys()
    assert (severity, "encrypted to the older one" in message) == ("warning", True)


def test_letter_does_not_leave_unencrypted_where_encryption_is_demanded(point: ContactPoint) -> None:
    letter = LetterFactory.complete(mandates=[point.mandate])
    waiting = bring_key(point, OpenPGPKey())
    actions.demand_encryption(contact_point=point, is_demanded=True, by=UserFactory.create(), now=timezone.now())
    (missing,) = missing_gates(letter=letter, now=timezone.now())
    assert (missing.code, "encrypted or not at all" in str(missing.message)) == ("key", True)
    submissions = render_submissions(letter=letter, now=timezone.now())
    with pytest.raises(KeyUnusableError):
        pack(letter=letter, submissions=submissions, now=timezone.now())
    confirm(waiting)
    assert missing_gates(letter=letter, now=timezone.now()) == []


def test_page_shows_the_fingerprint_in_fours_and_two_people_bring_it_into_use(
    author: Client, second: User, point: ContactPoint
) -> None:
    key, other = OpenPGPKey(), OpenPGPKey()
    spaced = " ".join(key.fingerprint[n : n + 4] for n in range(0, len(key.fingerprint), 4))
    page = reverse("mandates:contact_key", args=[point.pk])
    author.post(page, {"armored": key.public, "came_by": "website", "source": "https://un.example/key"})
    brought = ContactKey.objects.get()
    assert (brought.added_by, brought.source) == (second, "https://un.example/key")
    assertContains(author.get(page), spaced)
    url = reverse("mandates:key_confirm", args=[brought.pk])
    assertContains(author.get(url), "somebody else must confirm it")
    told = {"over": "telephone", "how": "Read out", "fingerprint": spaced.lower()}
    author.post(url, told)
    assert used(point) == NOTHING

    author.force_login(UserFactory.with_role("letter_author"))
    assertContains(author.get(reverse("mandates:address_desk")), spaced)
    wrong = [
        {"fingerprint": other.fingerprint},
        {"over": "website"},
        {"how": "https://un.example/key"},
    ]
    for change in wrong:
        refused = author.post(url, {**told, **change})
        assert (list(refused.context["form"].errors), used(point)) == (list(change), NOTHING)
    author.post(url, told)
    assert used(point)[1] == key.fingerprint
    assertNotContains(author.get(reverse("mandates:address_desk")), spaced)


@pytest.mark.parametrize("what", ["nonsense", "secret", "expired"])
def test_key_that_serves_nobody_is_refused_beside_the_field(what: str, author: Client, point: ContactPoint) -> None:
    key = OpenPGPKey(valid_for=timedelta(seconds=1) if what == "expired" else None)
    armored = {"nonsense": "x", "secret": key.secret, "expired": key.public}[what]
    told = {"armored": armored, "came_by": "print", "source": "Leaflet"}
    page = author.post(reverse("mandates:contact_key", args=[point.pk]), told)
    assert page.context["form"].errors.keys() == {"armored"}
    assert not ContactKey.objects.exists()


def test_page_takes_a_key_off_with_a_reason_and_demands_encryption(author: Client, point: ContactPoint) -> None:
    key = give_key(point, OpenPGPKey())
    url = reverse("mandates:key_take_off", args=[key.pk])
    author.post(url, {"note": ""})
    assert used(point) != NOTHING
    author.post(url, {"note": "They lost it"})
    assert used(point) == NOTHING
    page = reverse("mandates:contact_key", args=[point.pk])
    assertContains(author.get(page), "leave in plain words")
    author.post(reverse("mandates:contact_encryption", args=[point.pk]), {"demand": "yes"})
    assertContains(author.get(page), "do not leave")
    point.refresh_from_db()
    assert point.demands_encryption
    author.post(reverse("mandates:contact_encryption", args=[point.pk]), {"demand": "no"})
    point.refresh_from_db()
    assert not point.demands_encryption
