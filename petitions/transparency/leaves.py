"""The bytes of a leaf, and of what its commitment hides. docs/receipts.md describes both for those who check them."""

import hashlib
import hmac
from collections.abc import Collection
from datetime import date

from petitions.models import LogEntry, Signature


def leaf_of(entry: LogEntry) -> bytes:
    """The public line of an entry, without its line end: kind, day, statement, version, text and commitment."""
    return (
        f"countersign-leaf 1 {entry.kind} {entry.day.isoformat()} {entry.statement_id} {entry.version_number}"
        f" {entry.text_sha256} {bytes(entry.commitment).hex()}"
    ).encode()


def opening_of(entry: LogEntry, signature: Signature) -> bytes:
    """What the commitment of `entry` was made from, beside the nonce, if `signature` still says the same."""
    fields = (
        ("receipt", str(signature.pk)),
        ("name", signature.name_binding or signature.name),
        ("language", signature.text_language),
        ("proof", entry.proof),
        ("proved_on", _iso(entry.proved_on)),
    )
    lines = [b"countersign-opening 1\n"]
    for name, value in fields:
        written = value.encode()
        lines.append(f"{name} {len(written)}\n".encode() + written + b"\n")
    return b"".join(lines)


def opens(entry: LogEntry, signature: Signature) -> bool:
    """Whether the signatory can still prove that this leaf is theirs: not after their name was erased or sealed."""
    if entry.nonce is None:
        return False
    commitment = hashlib.sha256(bytes(entry.nonce) + opening_of(entry, signature)).digest()
    return hmac.compare_digest(commitment, bytes(entry.commitment))


def forget_nonces(signatures: Collection[int]) -> int:
    """Destroys what ties the leaves of `signatures` (their keys) to a person; leaves and count stay. How many it was.

    A trigger does the same when the name of a signature changes or the signature is deleted.
    """
    return LogEntry.objects.filter(signature__in=signatures, nonce__isnull=False).update(nonce=None)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
