"""The daily checkpoint: gives the entries of the days that are over their places, grows the tree, signs its root."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Count

from petitions.models import Checkpoint, LogEntry, Statement
from petitions.models.estimating import estimate_anew
from petitions.transparency.leaves import leaf_of
from petitions.transparency.notes import origin, public_key, sign_note
from petitions.transparency.tree import LogTree, grow

LOCK = 0x7EAF  # our own number for pg_advisory_xact_lock
KINDS = (LogEntry.Kind.COUNTED, LogEntry.Kind.WITHDRAWN, LogEntry.Kind.REMOVED)


@transaction.atomic
def build_checkpoint(*, now: datetime) -> Checkpoint | None:
    """The checkpoint of yesterday (UTC); None when it is there, when there is no leaf, or while another builds it.

    After a stop of some days one checkpoint covers them all. An entry that commits late, or whose statement is not
    published yet, goes into a later one: each has its place exactly once.
    """
    if not _lock():
        return None
    day = now.astimezone(UTC).date() - timedelta(days=1)
    last = latest_checkpoint()
    if last is not None and last.day >= day:
        return None
    old = last.size if last else 0
    new = old + _place_entries(first=old, through=day)
    if new == 0:
        return None
    grow(old, new)
    root, counts = LogTree().root(new), _counts(last, since=old)
    note = sign_note(_text(day=day, size=new, root=root, last=last, counts=counts))
    return Checkpoint.objects.create(
        day=day, size=new, root=root, counts=counts, previous=last, note=note, key=public_key()
    )


def latest_checkpoint() -> Checkpoint | None:
    return Checkpoint.objects.order_by("-day").first()


def checkpoint_file(checkpoint: Checkpoint) -> dict[str, Any]:
    """checkpoint.json as plain data: the signed note, the key that checks it, and that it extends the one before."""
    previous = checkpoint.previous
    path = LogTree().consistency(previous.size, checkpoint.size) if previous else []
    return {
        "format": "countersign-checkpoint 1",
        "note": checkpoint.note,
        "key": checkpoint.key,
        "consistency": [step.hex() for step in path],
    }


def consistency_file(old: Checkpoint, new: Checkpoint) -> dict[str, Any]:
    """proof.json as plain data: that the leaves of `new` begin with those of `old`, in the same order."""
    path = LogTree().consistency(old.size, new.size)
    return {
        "format": "countersign-consistency 1",
        "old": old.size,
        "new": new.size,
        "path": [step.hex() for step in path],
    }


def published_leaves(first: int, end: int) -> Iterator[bytes]:
    """The leaves from number `first` up to, and not with, `end`, each with its line end, some thousands at a time."""
    step = 4096
    for start in range(first, end, step):
        entries = LogEntry.objects.filter(place__gte=start, place__lt=min(start + step, end)).order_by("place")
        yield b"".join(leaf_of(entry) + b"\n" for entry in entries)


def published_keys() -> list[str]:
    """Every key that ever signed a checkpoint, and the one that signs now, the newest first."""
    used = Checkpoint.objects.order_by("-day").values_list("key", flat=True)
    return list(dict.fromkeys([public_key(), *used]))


def _lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _place_entries(*, first: int, through: date) -> int:
    """Gives each waiting entry its place, by day and then by commitment, which is random; returns how many."""
    published = list(Statement.objects.published().values_list("pk", flat=True))
    estimate_anew(LogEntry)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE petitions_logentry entry SET place = placed.place
            FROM (
                SELECT id, %s - 1 + row_number() OVER (ORDER BY day, commitment) AS place FROM petitions_logentry
                WHERE place IS NULL AND day <= %s AND statement_id = ANY(%s)
            ) placed
            WHERE placed.id = entry.id
            """,
            [first, through, published],
        )
        return int(cursor.rowcount)


def _counts(last: Checkpoint | None, *, since: int) -> list[list[int]]:
    """The cumulative counts: those of the checkpoint before, and the entries placed since."""
    sums: dict[tuple[int, int], list[int]] = {(row[0], row[1]): row[2:] for row in (last.counts if last else [])}
    entries = LogEntry.objects.filter(place__gte=since)
    for statement, version, kind, number in entries.values_list("statement", "version_number", "kind").annotate(
        number=Count("pk")
    ):
        sums.setdefault((statement, version), [0, 0, 0])[KINDS.index(LogEntry.Kind(kind))] += number
    return [[*key, *figures] for key, figures in sorted(sums.items())]


def _text(*, day: date, size: int, root: bytes, last: Checkpoint | None, counts: list[list[int]]) -> str:
    """The signed bytes: the three lines of a C2SP tlog-checkpoint, then our own (docs/receipts.md)."""
    before = f"{last.size} {_base64(last.root)}" if last else "0 -"
    lines = [origin(), str(size), _base64(root), f"day {day.isoformat()}", f"previous {before}"]
    lines += [
        f"statement {statement} version {version} counted {counted} withdrawn {withdrawn} removed {removed}"
        for statement, version, counted, withdrawn, removed in counts
    ]
    return "\n".join(lines) + "\n"


def _base64(value: bytes | memoryview) -> str:
    return b64encode(bytes(value)).decode()
