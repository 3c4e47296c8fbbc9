"""Whom a letter goes to: who is proposed and why, who leads, in which order."""

from django.utils.translation import gettext as _

from mandates.competence import propose_mandates
from mandates.demands import entries_of
from mandates.models import Letter, LetterAddressee, Mandate
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
    demands = list(version.demands.select_related("version").order_by("position", "pk"))
    entries = entries_of(demands)
    addressable = set(Mandate.objects.addressable().values_list("pk", flat=True))
    numbers: dict[Mandate, list[str]] = {}
    for demand in demands:
        for mandate in entries[demand.pk]:
            if mandate.pk in addressable:
                numbers.setdefault(mandate, []).append(demand.number)
    return [
        (mandate, _("Demands addressed to it: %(list)s") % {"list": ", ".join(asked)})
        for mandate, asked in numbers.items()
    ]
