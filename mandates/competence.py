"""Which mandates a letter could go to."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mandates.models import Competence, Mandate, Violation


@dataclass
class _Weight:
    mandate: Mandate
    lead: int
    labels: list[str] = field(default_factory=list)

    @property
    def rank(self) -> tuple[int, int, str]:
        return (-len(self.labels), self.lead, self.mandate.slug)


def propose_mandates(*, violations: Iterable[Violation], country: str) -> list[tuple[Mandate, str]]:
    """Mandates competent for `violations` in `country` (ISO 3166 alpha-2), best first, each with why.

    Thematic mandates by how many of the violations are theirs, the leading one of a violation first on a tie; then the
    country's own mandate, then its fact-finding mission. Forms, desks and offices are never proposed. Source: the
    project's taxonomy (mandates/data/violations.csv), read off each mandate's own page on what it takes up.
    """
    chosen = list(violations)
    proposed = _thematic(chosen)
    if chosen and country:
        proposed += _of_country(country)
    return proposed


def _thematic(violations: list[Violation]) -> list[tuple[Mandate, str]]:
    weights: dict[int, _Weight] = {}
    rows = Competence.objects.filter(violation__in=violations, mandate__scope=Mandate.Scope.THEMATIC)
    for row in rows.select_related("mandate", "violation").order_by("violation__position", "violation_id", "position"):
        weight = weights.setdefault(row.mandate_id, _Weight(row.mandate, row.position))
        weight.lead = min(weight.lead, row.position)
        weight.labels.append(_label(row.violation))
    ranked = sorted(weights.values(), key=lambda weight: weight.rank)
    return [(w.mandate, _("Competent for: %(list)s") % {"list": _separator().join(w.labels)}) for w in ranked]


def _of_country(country: str) -> list[tuple[Mandate, str]]:
    mandates = Mandate.objects.filter(country=country)
    own = mandates.filter(scope=Mandate.Scope.COUNTRY).order_by("slug")
    missions = mandates.filter(scope=Mandate.Scope.OTHER, kind="fact-finding mission").order_by("slug")
    return [(mandate, _("The mandate for this country")) for mandate in own] + [
        (mandate, _("The fact-finding mission for this country")) for mandate in missions
    ]


def _label(violation: Violation) -> str:
    is_persian = get_language() == "fa"
    return violation.label_fa if is_persian and violation.label_fa else violation.label


def _separator() -> str:
    return "؛ " if get_language() == "fa" else "; "
