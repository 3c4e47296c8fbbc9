"""Whom a letter goes to: who is proposed and why, who leads, in which order."""

from django.utils.translation import gettext as _

from mandates.competence import propose_mandates
from mandates.models import DemandAddressee, Letter, LetterAddressee, Mandate
from petitions.models import StatementVersion


def proposed_for(letter: Letter) -> list[tuple[Mandate, str]]:
    """Mandates proposed for `letter`, best first, each with why: competence, or a demand of the statement."""
    if letter.statement_version is not None:
        return _named_by_demands(letter.statement_version)
    return propose_mandates(violations=letter.violations.all(), country=letter.country)


def addressees_of(letter: Letter) -> list[Mandate]:
    """The mandates `letter` goes to, the leading one first, then in the order in which they were chosen."""
    rows = LetterAddressee.objects.filter(letter=letter).select_related("mandate")
    return [row.mandate for row in rows.prefetch_related("mandate__contact_points").order_by("-is_lead", "pk")]


def _named_by_demands(version: StatementVersion) -> list[tuple[Mandate, str]]:
    rows = DemandAddressee.objects.filter(demand__version=version, mandate__in=Mandate.objects.addressable())
    numbers: dict[Mandate, list[str]] = {}
    for row in rows.select_related("mandate", "demand").order_by("demand__position", "pk"):
        numbers.setdefault(row.mandate, []).append(row.demand.number)
    return [
        (mandate, _("Demands addressed to it: %(list)s") % {"list": ", ".join(asked)})
        for mandate, asked in numbers.items()
    ]
