"""The public count: the only writer of `Tally` (design, promise 8).

A trigger leaves a row in `TallyChange` whenever a signature moves. The sweep takes those rows away and counts the
statements they name afresh, in one transaction under an advisory lock. It reads the signatures after it took the rows:
what commits in between is counted now and once more by the next sweep, and nothing can be missed.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Q
from django.db.models.functions import Now

from petitions.models import Signature, Statement, Tally, TallyChange

LOCK = 0x7A11  # our own number for pg_advisory_xact_lock


@dataclass(frozen=True)
class Difference:
    """A count that was wrong: what the page showed, and what the signatures say."""

    statement: Statement
    shown: dict[str, Any]
    true: dict[str, Any]


def begin_tally(*, statement: Statement) -> None:
    """Gives a newly opened statement its row, so that a reader never meets a statement without a count."""
    Tally.objects.get_or_create(statement=statement)
    TallyChange.objects.create(statement=statement)


@transaction.atomic
def count_signatures() -> int:
    """Counts the statements whose signatures changed; returns how many. Does nothing while another sweep runs."""
    if not _lock(wait=False):
        return 0
    return len(_take_changes_and_count())


@transaction.atomic
def recount_signatures() -> list[Difference]:
    """Counts every published statement from its rows and repairs the tally; returns what was wrong.

    Changes that merely wait for their sweep are counted first, so that a difference is a fault.
    """
    _lock(wait=True)
    _take_changes_and_count()
    differences = []
    for statement in Statement.objects.published():
        tally, _created = Tally.objects.get_or_create(statement=statement)
        shown = {name: getattr(tally, name) for name in _FIGURES}
        true = figures_of(statement.pk)
        still_moving = TallyChange.objects.filter(statement=statement).exists()
        if shown != true and not still_moving:
            differences.append(Difference(statement=statement, shown=shown, true=true))
        Tally.objects.filter(pk=tally.pk).update(**true, counted_at=Now(), recounted_at=Now())
    return differences


_FIGURES = ("counted", "pending", "withdrawn", "refused", "hidden", "demonstration", "by_proof", "by_version")


def figures_of(statement_id: int) -> dict[str, Any]:
    """What the tally of a statement must say, counted from its signatures."""
    rows = Signature.objects.filter(statement_id=statement_id)
    accepted = Q(state=Signature.State.ACCEPTED)
    figures = rows.aggregate(
        counted=Count("pk", filter=accepted),
        pending=Count("pk", filter=Q(state__in=[Signature.State.PENDING, Signature.State.ASKED])),
        withdrawn=Count("pk", filter=Q(state=Signature.State.WITHDRAWN)),
        refused=Count("pk", filter=Q(state=Signature.State.REFUSED)),
        hidden=Count("pk", filter=accepted & Q(display=Signature.Display.HIDDEN)),
        demonstration=Count("pk", filter=accepted & Q(is_demonstration=True)),
    )
    for figure, column in (("by_proof", "proof"), ("by_version", "version_number")):
        groups = rows.counted().values_list(column).annotate(number=Count("pk")).order_by(column)
        figures[figure] = {str(key): number for key, number in groups}
    return figures


def _take_changes_and_count() -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM petitions_tallychange RETURNING statement_id")
        changed = {statement_id for (statement_id,) in cursor.fetchall()}
    for statement_id in sorted(changed):
        Tally.objects.update_or_create(
            statement_id=statement_id, defaults={**figures_of(statement_id), "counted_at": Now()}
        )
    return changed


def _lock(*, wait: bool) -> bool:
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def place_of(signature: Signature) -> int | None:
    """Which number a counted signature was: the published count, and those accepted since up to this one.

    It reads the few rows the next sweep will count, never all of them. None when the signature does not count.
    """
    if signature.accepted_at is None:
        return None
    tally = Tally.objects.filter(statement=signature.statement_id).first()
    before = Signature.objects.counted().filter(
        statement=signature.statement_id, accepted_at__lte=signature.accepted_at
    )
    if tally is None or tally.counted_at is None:
        return before.count()
    if signature.accepted_at <= tally.counted_at:
        later = Signature.objects.counted().filter(statement=signature.statement_id)
        return (
            tally.counted
            - later.filter(accepted_at__gt=signature.accepted_at, accepted_at__lte=tally.counted_at).count()
        )
    return tally.counted + before.filter(accepted_at__gt=tally.counted_at).count()
