"""What the rows say, added up by PostgreSQL: the figures of a tally and the flows of its hours.

The same sums are taken over the changes that wait and over the signatures themselves, so that one can be checked
against the other. `petitions/counts/counting.py` alone writes what comes out.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from petitions.models import Signature, Tally

# The figures by their name and, for one that is by something, by what: ("by_proof", "orcid").
Key = tuple[str, str]

PLAIN = ("counted", "pending", "withdrawn", "refused", "removed", "hidden", "demonstration")
GROUPED = ("by_proof", "by_version", "by_display", "by_category", "by_country")
_OF_STATE = {
    Signature.State.ACCEPTED: "counted",
    Signature.State.PENDING: "pending",
    Signature.State.ASKED: "pending",
    Signature.State.WITHDRAWN: "withdrawn",
    Signature.State.REFUSED: "refused",
    Signature.State.REMOVED: "removed",
}
_COLUMNS = "origin, statement_id, step, state, proof, version_number, category, country, display, is_demonstration"
# Bits of GROUPING(): a bit is 0 where the row is by that column.
_BY = ("proof", "version_number", "category", "country", "display", "is_demonstration", "flow", "hour")
_SUMS = f"""
    SELECT origin, statement_id, GROUPING({", ".join(_BY)}), state, {", ".join(_BY)}, sum(step)::bigint, count(*)
      FROM moved
     GROUP BY GROUPING SETS (
           (origin, statement_id, state), (origin, statement_id, state, proof),
           (origin, statement_id, state, version_number), (origin, statement_id, state, country),
           (origin, statement_id, state, category, display), (origin, statement_id, state, is_demonstration),
           (origin, statement_id, flow, hour))
"""  # noqa: S608  words of this file only
_ROWS = """
    SELECT 'rows', statement_id, 1, state, proof, version_number, category, country, display, is_demonstration,
           CASE WHEN state = 'accepted' THEN 'counted' ELSE '' END,
           CASE WHEN state = 'accepted' THEN date_trunc('hour', accepted_at, 'UTC') END
      FROM petitions_signature WHERE statement_id = %s
"""
COUNT_ROWS = f"WITH moved ({_COLUMNS}, flow, hour) AS ({_ROWS}) {_SUMS}"
TAKE_CHANGES = f"""
    WITH moved AS (
        DELETE FROM petitions_tallychange c
         WHERE NOT EXISTS (SELECT 1 FROM petitions_tally t WHERE t.statement_id = c.statement_id
                              AND t.counted_at > statement_timestamp() - %s::interval)
        RETURNING 'changes' AS {_COLUMNS}, flow, hour)
    {_SUMS}
"""  # noqa: S608  words of this file only
# One statement has one snapshot: the changes it takes away are those of the signatures it counts, to the row.
TAKE_CHANGES_COUNT_ROWS = f"""
    WITH gone AS (
        DELETE FROM petitions_tallychange WHERE statement_id = %s RETURNING 'changes' AS {_COLUMNS}, flow, hour),
    moved AS (SELECT {_COLUMNS}, flow, hour FROM gone UNION ALL {_ROWS})
    {_SUMS}
"""  # noqa: S608  words of this file only
REASONS = """
    SELECT s.state, coalesce(d.reason, ''), count(*)
      FROM petitions_signature s
      LEFT JOIN LATERAL (SELECT reason FROM petitions_moderationdecision
                          WHERE signature_id = s.id ORDER BY at DESC, id DESC LIMIT 1) d ON true
     WHERE s.statement_id = %s AND s.state IN ('refused', 'removed')
     GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass
class Sum:
    """What some rows of one statement add up to: numbers by key, and numbers by hour and flow."""

    figures: Counter[Key] = field(default_factory=Counter)
    flows: dict[datetime, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    # The states that signatures came from or went to; "" when somebody asked to count afresh.
    states: set[str] = field(default_factory=set)

    @property
    def net(self) -> int:
        """By how much the flows change the count."""
        flows = sum(self.flows.values(), Counter())
        return flows["counted"] - flows["withdrawn"] - flows["removed"]

    @property
    def touches_reasons(self) -> bool:
        return not self.states.isdisjoint({Signature.State.REFUSED, Signature.State.REMOVED})

    @property
    def asks_afresh(self) -> bool:
        return "" in self.states


def add_up(sql: str, parameters: list[Any]) -> dict[tuple[str, int], Sum]:
    """The sums that `sql`, one of those above, gives by origin ("changes", "rows") and statement."""
    sums: dict[tuple[str, int], Sum] = defaultdict(Sum)
    with connection.cursor() as cursor:
        # With less PostgreSQL sorts all rows once for each kind of sum, on its disk, instead of adding up in memory.
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute(sql, parameters)
        for origin, statement_id, bits, state, *values, number, movements in cursor:
            is_by = [not bits >> place & 1 for place in reversed(range(len(_BY)))]
            by = {name: value for name, value, shown in zip(_BY, values, is_by, strict=True) if shown}
            if "flow" not in by:
                _enter(sums[origin, statement_id], state, by, number)
            elif by["flow"]:
                sums[origin, statement_id].flows[by["hour"]][by["flow"]] += movements
    return dict(sums)


def _enter(total: Sum, state: str, by: Mapping[str, Any], number: int) -> None:
    """One row of the sums into the figures of `total`."""
    if not by:
        total.states.add(state)
        if state and state != Signature.State.SUPERSEDED:
            total.figures[_OF_STATE[Signature.State(state)], ""] += number
        return
    if state != Signature.State.ACCEPTED:
        return
    for key in _keys(by):
        total.figures[key] += number


def _keys(by: Mapping[str, Any]) -> list[Key]:
    if "is_demonstration" in by:
        return [("demonstration", "")] if by["is_demonstration"] else []
    if "display" in by:
        is_hidden = by["display"] == Signature.Display.HIDDEN
        named = ("hidden", "") if is_hidden else ("by_category", by["category"])
        return [("by_display", by["display"]), named]
    [(name, value)] = by.items()
    return [("by_version" if name == "version_number" else f"by_{name}", str(value))]


def read_reasons(statement_id: int) -> dict[str, dict[str, int]]:
    """Why staff refused or took out: the reason of the last decision on each, counted from an index of those alone."""
    reasons: dict[str, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(REASONS, [statement_id])
        for state, reason, number in cursor:
            reasons.setdefault(state, {})[reason] = number
    return reasons


def figures_in(tally: Tally) -> Counter[Key]:
    """What `tally` shows, in the form in which it can be added to."""
    figures: Counter[Key] = Counter({(name, ""): getattr(tally, name) for name in PLAIN})
    for name in GROUPED:
        figures.update({(name, key): number for key, number in getattr(tally, name).items()})
    return figures


def as_fields(figures: Mapping[Key, int]) -> dict[str, Any]:
    """The fields of a tally that shows `figures`; what is 0 does not stand among the groups."""
    fields: dict[str, Any] = {name: figures.get((name, ""), 0) for name in PLAIN}
    for name in GROUPED:
        fields[name] = {key: number for (group, key), number in sorted(figures.items()) if group == name and number}
    return fields
