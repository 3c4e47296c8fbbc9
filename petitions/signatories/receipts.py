"""A signatory's proof of being counted: what was signed, how the identity was proved, what was decided, and its leaves.

The site seals the whole receipt with the key of the log, so it cannot deny later what it said; a leaf that waits for
its checkpoint is promised by that seal.
"""

import json
from base64 import b64encode
from datetime import datetime
from typing import Any

from django.db import transaction

from petitions.models import Checkpoint, LogEntry, ModerationDecision, Signature
from petitions.signatories.badges import badge_of
from petitions.signatories.names import name_salt
from petitions.transparency.checkpoints import latest_checkpoint
from petitions.transparency.leaves import leaf_of, opens
from petitions.transparency.notes import public_key, sign
from petitions.transparency.tree import LogTree


@transaction.atomic
def build_receipt(signature: Signature) -> dict[str, Any]:
    """The receipt as plain data, fit for JSON; times in UTC (ISO 8601). It holds the name, never the e-mail address.

    The row is held, so that the state and the leaves are of one moment.
    """
    rows = Signature.objects.select_for_update(of=("self",), no_key=True).select_related("statement", "text")
    signature = rows.get(pk=signature.pk)
    checkpoint = latest_checkpoint()
    receipt = {
        "format": "countersign-receipt 3",
        "signature": signature.pk,
        "statement": signature.statement.slug,
        "statement_number": signature.statement_id,
        "title": signature.text.title,
        "version": signature.version_number,
        "language": signature.text_language,
        "text_sha256": signature.text_sha256,
        "name": signature.own_name,
        "salt": name_salt(signature).hex() if signature.name_binding else "",
        "shown_as": signature.display,
        "proof": signature.proof,
        "proved_on": signature.proved_on.isoformat() if signature.proved_on else None,
        "badge": badge_of(signature).as_json(),
        "state": signature.state,
        "signed_at": iso(signature.confirmed_at),
        "counted_at": iso(signature.accepted_at),
        "withdrawn_at": iso(signature.withdrawn_at),
        "replaces": signature.replaces_id,
        "superseded_at": iso(signature.superseded_at),
        "decisions": [describe_decision(decision) for decision in signature.decisions.order_by("at", "pk")],
        "is_demonstration": signature.is_demonstration,
        "log": _leaves(signature, checkpoint),
        "checkpoint": {"day": checkpoint.day.isoformat(), "size": checkpoint.size} if checkpoint else None,
    }
    return {**receipt, "seal": {"key": public_key(), "signature": b64encode(sign(sealed_bytes(receipt))).decode()}}


def sealed_bytes(receipt: dict[str, Any]) -> bytes:
    """What the seal signs: the receipt without its seal as JSON, names sorted, no white space, ASCII only."""
    said = {name: value for name, value in receipt.items() if name != "seal"}
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def _leaves(signature: Signature, checkpoint: Checkpoint | None) -> list[dict[str, Any]]:
    """The leaves of a signature in the order they happened, each with what opens it and its way to the root."""
    tree = LogTree()
    return [_leaf(entry, signature, checkpoint, tree) for entry in signature.log_entries.order_by("pk")]


def _leaf(entry: LogEntry, signature: Signature, checkpoint: Checkpoint | None, tree: LogTree) -> dict[str, Any]:
    opened = opens(entry, signature)
    leaf: dict[str, Any] = {
        "leaf": leaf_of(entry).decode(),
        "nonce": bytes(entry.nonce).hex() if opened and entry.nonce is not None else None,
        "proof": entry.proof,
        "proved_on": entry.proved_on.isoformat() if entry.proved_on else "",
        "index": None,
        "path": [],
    }
    if checkpoint is not None and entry.place is not None and entry.place < checkpoint.size:
        path = tree.inclusion(entry.place, checkpoint.size)
        leaf |= {"index": entry.place, "path": [step.hex() for step in path]}
    return leaf


def describe_decision(decision: ModerationDecision) -> dict[str, Any]:
    """What a moderator decided about a signature, as its signatory reads it."""
    return {"kind": decision.kind, "reason": decision.reason, "note": decision.note, "at": iso(decision.at)}


def iso(moment: datetime | None) -> str | None:
    """A moment to the second, in ISO 8601; nothing for none."""
    return moment.isoformat(timespec="seconds") if moment else None
