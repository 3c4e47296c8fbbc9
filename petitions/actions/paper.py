"""Signatures on paper: entered as a batch by one member of staff, checked by another, counted apart."""

import hashlib
from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum

from accounts.models import User
from petitions.errors import OwnEntryError, StateChangedError
from petitions.models import PaperBatch, Statement


@transaction.atomic
def enter_paper(
    *,
    statement: Statement,
    claimed: int,
    place: str,
    collected_on: date,
    responsible: str,
    scan: bytes,
    scan_type: str,
    by: User,
    now: datetime,
) -> PaperBatch:
    """Records sheets with their scan (`scan_type`: a media type); nothing counts yet.

    The same scan below the same statement is the same batch: it is entered once.
    """
    batch, _created = PaperBatch.objects.get_or_create(
        statement=statement,
        scan_sha256=hashlib.sha256(scan).hexdigest(),
        defaults={
            "claimed": claimed,
            "place": place,
            "collected_on": collected_on,
            "responsible": responsible,
            "scan": scan,
            "scan_type": scan_type,
            "entered_by": by,
            "entered_at": now,
        },
    )
    return batch


@transaction.atomic
def check_paper(*, batch: PaperBatch, accepted: int, note: str, by: User, now: datetime) -> PaperBatch:
    """Says how many of the claimed signatures stand. Raises `OwnEntryError`, `StateChangedError` (checked already)."""
    batch = PaperBatch.objects.select_for_update(of=("self",)).defer("scan").get(pk=batch.pk)
    if batch.checked_at is not None:
        raise StateChangedError
    if batch.entered_by_id == by.pk:
        raise OwnEntryError
    batch.accepted, batch.note, batch.checked_by, batch.checked_at = accepted, note, by, now
    batch.save(update_fields=["accepted", "note", "checked_by", "checked_at"])
    return batch


def count_paper(*, statement: Statement) -> int:
    """How many signatures on paper stand below `statement`, all batches together; never part of the online count."""
    found = PaperBatch.objects.checked().filter(statement=statement).aggregate(number=Sum("accepted"))
    return int(found["number"] or 0)
