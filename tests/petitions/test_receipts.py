"""Receipts, and the verifier that anybody runs: it accepts every true one and refuses each that was tampered with."""

import copy
import random
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from petitions.actions import accept_signature, refuse_signature, undo_decision, withdraw_signature
from petitions.models import Checkpoint, Signature
from petitions.signatories.receipts import build_receipt, sealed_bytes
from petitions.transparency import verify
from petitions.transparency.checkpoints import checkpoint_file, published_leaves
from petitions.transparency.leaves import forget_nonces
from petitions.transparency.notes import public_key, sign, sign_note
from tests.accounts.factories import UserFactory
from tests.petitions.factories import SignatureFactory, StatementFactory, verified_expert
from tests.petitions.receipts import checkpoint_bytes, close_day, in_bytes, receipt_bytes, sign_often
from tests.petitions.tampering import same, tamper

pytestmark = pytest.mark.django_db


@dataclass
class World:
    """Signatories with every kind of story, and the checkpoints of two days."""

    signatures: list[Signature]
    checkpoints: list[Checkpoint]

    @property
    def checkpoint(self) -> Checkpoint:
        return self.checkpoints[-1]


def a_world(size: int) -> World:
    moderator, now = UserFactory.create(), timezone.now()
    statements = [StatementFactory.open(), StatementFactory.open()]
    rows = sign_often(statements[0], size // 2)
    first = close_day(1)
    rows += sign_often(statements[1], size - len(rows))
    for row in rows[::10]:
        withdraw_signature(signature=row, now=now)
    for row in rows[1::10]:
        refusal = refuse_signature(
            signature=row, seen_state="accepted", reason="duplicate", note="", by=moderator, now=now
        )
        if row.pk % 3:
            undo_decision(decision=refusal, by=moderator, now=now)
    gone = [row.pk for row in rows[2::40]]
    Signature.objects.filter(pk__in=gone).update(name="", name_binding="", anonymised_at=now)
    return World(list(Signature.objects.order_by("pk")), [first, close_day(2)])


def resealed(receipt: dict[str, Any]) -> dict[str, Any]:
    """As a dishonest site would hand it out: changed, and sealed with the right key."""
    signature = b64encode(sign(sealed_bytes(receipt))).decode()
    return {**receipt, "seal": {"key": public_key(), "signature": signature}}


def is_accepted(receipt: bytes, checkpoint: bytes, keys: set[str] | None = None) -> bool:
    """What verify.py says; whatever is neither a yes nor its own no is a fault and raises."""
    try:
        return bool(verify.check_receipt(receipt, checkpoint, keys))
    except verify.RefusedError:
        return False


@pytest.mark.slow
def test_verifier_accepts_every_receipt() -> None:
    world = a_world(300)
    signed = checkpoint_bytes(world.checkpoint)
    told = [verify.check_receipt(receipt_bytes(row), signed) for row in world.signatures]
    assert len(told) == 300
    words = "\n".join(line for lines in told for line in lines)
    assert [words.count(f": {kind}, version 1") for kind in ("counted", "withdrawn", "removed")] == [320, 30, 30]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_verifier_refuses_each_of_10000_tampered_receipts() -> None:
    dice, world = random.Random(6962), a_world(60)
    keys = {public_key()}
    receipts = [build_receipt(row) for row in world.signatures]
    signed = [checkpoint_file(checkpoint) for checkpoint in world.checkpoints]
    assert all(is_accepted(in_bytes(receipt), in_bytes(signed[-1])) for receipt in receipts)
    accepted: list[Any] = []
    tried = 0
    while tried < 10_000:
        receipt, checkpoint = dice.choice(receipts), signed[-1]
        tampered = tamper(dice, receipt, checkpoint, others=receipts, older=signed[0])
        if same(tampered[0], receipt) and same(tampered[1], checkpoint):
            continue  # white space only, or a character escaped: it says the same
        tried += 1
        if is_accepted(*tampered, keys=dice.choice([None, keys])):
            accepted.append(tampered)
    assert accepted == []
    # The control: what was refused was refused for the tampering.
    assert all(is_accepted(in_bytes(receipt), in_bytes(signed[-1]), keys) for receipt in receipts)


BOUND: dict[str, Callable[[dict[str, Any]], Any]] = {
    "name": lambda receipt: receipt.update(name="Somebody Else"),
    "salt": lambda receipt: receipt.update(salt="0" * 64),
    "no salt": lambda receipt: receipt.update(salt=""),
    "number": lambda receipt: receipt.update(signature=receipt["signature"] + 1),
    "language": lambda receipt: receipt.update(language="fa"),
    "version": lambda receipt: receipt.update(version=2),
    "text": lambda receipt: receipt.update(text_sha256="0" * 64),
    "statement": lambda receipt: receipt.update(statement_number=receipt["statement_number"] + 1),
    "state": lambda receipt: receipt.update(state="withdrawn"),
    "no leaf": lambda receipt: receipt.update(log=[]),
    "leaf twice": lambda receipt: receipt["log"].append(receipt["log"][0]),
    "nonce": lambda receipt: receipt["log"][0].update(nonce="0" * 64),
    "proof": lambda receipt: receipt["log"][0].update(proof="staff_check"),
    "proved on": lambda receipt: receipt["log"][0].update(proved_on="2001-01-01"),
    "place": lambda receipt: receipt["log"][0].update(index=receipt["log"][0]["index"] ^ 1),
    "place beyond": lambda receipt: receipt["log"][0].update(index=10**6),
    "path": lambda receipt: receipt["log"][0]["path"].reverse(),
    "path short": lambda receipt: receipt["log"][0]["path"].pop(),
    "path long": lambda receipt: receipt["log"][0]["path"].append("0" * 64),
    "day": lambda receipt: receipt["log"][0].update(leaf=receipt["log"][0]["leaf"].replace(" counted 2", " counted 3")),
    "kind": lambda receipt: receipt["log"][0].update(leaf=receipt["log"][0]["leaf"].replace("counted", "removed")),
    "another checkpoint": lambda receipt: receipt["checkpoint"].update(size=receipt["checkpoint"]["size"] + 1),
}


@pytest.mark.parametrize("what", BOUND)
def test_even_the_site_cannot_seal_a_receipt_that_says_something_else(what: str) -> None:
    rows = sign_often(StatementFactory.open(), 6)
    signed, receipt = checkpoint_bytes(close_day()), build_receipt(rows[3])
    assert is_accepted(in_bytes(resealed(receipt)), signed)
    wrong = copy.deepcopy(receipt)
    BOUND[what](wrong)
    assert not is_accepted(in_bytes(resealed(wrong)), signed)


def test_a_leaf_given_to_two_signatories_is_refused_by_the_second() -> None:
    rows = sign_often(StatementFactory.open(), 4)
    signed = checkpoint_bytes(close_day())
    first, second = build_receipt(rows[0]), build_receipt(rows[1])
    assert not is_accepted(in_bytes(resealed({**second, "log": first["log"]})), signed)


def test_a_receipt_waits_for_its_checkpoint_and_says_so() -> None:
    statement = StatementFactory.open()
    row = sign_often(statement, 1)[0]
    none_yet = receipt_bytes(row)
    first = close_day(1)
    late = sign_often(statement, 1)[0]
    with pytest.raises(verify.NotCheckedError, match="waits for its checkpoint"):
        verify.check_receipt(none_yet, checkpoint_bytes(first))
    with pytest.raises(verify.NotCheckedError, match="waits for its checkpoint"):
        verify.check_receipt(receipt_bytes(late), checkpoint_bytes(first))
    second = close_day(2)
    assert is_accepted(receipt_bytes(late), checkpoint_bytes(second))
    with pytest.raises(verify.RefusedError, match="another checkpoint"):
        verify.check_receipt(receipt_bytes(late), checkpoint_bytes(first))


def test_an_erased_signatorys_earlier_receipt_still_holds_and_a_new_one_opens_nothing() -> None:
    row = sign_often(StatementFactory.open(), 3)[1]
    signed = checkpoint_bytes(close_day())
    kept = receipt_bytes(row)
    Signature.objects.filter(pk=row.pk).update(name="", anonymised_at=timezone.now())
    assert is_accepted(kept, signed)
    told = verify.check_receipt(receipt_bytes(row), signed)
    assert (row.name in "".join(told), "was destroyed" in "".join(told)) == (False, True)
    assert build_receipt(row)["log"][0]["nonce"] is None


def test_a_name_that_was_changed_behind_the_log_opens_nothing() -> None:
    row = sign_often(StatementFactory.open(), 1)[0]
    close_day()
    row.name, row.anonymised_at = "Somebody Else", timezone.now()
    row.save(update_fields=["name", "anonymised_at"])
    assert build_receipt(row)["log"][0]["nonce"] is None


def test_the_command_says_yes_no_and_not_yet(tmp_path: Path, client: Client) -> None:
    by = verified_expert()
    signature = SignatureFactory.create(user=by, name="Zoë \u001b[31m Roe")
    accept_signature(signature=signature, seen_state="pending", by=UserFactory.create(), now=timezone.now())
    sign_often(signature.statement, 5)
    old, new = close_day(1), close_day(2)
    client.force_login(by)
    day = new.day.isoformat()
    for name, url in {
        "verify.py": reverse("petitions:log_verifier"),
        "keys.txt": reverse("petitions:log_keys"),
        "receipt.json": reverse("petitions:signature_receipt_json", args=[signature.pk]),
        "checkpoint.json": reverse("petitions:log_checkpoint", args=[day]),
        "old.json": reverse("petitions:log_checkpoint", args=[old.day.isoformat()]),
        "proof.json": reverse("petitions:log_proof", args=[old.day.isoformat(), day]),
        "leaves.txt": reverse("petitions:log_leaves", args=[day]),
    }.items():
        response = client.get(url)
        assert response.status_code == 200, name
        (tmp_path / name).write_bytes(response.getvalue())

    def run(*arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-I", "-S", "verify.py", *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, encoding="utf-8")
        assert done.stderr == ""
        return done.returncode, done.stdout

    code, said = run("receipt.json", "checkpoint.json")
    assert (code, "IT HOLDS." in said, "Zoë ?[31m Roe" in said) == (0, True, True), said
    assert run("receipt.json", "checkpoint.json", "--keys", "keys.txt")[0] == 0
    assert run("count", "leaves.txt", "checkpoint.json")[0] == 0
    assert "version 1: 6 signatures" in run("count", "leaves.txt", "checkpoint.json")[1]
    assert run("extends", "old.json", "checkpoint.json")[0] == 0
    assert run("extends", "old.json", "checkpoint.json", "proof.json")[0] == 0

    assert run("receipt.json", "nowhere.json")[0] == 2
    assert run("checkpoint.json", "receipt.json")[0] == 1
    assert run() == (2, run("--help")[1])
    receipt = (tmp_path / "receipt.json").read_text()
    (tmp_path / "receipt.json").write_text(receipt.replace('"accepted"', '"refused"'))
    code, said = run("receipt.json", "checkpoint.json")
    assert (code, said.startswith("REFUSED: ")) == (1, True)
    (tmp_path / "keys.txt").write_text("another-key\n")
    assert run("count", "leaves.txt", "checkpoint.json", "--keys", "keys.txt")[0] == 1


def test_the_verifiers_ed25519_agrees_with_another_one() -> None:
    dice = random.Random(8032)
    for length in (0, 1, 2, 64, 1000):
        key, message = Ed25519PrivateKey.from_private_bytes(dice.randbytes(32)), dice.randbytes(length)
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        signature = key.sign(message)
        assert verify.is_signed(public, message, signature)
        assert not verify.is_signed(public, message + b"x", signature)
        higher = (int.from_bytes(signature[32:], "little") + verify.ORDER).to_bytes(32, "little")
        assert not verify.is_signed(public, message, signature[:32] + higher)
        for at in range(0, 64, 7):
            wrong = signature[:at] + bytes([signature[at] ^ 1]) + signature[at + 1 :]
            assert not verify.is_signed(public, message, wrong)


@pytest.mark.parametrize(
    ("public", "message", "signature"),
    [
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
    ],
)
def test_published_vectors_of_rfc_8032(public: str, message: str, signature: str) -> None:
    assert verify.is_signed(bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature))


def test_the_page_of_the_log_says_what_was_signed(client: Client) -> None:
    url = reverse("petitions:log")
    assert "There is no checkpoint yet" in client.get(url).content.decode()
    rows = sign_often(StatementFactory.open(), 3)
    withdraw_signature(signature=rows[0], now=timezone.now())
    first, last = close_day(1), close_day(2)
    page = client.get(url).content.decode()
    assert f'id="statement-{rows[0].statement_id}"' in page
    assert "<strong>2</strong>" in page
    for wanted in (first.root_hex, escape(last.key), reverse("petitions:log_proof", args=[first.day, last.day])):
        assert wanted in page
    assert reverse("petitions:log") in client.get(rows[0].statement.get_absolute_url()).content.decode()


@pytest.mark.parametrize("day", ["2001-01-01", "x", "2026-13-01", "20260101", "0"])
def test_a_day_without_a_checkpoint_is_not_found(client: Client, day: str) -> None:
    for name in ("log_checkpoint", "log_leaves"):
        assert client.get(reverse(f"petitions:{name}", args=[day])).status_code == 404
    assert client.get(reverse("petitions:log_proof", args=[day, day])).status_code == 404


def test_a_signatorys_page_explains_the_proof(client: Client) -> None:
    by = verified_expert()
    signature = SignatureFactory.create(user=by)
    client.force_login(by)
    url = reverse("petitions:signature_receipt", args=[signature.pk])
    assert "no line of yours" in client.get(url).content.decode()
    accept_signature(signature=signature, seen_state="pending", by=UserFactory.create(), now=timezone.now())
    assert "comes with the next daily checkpoint" in client.get(url).content.decode()
    close_day()
    page = client.get(url).content.decode()
    assert "line 1 of the log" in page
    assert f"python verify.py receipt-{signature.pk}.json checkpoint.json" in page


def test_a_leaf_that_stands_again_after_a_withdrawal_is_refused() -> None:
    row = sign_often(StatementFactory.open(), 3)[0]
    withdraw_signature(signature=row, now=timezone.now())
    signed, receipt = checkpoint_bytes(close_day()), build_receipt(row)
    assert is_accepted(in_bytes(resealed({**receipt, "state": "withdrawn"})), signed)
    again = {**receipt, "state": "accepted", "log": [*receipt["log"], receipt["log"][0]]}
    assert not is_accepted(in_bytes(resealed(again)), signed)


def test_a_leaf_that_nothing_ties_to_the_name_is_not_called_checked() -> None:
    rows = sign_often(StatementFactory.open(), 3)
    signed = checkpoint_bytes(close_day())
    forget_nonces([rows[0].pk])
    with pytest.raises(verify.NotCheckedError, match="nothing ties it to the name"):
        verify.check_receipt(receipt_bytes(rows[0]), signed)
    # Of another signatory, too: what it says of the name is worth nothing.
    lent = {**build_receipt(rows[1]), "log": build_receipt(rows[0])["log"]}
    with pytest.raises(verify.NotCheckedError, match="nothing ties it to the name"):
        verify.check_receipt(in_bytes(resealed(lent)), signed)


def test_a_file_that_says_one_thing_twice_is_refused() -> None:
    rows = sign_often(StatementFactory.open(), 3)
    signed, receipt = checkpoint_bytes(close_day()), receipt_bytes(rows[0])
    assert is_accepted(receipt, signed)
    name = f'"name": "{rows[0].name}"'.encode()
    assert name in receipt
    assert not is_accepted(receipt.replace(name, b'"name": "Somebody Else", ' + name), signed)


@pytest.mark.parametrize("change", ["two counts of one version", "no day"])
def test_a_signed_checkpoint_that_says_something_else_is_refused(change: str) -> None:
    sign_often(StatementFactory.open(), 3)
    checkpoint = close_day()
    leaves = [bytes(line) for line in published_leaves(0, checkpoint.size)]
    lines = b"".join(leaves).splitlines(keepends=True)
    data = checkpoint_file(checkpoint)
    assert verify.check_count(lines, in_bytes(data))
    text = data["note"].rpartition("\n\n")[0] + "\n"
    count = next(line for line in text.splitlines() if line.startswith("statement "))
    day = checkpoint.day.isoformat()
    wrong = {
        "two counts of one version": text.replace(count, count.replace("counted 3", "counted 900000") + "\n" + count),
        "no day": text.replace(f"day {day}", "day ----------"),
    }[change]
    assert wrong != text
    with pytest.raises(verify.RefusedError, match="does not say what a checkpoint says"):
        verify.check_count(lines, in_bytes({**data, "note": sign_note(wrong)}))
