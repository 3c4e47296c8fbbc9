"""What a letter rests on, asked once more when it leaves."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from cases.models import Case, Consent
from mandates import standing
from mandates.models import Letter
from mandates.standing import why_fallen
from tests.cases.factories import StatusEventFactory
from tests.mandates.factories import LetterFactory, case_of

pytestmark = pytest.mark.django_db


def die(letter: Letter) -> None:
    StatusEventFactory.create(case=case_of(letter), status="executed", on=timezone.now().date())


@pytest.mark.parametrize(
    ("fall", "reason"),
    [
        (lambda letter: Consent.objects.update(withdrawn_at=timezone.now()), standing.CONSENT_GONE),
        (lambda letter: Case.objects.update(state="unpublished"), standing.CASE_GONE),
        (die, standing.PERSON_DEAD),
    ],
)
def test_letter_on_a_case_falls_with_what_it_rests_on(fall: Callable[[Letter], object], reason: str) -> None:
    letter = LetterFactory.complete()
    assert why_fallen(letter, now=timezone.now()) == ""
    fall(letter)
    assert why_fallen(Letter.objects.get(pk=letter.pk), now=timezone.now()) == reason


def test_allegation_letter_about_a_dead_person_stands() -> None:
    letter = LetterFactory.complete(kind="allegation_letter")
    die(letter)
    assert why_fallen(Letter.objects.get(pk=letter.pk), now=timezone.now()) == ""
