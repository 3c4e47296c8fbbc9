"""Receipts and checkpoints as they are downloaded."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from petitions.models import Checkpoint, Signature, Statement
from petitions.signatories.receipts import build_receipt
from petitions.transparency.checkpoints import build_checkpoint, checkpoint_file
from tests.petitions.factories import SignatureFactory, bound


def sign_often(statement: Statement, number: int) -> list[Signature]:
    """So many counted signatures, written at once."""
    rows = SignatureFactory.build_batch(number, statement=statement, state="accepted")
    for place, row in enumerate(rows):
        row.name, row.accepted_at = f"Invented Signatory {place} ایرانی", row.created_at
        bound(row)
    return Signature.objects.bulk_create(rows)


def close_day(days: int = 1) -> Checkpoint:
    """The checkpoint that is built `days` days from now; it must be a new one."""
    checkpoint = build_checkpoint(now=datetime.now(UTC) + timedelta(days=days))
    assert checkpoint is not None
    return checkpoint


def in_bytes(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=2).encode()


def receipt_bytes(signature: Signature) -> bytes:
    return in_bytes(build_receipt(signature))


def checkpoint_bytes(checkpoint: Checkpoint) -> bytes:
    return in_bytes(checkpoint_file(checkpoint))
