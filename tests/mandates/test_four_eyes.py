"""P10: two people cannot be one, whoever writes to the database. Tried by raw SQL as the application's own role."""

import hashlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from campaign.guards import grant_application
from mandates import actions
from mandates.models import Letter
from outbox.models import Message
from tests.accounts.factories import UserFactory
from tests.mandates.factories import ContactPointFactory, LetterFactory, MandateFactory

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

REFUSALS = (
    r"permission denied|must be owner|cannot change|Cannot update|nobody approves|bound to the bytes|"
    r"only a draft|begin as approved|in review can be approved|one delivery for each|carries the bytes|"
    r"Invalid transition|deliveries are made"
)


@pytest.fixture(autouse=True)
def live(settings: Settings) -> None:
    settings.MANDATES_MODE = "live"


@pytest.fixture
def role() -> str:
    """A role that may read and write rows and owns nothing, as `manage.py grant_application` makes it."""
    name = f"app_{uuid.uuid4().hex[:12]}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {name} NOSUPERUSER NOINHERIT NOCREATEROLE")
    grant_application(name)
    return name


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
        yield
        cursor.execute("RESET ROLE")


def run(sql: str, values: dict[str, Any]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def worked_on_by_three() -> tuple[Letter, User, User]:
    """A letter in review whose editor's words another touched later: author, editor and that other are no approvers."""
    letter, editor, other = LetterFactory.complete(), UserFactory.create(), UserFactory.create()
    actions.edit_letter(letter=letter, words={"facts": "Other facts."}, by=editor, now=timezone.now())
    actions.edit_letter(letter=letter, words={"facts": "Again other."}, by=other, now=timezone.now())
    return actions.submit_letter(letter=letter, by=letter.author, now=timezone.now()), editor, other


# Everything a role with rows in its hands might try on a letter that was approved.
ON_APPROVED = {
    "its words": "UPDATE mandates_letter SET facts = 'changed' WHERE id = %(letter)s",
    "its subject": "UPDATE mandates_letter SET subject = 'changed' WHERE id = %(letter)s",
    "its approver": "UPDATE mandates_letter SET approved_by_id = %(stranger)s WHERE id = %(letter)s",
    "its approver, the author": "UPDATE mandates_letter SET approved_by_id = author_id WHERE id = %(letter)s",
    "its author": "UPDATE mandates_letter SET author_id = %(stranger)s WHERE id = %(letter)s",
    "its hash": "UPDATE mandates_letter SET approved_sha256 = repeat('0', 64) WHERE id = %(letter)s",
    "back to a draft while it waits": (
        "UPDATE mandates_letter SET state = 'draft', approved_by_id = NULL, approved_at = NULL, approved_sha256 = ''"
        " WHERE id = %(letter)s"
    ),
    "back to review": "UPDATE mandates_letter SET state = 'in_review' WHERE id = %(letter)s",
    "the letter": "DELETE FROM mandates_letter WHERE id = %(letter)s",
    "the address of a delivery": (
        "UPDATE mandates_delivery SET contact_point_id = %(point)s WHERE letter_id = %(letter)s"
    ),
    "the message of a delivery": "UPDATE mandates_delivery SET message_id = %(uuid)s WHERE letter_id = %(letter)s",
    "the hash of a delivery": "UPDATE mandates_delivery SET approved_sha256 = 'x' WHERE letter_id = %(letter)s",
    "the recipient of a delivery": (
        "UPDATE mandates_delivery SET recipient_digest = '\\x00' WHERE letter_id = %(letter)s"
    ),
    "the mode of a delivery": "UPDATE mandates_delivery SET mode = 'live', id = id + 1 WHERE letter_id = %(letter)s",
    "a delivery made void": "UPDATE mandates_delivery SET voided_at = now() WHERE letter_id = %(letter)s",
    "a delivery": "DELETE FROM mandates_delivery WHERE letter_id = %(letter)s",
    "one delivery more": (
        "INSERT INTO mandates_delivery (letter_id, mandate_id, contact_point_id, message_id, mode, approved_sha256,"
        " words_sha256, recipient_digest, openpgp_fingerprint, created_at)"
        " SELECT letter_id, %(mandate)s, %(point)s, message_id, mode, approved_sha256, '', recipient_digest, '', now()"
        " FROM mandates_delivery WHERE letter_id = %(letter)s"
    ),
    "the fingerprint of the bytes": (
        "UPDATE outbox_message SET content_sha256 = repeat('0', 64) WHERE id = %(message)s"
    ),
    "the policy of the message": "UPDATE outbox_message SET policy = 'retry' WHERE id = %(message)s",
    "sent without sending": "UPDATE outbox_message SET state = 'sent', sent_at = now() WHERE id = %(message)s",
    "an addressee more": (
        "INSERT INTO mandates_letteraddressee (letter_id, mandate_id, is_proposed)"
        " VALUES (%(letter)s, %(mandate)s, false)"
    ),
    "another addressee": ("UPDATE mandates_letteraddressee SET mandate_id = %(mandate)s WHERE letter_id = %(letter)s"),
    "no addressee": "DELETE FROM mandates_letteraddressee WHERE letter_id = %(letter)s",
    "no violation": "DELETE FROM mandates_letterviolation WHERE letter_id = %(letter)s",
    "the history": "DELETE FROM mandates_letterstep WHERE letter_id = %(letter)s",
    "a line of the history": "UPDATE mandates_letterstep SET by_id = %(stranger)s WHERE letter_id = %(letter)s",
    "the database's own history": "DELETE FROM mandates_letterevent WHERE pgh_obj_id = %(letter)s",
    "the moves of the message": "DELETE FROM outbox_lettermove WHERE pgh_obj_id = %(message)s",
    "all at a stroke": "TRUNCATE mandates_letterstep CASCADE",
    "the trigger switched off": "ALTER TABLE mandates_letter DISABLE TRIGGER ALL",
    "the trigger dropped": "DROP TRIGGER pgtrigger_mandates_letter_second_person_b6234 ON mandates_letter",
    "the constraint dropped": ("ALTER TABLE mandates_letter DROP CONSTRAINT mandates_letter_approved_by_second_person"),
    "triggers of no session": "SET session_replication_role = replica",
    "the function replaced": (
        "CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name NAME) RETURNS BOOLEAN"
        " AS 'SELECT true' LANGUAGE sql"
    ),
    "the table": "DROP TABLE mandates_letter CASCADE",
}


@pytest.mark.parametrize("what", ON_APPROVED)
def test_approved_letter_is_out_of_reach_of_the_applications_role(what: str, role: str) -> None:
    letter = LetterFactory.approved()
    before = Letter.objects.values().get(pk=letter.pk)
    point = ContactPointFactory.create(mandate=MandateFactory.create(), checked=True)
    values = {
        "letter": letter.pk,
        "stranger": UserFactory.create().pk,
        "mandate": point.mandate_id,
        "point": point.pk,
        "uuid": uuid.uuid4(),
        "message": letter.deliveries.get().message_id,
    }
    with pytest.raises(DatabaseError, match=REFUSALS), transaction.atomic(), acting_as(role):
        run(ON_APPROVED[what], values)
    assert Letter.objects.values().get(pk=letter.pk) == before


def test_triggers_cannot_be_ignored_by_asking(role: str) -> None:
    letter = LetterFactory.approved()
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(tgname)::text FROM pg_trigger WHERE NOT tgisinternal")
        (every_trigger,) = cursor.fetchone()
    refusal = pytest.raises(DatabaseError, match="cannot change")
    with refusal, transaction.atomic(), acting_as(role):
        run("SELECT set_config('pgtrigger.ignore', %(all)s, true)", {"all": every_trigger})
        run("UPDATE mandates_letter SET facts = 'changed' WHERE id = %(letter)s", {"letter": letter.pk})


APPROVE = (
    "UPDATE mandates_letter SET state = 'approved', approved_at = now(), approved_by_id = %(by)s,"
    " approved_sha256 = %(hash)s WHERE id = %(letter)s"
)


def prepare_delivery(letter: Letter) -> str:
    """What the application itself would write before an approval; the hash that approval must carry."""
    row = letter.addressees.get()
    point = row.mandate.contact_points.get()
    message_id, key = f"<{uuid.uuid4().hex}@countersign.example>", uuid.uuid4()
    Message.objects.create(
        id=key,
        kind="letter",
        lane="letters",
        policy="once",
        to_address="desk@un.example",
        message_id=message_id,
        raw=b"x",
        content_sha256="a" * 64,
        created_at=timezone.now(),
    )
    run(
        "INSERT INTO mandates_delivery (letter_id, mandate_id, contact_point_id, message_id, mode, approved_sha256,"
        " words_sha256, recipient_digest, openpgp_fingerprint, created_at) VALUES (%(letter)s, %(mandate)s, %(point)s,"
        " %(key)s, 'live', repeat('a', 64), '', '\\x01', '', now())",
        {"letter": letter.pk, "mandate": row.mandate_id, "point": point.pk, "key": key},
    )
    lines = f"letter {letter.pk}\n{row.mandate.slug} live 01 {message_id} {'a' * 64}"
    return hashlib.sha256(lines.encode()).hexdigest()


@pytest.mark.parametrize("who", ["author", "editor", "other"])
def test_nobody_who_ever_wrote_the_letter_approves_it(who: str, role: str) -> None:
    letter, editor, other = worked_on_by_three()
    by = {"author": letter.author, "editor": editor, "other": other}[who]
    with acting_as(role):
        fingerprint = prepare_delivery(letter)
        with pytest.raises(DatabaseError, match="second_person"):
            run(APPROVE, {"by": by.pk, "hash": fingerprint, "letter": letter.pk})
    # The same statement by a second person passes: the refusal was for the person, not for the statement.
    with acting_as(role):
        run(APPROVE, {"by": UserFactory.create().pk, "hash": fingerprint, "letter": letter.pk})
    letter.refresh_from_db()
    assert letter.state == Letter.State.APPROVED


def test_writer_without_a_step_is_known_to_the_databases_own_history(role: str) -> None:
    letter, ghost = LetterFactory.complete(), UserFactory.create()
    with acting_as(role):
        run(
            "UPDATE mandates_letter SET facts = 'x', edited_by_id = %(by)s WHERE id = %(letter)s",
            {"by": ghost.pk, "letter": letter.pk},
        )
        run("UPDATE mandates_letter SET edited_by_id = author_id WHERE id = %(letter)s", {"letter": letter.pk})
        run("UPDATE mandates_letter SET state = 'in_review' WHERE id = %(letter)s", {"letter": letter.pk})
        fingerprint = prepare_delivery(letter)
        with pytest.raises(DatabaseError, match="second_person"):
            run(APPROVE, {"by": ghost.pk, "hash": fingerprint, "letter": letter.pk})


@pytest.mark.parametrize("state", ["draft", "cancelled"])
def test_only_what_is_in_review_is_approved(state: str, role: str) -> None:
    letter = LetterFactory.in_review()
    with acting_as(role):
        fingerprint = prepare_delivery(letter)
        run("UPDATE mandates_letter SET state = %(state)s WHERE id = %(letter)s", {"state": state, "letter": letter.pk})
        with pytest.raises(DatabaseError, match="in review can be approved"):
            run(APPROVE, {"by": UserFactory.create().pk, "hash": fingerprint, "letter": letter.pk})


def test_letter_cannot_be_born_approved(role: str) -> None:
    letter = LetterFactory.approved()
    columns = ", ".join(str(f.column) for f in Letter._meta.concrete_fields if f.column != "id")
    with pytest.raises(DatabaseError, match="begin as approved"), transaction.atomic(), acting_as(role):
        run(
            f"INSERT INTO mandates_letter ({columns}) SELECT {columns} FROM mandates_letter WHERE id = %(letter)s",  # noqa: S608  names from this file only
            {"letter": letter.pk},
        )


def test_approval_without_deliveries_or_with_another_hash_is_refused(role: str) -> None:
    letter, by = LetterFactory.in_review(), UserFactory.create()
    with acting_as(role):
        with pytest.raises(DatabaseError, match="one delivery for each"):
            run(APPROVE, {"by": by.pk, "hash": "0" * 64, "letter": letter.pk})
        fingerprint = prepare_delivery(letter)
        with pytest.raises(DatabaseError, match="bound to the bytes"):
            run(APPROVE, {"by": by.pk, "hash": "0" * 64, "letter": letter.pk})
        run(APPROVE, {"by": by.pk, "hash": fingerprint, "letter": letter.pk})


def test_words_cannot_change_within_the_approval(role: str) -> None:
    letter, by = LetterFactory.in_review(), UserFactory.create()
    with acting_as(role):
        fingerprint = prepare_delivery(letter)
        with pytest.raises(DatabaseError, match="only a draft"):
            run(
                APPROVE.replace("SET ", "SET facts = 'other', "),
                {"by": by.pk, "hash": fingerprint, "letter": letter.pk},
            )
        with pytest.raises(DatabaseError, match="only a draft"):
            run("UPDATE mandates_letter SET facts = 'other' WHERE id = %(letter)s", {"letter": letter.pk})


def test_owner_of_the_tables_is_stopped_by_nothing_but_itself() -> None:
    """Why the site should not run as the owner: what it owns it may undo. `grant_application` is the answer."""
    letter = LetterFactory.approved()
    with transaction.atomic():
        run("SET CONSTRAINTS ALL IMMEDIATE", {})
        run("ALTER TABLE mandates_letter DISABLE TRIGGER USER", {})
        run("UPDATE mandates_letter SET facts = 'changed' WHERE id = %(letter)s", {"letter": letter.pk})
        run("ALTER TABLE mandates_letter ENABLE TRIGGER USER", {})
    letter.refresh_from_db()
    assert letter.facts == "changed"
