"""The public log: what a trigger writes when a signature enters or leaves the count, and what can never be changed."""

import hashlib
import importlib
import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from petitions.actions import accept_signature, refuse_signature, undo_decision, withdraw_signature
from petitions.counts.counting import figures_of
from petitions.errors import PetitionsError
from petitions.models import LogEntry, LogSubtree, ModerationDecision, Signature, Statement
from petitions.signatories.receipts import build_receipt
from petitions.transparency.checkpoints import build_checkpoint
from petitions.transparency.leaves import forget_nonces, leaf_of, opening_of, opens
from tests.accounts.factories import UserFactory
from tests.petitions.factories import SignatureFactory, StatementFactory

pytestmark = pytest.mark.django_db


def kinds(signature: Signature) -> list[str]:
    return list(LogEntry.objects.filter(signature_id=signature.pk).order_by("pk").values_list("kind", flat=True))


def sums(statement: Statement) -> int:
    """The count that follows from the leaves alone."""
    leaves = [leaf_of(entry).decode().split() for entry in LogEntry.objects.all()]
    return sum(1 if leaf[2] == "counted" else -1 for leaf in leaves if leaf[4] == str(statement.pk))


def switch_off(trigger: str) -> None:
    """For the rest of this test's transaction."""
    triggers = Signature._meta.triggers  # type: ignore[attr-defined]  # pgtrigger adds it to every model's options
    found = next(found for found in triggers if found.name == trigger)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE petitions_signature DISABLE TRIGGER {found.get_pgid(Signature)}")


def tomorrow() -> datetime:
    return datetime.now(UTC) + timedelta(days=1)


def test_t37_each_way_into_the_count_and_out_of_it_is_an_entry() -> None:
    moderator, now = UserFactory.create(), timezone.now()
    signature = SignatureFactory.create()
    assert kinds(signature) == []

    accept_signature(signature=signature, seen_state="pending", by=moderator, now=now)
    refusal = refuse_signature(
        signature=signature, seen_state="accepted", reason="duplicate", note="", by=moderator, now=now
    )
    undo_decision(decision=refusal, by=moderator, now=now)
    withdraw_signature(signature=signature, now=now)
    assert kinds(signature) == ["counted", "removed", "counted", "withdrawn"]


def test_a_signature_that_arrives_counted_is_an_entry_and_one_that_only_changes_its_display_is_none() -> None:
    signature = SignatureFactory.accepted()
    signature.display = Signature.Display.INITIALS
    signature.save(update_fields=["display"])
    assert kinds(signature) == ["counted"]


def test_whoever_is_taken_out_of_the_count_by_raw_sql_is_an_entry() -> None:
    removed, deleted = SignatureFactory.accepted(), SignatureFactory.accepted()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE petitions_signature SET state = 'removed', removed_at = now(), accepted_at = NULL WHERE id = %s",
            [removed.pk],
        )
        cursor.execute("DELETE FROM petitions_signature WHERE id = %s", [deleted.pk])
    assert (kinds(removed), kinds(deleted)) == (["counted", "removed"], ["counted", "removed"])
    assert not LogEntry.objects.filter(signature_id=deleted.pk, nonce__isnull=False).exists()


def test_a_counted_signature_that_moves_to_another_version_leaves_the_old_one() -> None:
    signature = SignatureFactory.accepted()
    switch_off("petitions_signature_bound")
    Signature.objects.filter(pk=signature.pk).update(version_number=2)
    rows = LogEntry.objects.filter(signature=signature).order_by("pk").values_list("kind", "version_number")
    assert list(rows) == [("counted", 1), ("removed", 1), ("counted", 2)]


def test_t4_a_leaf_says_these_words_and_no_others() -> None:
    signature = SignatureFactory.accepted(name="Invented Signatory", address="someone@people.example")
    entry = LogEntry.objects.get()
    words = leaf_of(entry).decode().split(" ")
    assert words == [
        "countersign-leaf",
        "1",
        "counted",
        datetime.now(UTC).date().isoformat(),
        str(signature.statement_id),
        "1",
        signature.text_sha256,
        bytes(entry.commitment).hex(),
    ]


@pytest.mark.parametrize("name", ["Jane Roe", "شیرین عبادی", "O’Néill\n\t\\", "name 5\nproof", "\U0001f600", "é"])
def test_the_database_and_python_make_the_same_commitment(name: str) -> None:
    signature = SignatureFactory.accepted(name=name)
    entry = LogEntry.objects.get()
    assert entry.nonce is not None
    assert len(entry.nonce) == 32
    expected = hashlib.sha256(bytes(entry.nonce) + opening_of(entry, signature)).digest()
    assert bytes(entry.commitment) == expected


def test_an_opening_is_the_documented_one() -> None:
    signature = SignatureFactory.accepted(name="Zoë", name_binding="")
    assert signature.proved_on is not None
    day = signature.proved_on.isoformat()
    number = str(signature.pk)
    assert opening_of(LogEntry.objects.get(), signature).decode() == (
        f"countersign-opening 1\nreceipt {len(number)}\n{number}\nname 4\nZoë\nlanguage 2\nen\n"
        f"proof 10\nemail_code\nproved_on 10\n{day}\n"
    )


