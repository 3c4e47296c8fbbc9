"""Which entries of the directory a demand of a statement is addressed to, beside the addressees it is printed with.

The printed words are part of the signed text and never change; the link to the directory may be mended. A demand that
continues one of an older version is addressed to the same entries, until somebody chooses for it itself.
"""

from collections.abc import Iterable

from mandates.models import DemandAddressee, Mandate
from petitions.models import Demand


def entries_of(demands: Iterable[Demand]) -> dict[int, list[Mandate]]:
    """The entries of each of `demands`, by its number in the database, in the order in which they were chosen."""
    demands = list(demands)
    statements = {demand.version.statement_id for demand in demands}
    continues = dict(Demand.objects.filter(version__statement__in=statements).values_list("pk", "continues"))
    chosen: dict[int, list[Mandate]] = {}
    for row in DemandAddressee.objects.filter(demand__in=continues).select_related("mandate").order_by("pk"):
        chosen.setdefault(row.demand_id, []).append(row.mandate)
    found: dict[int, list[Mandate]] = {}
    for demand in demands:
        at: int | None = demand.pk
        while at is not None and at not in chosen:
            at = continues.get(at)
        found[demand.pk] = chosen.get(at, []) if at is not None else []
    return found
