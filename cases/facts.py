"""Claims side by side: the one shown first, every one that disagrees, and what no source says."""

from collections.abc import Iterable
from dataclasses import dataclass

from cases.models import Claim

# What a reader will look for; when no claim states one of these the page says so instead of staying silent.
EXPECTED = ("age", "charge", "court", "sentence", "arrest_date", "prison")


@dataclass(frozen=True)
class Fact:
    """All claims about one attribute, the shown one first."""

    label: str
    claims: list[Claim]
    is_disputed: bool


def facts_of(claims: Iterable[Claim]) -> list[Fact]:
    """`claims` grouped by attribute, in the order of the attribute list; disputed where stated values differ."""
    by_attribute: dict[str, list[Claim]] = {}
    for claim in claims:
        by_attribute.setdefault(claim.attribute, []).append(claim)
    return [
        Fact(str(label), sorted(group, key=lambda c: (not c.is_shown, c.knowledge != "stated", c.pk)), _differ(group))
        for attribute, label in Claim.Attribute.choices
        if (group := by_attribute.get(attribute))
    ]


def untold(facts: Iterable[Fact]) -> list[str]:
    """The labels of what a reader expects and no claim mentions."""
    told = {fact.claims[0].attribute for fact in facts}
    return [str(Claim.Attribute(attribute).label) for attribute in EXPECTED if attribute not in told]


def _differ(claims: list[Claim]) -> bool:
    values = {" ".join(claim.value.casefold().split()) for claim in claims if claim.knowledge == "stated"}
    return len(values) > 1
