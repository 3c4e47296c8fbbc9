"""The public count: the only writer of `Tally` and of `HourlyCount` (design, promise 8).

A trigger leaves rows in `TallyChange` whenever a signature moves: what the count loses, what it gains, in which hour.
The sweep takes those rows away and adds them up, in one transaction under an advisory lock; it reads no signature. What
commits meanwhile has left its own rows for the next sweep, so nothing is missed and nothing counted twice.

The recount counts from the signatures. It takes the waiting changes of the statement with the same snapshot: what the
tally shows and what waits must give what the rows say, to the one, however many are signing meanwhile.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Subquery
from django.db.models import Sum as SumOf
from django.db.models.functions import Coalesce, Now

from petitions.counts.disclosure import disclose_countries
from petitions.counts.figures import (
    COUNT_ROWS,
    PLAIN,
    TAKE_CHANGES,
    TAKE_CHANGES_COUNT_ROWS,
    Sum,
    add_up,
    as_fields,
    figures_in,
    read_reasons,
)
from petitions.models import HourlyCount, Signature, Statement, Tally, TallyChange

LOCK = 0x7A11  # our own number for pg_advisory_xact_lock
FLOWS = ("counted", "withdrawn", "removed")


@dataclass(frozen=True)
class Difference:
    """A count that was wrong: what the page showed, and what the signatures say. Only the figures that differed."""

    shown: dict[str, Any]
    true: dict[str, Any]


@dataclass(frozen=True)
class Recounted:
    """A statement counted afresh: from how many rows, and what was wrong, or None."""

    signatures: int
    difference: Difference | None


def begin_tally(*, statement: Statement) -> None:
    """Gives a newly opened statement its row, so that a reader never meets a statement without a count."""
    Tally.objects.get_or_create(statement=statement)
    TallyChange.objects.create(statement=statement)


@transaction.atomic
def count_signatures(*, pause: timedelta = timedelta(0)) -> int:
    """Adds up what changed since the last sweep; returns how many statements. Does nothing while another sweep runs.

    A statement counted less than `pause` ago waits: who watches its count sees steps, not single signatures.
    """
    if not _lock(wait=False):
        return 0
    sums = add_up(TAKE_CHANGES, [pause])
    for (_origin, statement_id), change in sorted(sums.items(), key=lambda pair: pair[0]):
        if change.asks_afresh:
            _count_afresh(statement_id, earlier=change)
        else:
            _add(statement_id, change)
    return len(sums)


@transaction.atomic
def recount_statement(*, statement: Statement) -> Recounted:
    """Counts `statement` from its signatures and repairs its tally and its hours; says what was wrong."""
    _lock(wait=True)
    return _count_afresh(statement.pk)


def find_unbalanced() -> list[Statement]:
    """The statements whose figures contradict each other. Reads no signature: cheap enough for every minute."""
    net = SumOf(F("counted") - F("withdrawn") - F("removed") + F("corrected"))
    of_statement = HourlyCount.objects.filter(statement=OuterRef("statement")).order_by().values("statement")
    hours = Coalesce(Subquery(of_statement.annotate(net=net).values("net")), 0)
    asked = TallyChange.objects.filter(step=0, statement=OuterRef("statement"))
    tallies = Tally.objects.exclude(counted_at=None).exclude(Exists(asked)).annotate(hours=hours)
    return [row.statement for row in tallies.select_related("statement") if not _is_balanced(row, hours=row.hours)]


def figures_of(statement_id: int) -> dict[str, Any]:
    """What the tally of a statement must say, counted from its signatures. Changes nothing."""
    rows = add_up(COUNT_ROWS, [statement_id]).get(("rows", statement_id), Sum())
    return {**as_fields(rows.figures), "by_reason": read_reasons(statement_id)}


def _add(statement_id: int, change: Sum) -> None:
    """Adds `change` to what the tally shows."""
    tally, _created = Tally.objects.get_or_create(statement_id=statement_id)
    figures = figures_in(tally)
    figures.update(change.figures)
    _write_hours(statement_id, change.flows)
    # Below nothing only what was wrong before can fall: the balance shows it, and signing goes on being counted.
    figures = Counter({key: max(number, 0) for key, number in figures.items()})
    fields = as_fields(figures)
    if change.touches_reasons:
        fields["by_reason"] = read_reasons(statement_id)
    Tally.objects.filter(pk=tally.pk).update(**fields, counted_at=Now())


def _count_afresh(statement_id: int, *, earlier: Sum | None = None) -> Recounted:
    """Writes what the signatures say. `earlier`: changes that this transaction took away before."""
    tally, _created = Tally.objects.get_or_create(statement_id=statement_id)
    sums = add_up(TAKE_CHANGES_COUNT_ROWS, [statement_id, statement_id])
    change, rows = sums.get(("changes", statement_id), Sum()), sums.get(("rows", statement_id), Sum())
    reasons = read_reasons(statement_id)
    hours = _write_flows(statement_id, rows, [earlier or Sum(), change])
    true: dict[str, Any] = {**as_fields(rows.figures), "by_reason": reasons, "hours": rows.figures["counted", ""]}
    figures = figures_in(tally)
    figures.update(change.figures)
    # Reasons are read and not added up: those that just changed are no fault.
    said = reasons if change.touches_reasons else tally.by_reason
    shown = {**as_fields(figures), "by_reason": said, "hours": hours}
    wrong = [name for name in true if shown[name] != true[name]]
    Tally.objects.filter(pk=tally.pk).update(
        **{name: number for name, number in true.items() if name != "hours"},
        countries_shown=disclose_countries(true["by_country"]),
        countries_on=Now(),
        counted_at=Now(),
        recounted_at=Now(),
    )
    difference = None
    # Who asks for a first count does not claim that the tally was right.
    if wrong and earlier is None and not change.asks_afresh:
        difference = Difference({name: shown[name] for name in wrong}, {name: true[name] for name in wrong})
    return Recounted(sum(rows.figures[name, ""] for name in PLAIN[:5]), difference)


def _write_flows(statement_id: int, rows: Sum, changes: list[Sum]) -> int:
    """Adds the changes to the hours and corrects what these lack; returns what they added up to before that.

    Without any hour yet, as at the first count, the hours are those of the signatures that are there.
    """
    hours = HourlyCount.objects.filter(statement=statement_id)
    net = hours.net() + sum(change.net for change in changes)
    if hours.exists():
        for change in changes:
            _write_hours(statement_id, change.flows)
        _correct_hours(statement_id, rows.figures["counted", ""] - net)
    else:
        _write_hours(statement_id, rows.flows)
    return net


def _is_balanced(tally: Tally, *, hours: int) -> bool:
    """Whether the figures agree with each other and with the hours: they do after every honest change."""
    totals = {sum(getattr(tally, name).values()) for name in ("by_proof", "by_version", "by_display", "by_country")}
    totals |= {sum(tally.by_category.values()) + tally.hidden, hours}
    reasons = {state: sum(tally.by_reason.get(state, {}).values()) for state in ("refused", "removed")}
    return totals == {tally.counted} and reasons == {"refused": tally.refused, "removed": tally.removed}


def _write_hours(statement_id: int, flows: Mapping[datetime, Counter[str]]) -> None:
    """Adds what entered and left the count to its hours."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO petitions_hourlycount AS h (statement_id, hour, counted, withdrawn, removed, corrected)"
            " VALUES (%s, %s, %s, %s, %s, 0) ON CONFLICT (statement_id, hour) DO UPDATE"
            " SET counted = h.counted + excluded.counted, withdrawn = h.withdrawn + excluded.withdrawn,"
            " removed = h.removed + excluded.removed",
            [[statement_id, hour, *(flows[hour][name] for name in FLOWS)] for hour in sorted(flows)],
        )


def _correct_hours(statement_id: int, missing: int) -> None:
    """Adds to this hour what all hours lack; those that were published stay as they are."""
    if missing:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO petitions_hourlycount AS h (statement_id, hour, counted, withdrawn, removed, corrected)"
                " VALUES (%s, date_trunc('hour', now(), 'UTC'), 0, 0, 0, %s) ON CONFLICT (statement_id, hour)"
                " DO UPDATE SET corrected = h.corrected + excluded.corrected",
                [statement_id, missing],
            )


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
