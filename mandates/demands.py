"""Which entries of the directory a demand of a statement is addressed to, beside the addressees it is printed with.

The printed words are part of the signed text and never change; the link to the directory may be mended. A demand that
continues one of an older version is addressed to the same entries, until somebody chooses for it itself.
"""

from collections.abc import Iterable, Mapping

from mandates.models import DemandAddressee, Mandate
from petitions.models import Demand
from petitions.texts.reading import line_of


def entries_of(demands: Iterable[Demand]) -> dict[int, list[Mandate]]:
    """The entries of each of `demands`, by its number in the database, in the order in which they were chosen."""
    demands = list(demands)
    statements = {demand.version.statement_id for demand in demands}
    continues = dict(Demand.objects.filter(version__statement__in=statements).values_list("pk", "continues"))
    return entries_of_lines({demand.pk: line_of(demand.pk, continues) for demand in demands})


def entries_of_lines(lines: Mapping[int, list[int]]) -> dict[int, list[Mandate]]:
    """The same for demands whose lines (`petitions.texts.reading.line_of`) are known, in one query."""
    chosen: dict[int, list[Mandate]] = {}
    known = {pk for line in lines.values() for pk in line}
    for row in DemandAddressee.objects.filter(demand__in=known).select_related("mandate").order_by("pk"):
        chosen.setdefault(row.demand_id, []).append(row.mandate)
    return {demand: next((chosen[pk] for pk in line if pk in chosen), []) for demand, line in lines.items()}
