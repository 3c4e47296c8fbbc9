"""Which mandates are proposed."""

import pytest

from mandates import directory
from mandates.competence import propose_mandates
from mandates.models import Violation

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("violations", "country", "expected"),
    [
        ([], "IR", []),
        (["torture"], "", ["sr-torture"]),
        (["denial-medical-care"], "AF", ["sr-health", "sr-torture", "sr-afghanistan"]),
        (["denial-medical-care"], "NL", ["sr-health", "sr-torture"]),
        (
            ["death-sentence-unfair-trial"],
            "IR",
            [
                "sr-executions", "sr-independence-of-judges-and-lawyers", "wg-arbitrary-detention", "sr-torture",
                "sr-iran", "ffm-iran",
            ],
        ),
        (
            ["torture", "forced-confession", "denial-of-counsel"],
            "IR",
            ["sr-independence-of-judges-and-lawyers", "sr-torture", "wg-arbitrary-detention", "sr-iran", "ffm-iran"],
        ),
    ],
)  # fmt: skip
def test_propose_mandates_ranks_thematic_then_country_then_mission(
    violations: list[str], country: str, expected: list[str]
) -> None:
    directory.load()
    pairs = propose_mandates(violations=Violation.objects.filter(slug__in=violations), country=country)
    assert [mandate.slug for mandate, _why in pairs] == expected


def test_propose_mandates_never_proposes_forms_desks_or_sponsors() -> None:
    directory.load()
    for country in ("IR", "CA"):
        pairs = propose_mandates(violations=Violation.objects.all(), country=country)
        kinds = {mandate.kind for mandate, _why in pairs}
        assert kinds <= {"special rapporteur", "working group", "independent expert", "fact-finding mission"}


def test_propose_mandates_says_why() -> None:
    directory.load()
    pairs = propose_mandates(violations=Violation.objects.filter(slug="torture"), country="IR")
    assert [why for _mandate, why in pairs] == [
        "Competent for: Torture",
        "The mandate for this country",
        "The fact-finding mission for this country",
    ]
