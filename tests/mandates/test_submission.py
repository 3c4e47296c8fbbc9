"""What a letter says of its sources, its consents and its dates."""

from datetime import date

import pytest
from django.utils import timezone

from cases.models import Case, Consent
from mandates.drafting import prefill
from mandates.models import Letter
from mandates.submission import render_submissions
from tests.accounts.factories import UserFactory
from tests.cases.factories import CaseFactory, ClaimFactory, EventFactory, SourceFactory
from tests.mandates.factories import LetterFactory, case_of

pytestmark = pytest.mark.django_db


def text_of(letter: Letter) -> str:
    return render_submissions(letter=letter, now=timezone.now())[0].text


def case_told_by_the_brother() -> Case:
    brother = SourceFactory.create(
        publisher="The brother", title="A call", url="https://b.example/x", kind="family", is_withheld=True
    )
    case = CaseFactory.published(source=brother)
    ClaimFactory.create(case=case, attribute="prison", value="Sheiban Prison", source=brother)
    return case


def test_source_that_must_not_be_named_is_named_by_its_kind_in_a_letter() -> None:
    text = text_of(LetterFactory.complete(case=case_told_by_the_brother()))
    assert "- family; not named, for their safety" in text
    for words in ("The brother", "A call", "b.example"):
        assert words not in text


def test_first_draft_does_not_name_a_source_that_must_not_be_named() -> None:
    draft = prefill(case_told_by_the_brother(), kind=Letter.Kind.URGENT_APPEAL)
    assert "Sheiban Prison (source: family, not named for their safety)" in draft["facts"]
    assert "The brother" not in "".join(draft.values())


def test_source_of_a_withheld_claim_is_left_out_of_a_letter() -> None:
    letter = LetterFactory.complete()
    secret, told = SourceFactory.create(title="Their letter"), SourceFactory.create(title="A report")
    case_of(letter).sources.add(secret, told)
    ClaimFactory.create(case=letter.case, attribute="role", knowledge="withheld", value="", source=secret)
    text = text_of(letter)
    assert "A report" in text
    assert "Their letter" not in text


def test_letter_does_not_pass_a_decision_of_ours_off_as_consent() -> None:
    letter = LetterFactory.complete()
    assert text_of(letter).count("agrees that a letter with the name") == text_of(letter).count(": yes.")
    Consent.objects.create(
        case=case_of(letter),
        capacity=Consent.Capacity.NOT_OBTAINABLE,
        how="Held incommunicado",
        given_on=date(2025, 9, 1),
        may_name_to_government=True,
        may_name_in_un_report=True,
        recorded_by=UserFactory.create(),
        recorded_at=timezone.now(),
        second_person=UserFactory.create(),
    )
    assert ": yes." in text_of(letter)
    Consent.objects.filter(capacity=Consent.Capacity.FAMILY).update(withdrawn_at=timezone.now())
    assert ": yes." not in text_of(letter)


def test_letter_says_that_nobody_could_be_asked() -> None:
    letter = LetterFactory.complete(case=CaseFactory.published())
    alone = LetterFactory.create(case=CaseFactory.published())
    alone.addressees.create(mandate=letter.addressees.get().mandate)
    Consent.objects.create(
        case=case_of(alone),
        capacity=Consent.Capacity.NOT_OBTAINABLE,
        how="Held incommunicado",
        given_on=date(2025, 9, 1),
        may_name_to_government=True,
        recorded_by=UserFactory.create(),
        recorded_at=timezone.now(),
        second_person=UserFactory.create(),
    )
    text = text_of(alone)
    assert "another actor: no; nobody can be asked, and two of us have decided" in text
    assert "communications: no." in text


def test_first_draft_keeps_the_precision_of_dates() -> None:
    case = CaseFactory.published(on=date(2025, 9, 27))
    EventFactory.create(case=case, on=date(2023, 1, 1), precision="year")
    assert prefill(case, kind=Letter.Kind.URGENT_APPEAL)["date_of_events"] == "2023 to 27 September 2025"
