"""The rules that the database itself holds, by raw SQL."""

import itertools

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction

from outbox.models import Message
from tests.outbox.factories import MessageFactory

pytestmark = pytest.mark.django_db

ALLOWED = {
    "queued": {"sending", "cancelled", "bounced"},
    "deferred": {"sending", "cancelled", "failed", "bounced"},
    "sending": {"queued", "deferred", "failed", "cancelled", "committing", "bounced"},
    "committing": {"sent", "queued", "deferred", "failed", "uncertain", "bounced"},
    "uncertain": {"sent", "queued", "cancelled", "bounced"},
    "sent": {"bounced"},
    "bounced": set(),
    "failed": set(),
    "cancelled": set(),
}


def move(message: Message, state: str) -> None:
    in_flight = state in {"sending", "committing"}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outbox_message SET state = %s, sent_at = CASE WHEN %s THEN now() END,"
            " bounced_at = CASE WHEN %s THEN now() END,"
            " lease_token = CASE WHEN %s THEN gen_random_uuid() END, lease_expires_at = CASE WHEN %s THEN now() END"
            " WHERE id = %s",
            [state, state == "sent", state == "bounced", in_flight, in_flight, message.pk],
        )


@pytest.mark.parametrize("old", sorted(ALLOWED))
def test_message_moves_only_as_the_diagram_says(old: str) -> None:
    for new in sorted(set(ALLOWED) - {old}):
        message = MessageFactory.in_state(old)
        if new in ALLOWED[old]:
            move(message, new)
            message.refresh_from_db()
            assert message.state == new
        else:
            with pytest.raises(DatabaseError, match="Invalid transition"):
                move(message, new)


@pytest.mark.parametrize(
    "change",
    [
        "message_id = 'x'",
        "content_sha256 = 'x'",
        "policy = 'once'",
        "created_at = now()",
        "lane = 'letters'",
        "kind = 'x'",
    ],
)
def test_message_is_frozen_once_written(change: str) -> None:
    message = MessageFactory.create()
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE outbox_message SET {change} WHERE id = %s", [message.pk])  # noqa: S608  words of this file
    with connection.cursor() as cursor:
        cursor.execute("UPDATE outbox_message SET last_reply = 'x' WHERE id = %s", [message.pk])
        assert cursor.rowcount == 1


def test_message_id_is_unique() -> None:
    message = MessageFactory.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        MessageFactory.create(message_id=message.message_id)


@pytest.mark.parametrize(
    ("state", "change", "constraint"),
    [
        ("queued", "lease_token = gen_random_uuid()", "in_flight_has_lease"),
        ("sending", "lease_token = NULL", "in_flight_has_lease"),
        ("committing", "lease_expires_at = NULL", "in_flight_has_lease"),
        ("sent", "sent_at = NULL", "sent_has_date"),
        ("failed", "sent_at = now()", "sent_has_date"),
        ("bounced", "bounced_at = NULL", "bounced_has_date"),
        ("sent", "bounced_at = now()", "returned_is_bounced"),
        ("uncertain", "uncertain_since = NULL", "uncertain_says_since_when"),
        *((state, "raw = NULL", "unfinished_has_content") for state in ("queued", "deferred", "sending", "uncertain")),
        ("queued", "to_address = NULL", "unfinished_has_content"),
    ],
)
def test_message_constraint_holds(state: str, change: str, constraint: str) -> None:
    message = MessageFactory.in_state(state)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE outbox_message SET {change} WHERE id = %s", [message.pk])  # noqa: S608  words of this file


def test_message_columns_name_nobody_in_clear() -> None:
    message = MessageFactory.create(to_address="leyla.secret@example.org", subject="A private matter")
    with connection.cursor() as cursor:
        cursor.execute("SELECT outbox_message::text, to_address, raw FROM outbox_message")
        row, *sealed = cursor.fetchall()[0]
    haystacks = [row.encode(), *map(bytes, sealed)]
    for secret, haystack in itertools.product(
        [b"leyla", b"LEYLA", b"leyla".hex().encode(), b"private matter"], haystacks
    ):
        assert secret not in haystack
    message.refresh_from_db()
    assert message.to_address == "leyla.secret@example.org"
    assert b"A private matter" in message.raw


def test_letter_leaves_a_trail_that_cannot_be_rewritten_and_a_code_leaves_none() -> None:
    letter, code = MessageFactory.letter(), MessageFactory.create()
    for message in (letter, code):
        move(message, "sending")
        move(message, "committing")
        move(message, "sent")
    moves = apps.get_model("outbox", "LetterMove").objects.order_by("pgh_id")
    assert [(row.pgh_obj_id, row.state) for row in moves] == [
        (letter.pk, "sending"),
        (letter.pk, "committing"),
        (letter.pk, "sent"),
    ]
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        moves.update(state="failed")


def test_letter_that_was_being_handed_over_is_never_queued_again() -> None:
    letter, code = MessageFactory.letter(), MessageFactory.create(policy="retry")
    for message in (letter, code):
        move(message, "sending")
        move(message, "committing")
    with pytest.raises(DatabaseError, match="Cannot update"):
        move(letter, "queued")
    move(code, "queued")
