"""Claims side by side."""

import pytest

from cases.facts import facts_of, untold
from tests.cases.factories import CaseFactory, ClaimFactory

pytestmark = pytest.mark.django_db


def test_facts_put_the_shown_claim_first_and_keep_the_others() -> None:
    case = CaseFactory.create()
    ClaimFactory.create(case=case, value="53")
    ClaimFactory.create(case=case, value="48", is_shown=True)
    (fact,) = facts_of(case.claims.order_by("pk"))
    assert ([claim.value for claim in fact.claims], fact.is_disputed) == (["48", "53"], True)


def test_facts_that_agree_are_not_disputed() -> None:
    case = CaseFactory.create()
    ClaimFactory.create(case=case, attribute="charge", value="Moharebeh")
    ClaimFactory.create(case=case, attribute="charge", value="moharebeh ")
    ClaimFactory.create(case=case, attribute="charge", value="", knowledge="not_known")
    assert [fact.is_disputed for fact in facts_of(case.claims.order_by("pk"))] == [False]


def test_untold_names_what_a_reader_expects_and_nobody_states() -> None:
    case = CaseFactory.create()
    for attribute in ("age", "charge", "court", "sentence", "prison"):
        ClaimFactory.create(case=case, attribute=attribute)
    assert untold(facts_of(case.claims.all())) == ["date of arrest"]