def test_an_opening_holds_the_documented_binding_in_place_of_a_name_without_an_account() -> None:
    signature = SignatureFactory.accepted(name="Zoë")
    receipt = build_receipt(signature)
    salt = bytes.fromhex(receipt["salt"])
    binding = hashlib.sha256(salt + "Zoë".encode()).hexdigest()
    assert len(salt) == 32
    assert f"\nname 64\n{binding}\nlanguage" in opening_of(LogEntry.objects.get(), signature).decode()


def test_two_leaves_of_one_signatory_cannot_be_told_to_be_of_one() -> None:
    withdraw_signature(signature=SignatureFactory.accepted(), now=timezone.now())
    first, second = LogEntry.objects.order_by("pk")
    assert first.nonce != second.nonce
    assert bytes(first.commitment) != bytes(second.commitment)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM petitions_logentry",
        "UPDATE petitions_logentry SET kind = 'withdrawn'",
        "UPDATE petitions_logentry SET day = day - 1",
        "UPDATE petitions_logentry SET commitment = sha256('x')",
        "UPDATE petitions_logentry SET nonce = sha256('x')",
        "UPDATE petitions_logentry SET statement_id = statement_id + 1",
        "UPDATE petitions_logentry SET signature_id = signature_id + 1",
        "UPDATE petitions_logentry SET version_number = 9",
        "UPDATE petitions_logentry SET text_sha256 = 'x'",
        "UPDATE petitions_logentry SET proof = 'orcid'",
        "UPDATE petitions_logentry SET proved_on = NULL",
        "UPDATE petitions_logentry SET place = 7",
        "UPDATE petitions_logentry SET place = NULL",
        "DELETE FROM petitions_checkpoint",
        "UPDATE petitions_checkpoint SET size = size + 1",
        "UPDATE petitions_checkpoint SET note = ''",
        "DELETE FROM petitions_logsubtree",
        "UPDATE petitions_logsubtree SET hash = sha256('x')",
    ],
)
def test_raw_sql_changes_and_deletes_nothing_of_the_log(sql: str) -> None:
    SignatureFactory.accepted()
    assert build_checkpoint(now=tomorrow())
    LogSubtree.objects.create(level=1, number=0, hash=bytes(32))
    refusal = r"never changed|Cannot update|Cannot delete"
    with pytest.raises(DatabaseError, match=refusal), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_nonce_can_be_destroyed_and_does_not_come_back() -> None:
    signature = SignatureFactory.accepted()
    other = SignatureFactory.accepted()
    assert forget_nonces([signature.pk]) == 1
    assert forget_nonces([signature.pk]) == 0
    entry = signature.log_entries.get()
    assert (entry.nonce, opens(entry, signature), opens(other.log_entries.get(), other)) == (None, False, True)
    with pytest.raises(IntegrityError), transaction.atomic():
        LogEntry.objects.filter(pk=entry.pk).update(nonce=bytes(32))


def test_an_erased_name_takes_its_nonces_along_and_the_count_stays() -> None:
    signature = SignatureFactory.accepted()
    before = [leaf_of(entry) for entry in LogEntry.objects.all()]
    Signature.objects.filter(pk=signature.pk).update(name="", anonymised_at=timezone.now())
    assert [leaf_of(entry) for entry in LogEntry.objects.all()] == before
    assert (LogEntry.objects.get().nonce, sums(signature.statement)) == (None, 1)


def test_signatures_from_before_the_log_enter_it_by_migration() -> None:
    switch_off("petitions_signature_writes_the_log")
    counted = [
        SignatureFactory.accepted(name=name, name_binding="", proved_on=None) for name in ("Jane Roe", "شیرین عبادی")
    ]
    SignatureFactory.create()
    assert LogEntry.objects.count() == 0
    with connection.cursor() as cursor:
        cursor.execute(importlib.import_module("petitions.migrations.0007_proof").ENTER_COUNTED)
    entries = {entry.signature_id: entry for entry in LogEntry.objects.all()}
    assert sorted(entries) == sorted(row.pk for row in counted)
    assert all(opens(entries[row.pk], row) for row in counted)
    assert len({bytes(entry.nonce or b"") for entry in entries.values()}) == 2


def test_t37_whatever_happens_the_leaves_add_up_to_the_count() -> None:
    dice, moderator = random.Random(4), UserFactory.create()
    statement = StatementFactory.open()
    rows = [SignatureFactory.create(statement=statement) for _ in range(12)]
    decisions: list[ModerationDecision] = []
    for _ in range(150):
        row = Signature.objects.get(pk=dice.choice(rows).pk)
        what: dict[str, Any] = {"signature": row, "seen_state": row.state, "by": moderator, "now": timezone.now()}
        with suppress(PetitionsError):
            match dice.randrange(4):
                case 0:
                    decisions.append(accept_signature(**what))
                case 1:
                    decisions.append(refuse_signature(reason="duplicate", note="", **what))
                case 2 if decisions:
                    undo_decision(decision=decisions[-1], by=moderator, now=timezone.now())
                case 3 if dice.randrange(6) == 0:
                    withdraw_signature(signature=row, now=timezone.now())
    assert LogEntry.objects.count() > 20
    assert sums(statement) == figures_of(statement.pk)["counted"]
