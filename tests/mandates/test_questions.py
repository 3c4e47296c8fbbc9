"""What single mandates ask beyond the minimum: answered from the case, demanded before approval, told to them alone."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from mandates import actions
from mandates.checking import check_letter
from mandates.errors import LetterIncompleteError
from mandates.models import Letter, LetterAnswer, Mandate
from mandates.questions import ASKED
from mandates.questions.disappearances import abbreviations_in, disappeared_on, may_be_urgent
from mandates.rules import DETENTION, DETENTION_PROCEDURES, DISAPPEARANCES, DISAPPEARANCES_URGENT, Rule
from mandates.submission import render_submissions
from tests.accounts.factories import UserFactory
from tests.cases.factories import CaseFactory, ClaimFactory
from tests.mandates.factories import LetterFactory, MandateFactory, ViolationFactory, answer_all, put_in_review

pytestmark = pytest.mark.django_db

DETENTIONS, DISAPPEARED = "wg-arbitrary-detention", "wg-disappearances"


def letter_to(slug: str, **answers: str) -> Letter:
    """A complete letter to the mandate `slug` alone, all its questions answered, `answers` in particular."""
    letter = LetterFactory.complete(mandates=[MandateFactory.reachable(slug=slug)])
    return answer_all(letter, **answers)


def findings(letter: Letter) -> list[tuple[str, bool]]:
    return [(finding.code, finding.is_missing) for finding in check_letter(letter=letter, now=timezone.now())]


def set_answer(key: str, text: str) -> Callable[[Letter], object]:
    return lambda letter: LetterAnswer.objects.filter(letter=letter, question=key).update(text=text)


def regular_to_several(letter: Letter) -> None:
    Letter.objects.filter(pk=letter.pk).update(kind="allegation_letter")
    set_answer("procedure", "regular")(letter)
    letter.addressees.create(mandate=MandateFactory.reachable())


GATES: list[tuple[str, str, Rule, Callable[[Letter], object]]] = [
    (DETENTIONS, "questions", DETENTION, set_answer("identity", " ")),
    (DETENTIONS, "questions", DETENTION_PROCEDURES, set_answer("procedure", "")),
    (DETENTIONS, "two_requests", DETENTION_PROCEDURES, set_answer("procedure", "regular")),
    (DETENTIONS, "regular_alone", DETENTION_PROCEDURES, regular_to_several),
    *(
        (DISAPPEARED, "questions", DISAPPEARANCES, set_answer(key, ""))
        for key in ("full_name", "date", "place", "forces", "action", "submitter")
    ),
    (DISAPPEARED, "disappearance_date", DISAPPEARANCES, set_answer("date", "last summer, 2025")),
    (DISAPPEARED, "urgent_closed", DISAPPEARANCES_URGENT, set_answer("route", "urgent")),
    (DISAPPEARED, "abbreviations", DISAPPEARANCES, set_answer("forces", "The IRGC and the N.A.J.A.")),
    *(
        (slug, "questions", question.rule, set_answer(question.key, ""))
        for slug, asked in ASKED.items()
        if slug.startswith("sr-")
        for question in asked
        if question.needed
    ),
]


@pytest.mark.parametrize(("slug", "code", "rule", "take_away"), GATES)
def test_letter_that_lacks_what_a_mandate_needs_is_refused_with_its_rule(
    slug: str, code: str, rule: Rule, take_away: Callable[[Letter], object]
) -> None:
    letter = letter_to(slug)
    assert findings(letter) == []
    take_away(letter)
    put_in_review(letter)
    with pytest.raises(LetterIncompleteError) as refusal:
        actions.approve_letter(letter=letter, by=UserFactory.with_role("letter_author"), now=timezone.now())
    assert [(f.code, f.rule) for f in refusal.value.findings] == [(code, rule)]
    assert refusal.value.findings[0].mend_url == reverse("mandates:letter_questions", args=[letter.pk])


def test_regular_procedure_needs_the_whole_questionnaire() -> None:
    letter = letter_to(DETENTIONS, procedure="regular")
    Letter.objects.filter(pk=letter.pk).update(kind="allegation_letter")
    letter.refresh_from_db()
    assert findings(letter) == []
    set_answer("categories", "")(letter)
    assert findings(letter) == [("questions", True)]


def test_urgent_route_is_offered_while_it_is_open() -> None:
    lately = (timezone.now() - timedelta(days=40)).date()
    letter = letter_to(DISAPPEARED, date=lately.isoformat())
    assert findings(letter) == [("urgent_open", False)]
    set_answer("route", "urgent")(letter)
    assert findings(letter) == []


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ("2 July 2025", date(2025, 7, 2)),
        ("in July 2025 or so", date(2025, 7, 1)),
        ("1er août 2025", date(2025, 8, 1)),
        ("27 de julio de 2025", date(2025, 7, 27)),
        ("2025-07", date(2025, 7, 1)),
        ("31 February 2025", None),
        ("summer of 2025", None),
        ("", None),
    ],
)
def test_date_of_a_disappearance_needs_month_and_year(told: str, day: date | None) -> None:
    assert disappeared_on(told) == day


def test_three_months_are_counted_from_the_disappearance() -> None:
    day = date(2026, 8, 21)
    assert [may_be_urgent(day, today=day + timedelta(days=n)) for n in (-1, 0, 92, 93)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("The IRGC, with IRGC men", ["IRGC"]),
        ("Branch II of the court in Ahvaz", []),
        ("An NGO wrote to the UN", []),
        ("AGENTSANDMORE", []),
        ("The M.O.I.S. took him", ["M.O.I.S."]),
    ],
)
def test_abbreviations_of_institutions_are_found(text: str, short: list[str]) -> None:
    assert abbreviations_in(text) == short


def test_draft_answers_the_questions_from_the_case() -> None:
    mandates = [MandateFactory.reachable(slug=slug) for slug in (DETENTIONS, DISAPPEARED)]
    case = CaseFactory.published()
    ClaimFactory.create(case=case, attribute="charge", value="moharebeh")
    ClaimFactory.create(case=case, attribute="arrest_date", value="2 July 2025")
    by = UserFactory.with_role("letter_author")
    letter = actions.draft_letter(case=case, violations=[ViolationFactory.of(*mandates)], by=by, now=timezone.now())
    told = {(row.mandate.slug, row.question): row.text for row in letter.answers.select_related("mandate")}
    assert told[DETENTIONS, "procedure"] == "urgent"
    assert "moharebeh" in told[DETENTIONS, "reasons"]
    assert told[DISAPPEARED, "date"] == "2 July 2025"
    assert told[DISAPPEARED, "route"] == "standard"
    assert told[DISAPPEARED, "full_name"].startswith("Invented Person")


def test_answers_of_a_mandate_leave_with_it_and_are_asked_when_it_comes() -> None:
    letter = letter_to(DETENTIONS)
    other = MandateFactory.reachable(slug="sr-torture")
    actions.choose_addressees(letter=letter, mandates=[other], by=letter.author, now=timezone.now())
    assert set(letter.answers.values_list("mandate__slug", flat=True)) == {"sr-torture"}
    plain = MandateFactory.reachable()
    actions.choose_addressees(letter=letter, mandates=[plain], by=letter.author, now=timezone.now())
    assert not letter.answers.exists()


def test_answers_stand_in_the_submission_of_that_mandate_alone() -> None:
    letter = letter_to("sr-torture", treatment="Held in the dark for eleven weeks")
    letter.addressees.create(mandate=MandateFactory.reachable())
    letter.is_joint = False
    letter.save(update_fields=["is_joint"])
    texts = {s.mandate.slug: s.text for s in render_submissions(letter=letter, now=timezone.now())}
    assert {slug: "eleven weeks" in text for slug, text in texts.items()} == {
        slug: slug == "sr-torture" for slug in texts
    }


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_every_question_has_a_heading_in_every_language_of_letters(language: str) -> None:
    with translation.override("fa"):
        for questions in ASKED.values():
            headings = [question.in_letter(language) for question in questions]
            assert all(headings)
            assert language == "en" or not {q.in_letter("en") for q in questions} & set(headings)
            choices = [choice for question in questions for choice in question.choices]
            assert all(language == "en" or choice.words.get(language) for choice in choices)


def test_questions_page_saves_answers_and_takes_the_letter_out_of_review(client: Client) -> None:
    letter = letter_to(DETENTIONS)
    letter = actions.submit_letter(letter=letter, by=letter.author, now=timezone.now())
    mandate = Mandate.objects.get(slug=DETENTIONS)
    client.force_login(letter.author)
    url = reverse("mandates:letter_questions", args=[letter.pk])
    page = client.get(url)
    assert "model questionnaire" in page.content.decode()
    data = {f"m{mandate.pk}-{key}": "Told" for key in ("identity", "arrest", "detention", "reasons")}
    data |= {f"m{mandate.pk}-procedure": "urgent"}
    client.post(url, {**data, f"m{mandate.pk}-categories": ["I", "III"]})
    letter.refresh_from_db()
    stored = dict(letter.answers.values_list("question", "text"))
    assert (letter.state, stored["categories"], stored["identity"]) == (Letter.State.DRAFT, "I, III", "Told")
    wrong = client.post(url, {**data, f"m{mandate.pk}-procedure": "both", f"m{mandate.pk}-arrest": "x" * 20_001})
    assert set(wrong.context["form"].errors) == {f"m{mandate.pk}-procedure", f"m{mandate.pk}-arrest"}
    assert "x" * 20_001 in wrong.content.decode()


def test_answer_to_a_question_nobody_asked_is_refused() -> None:
    letter = letter_to(DETENTIONS)
    mandate = Mandate.objects.get(slug=DETENTIONS)
    for key in [(mandate.pk, "shoe_size"), (MandateFactory.create(slug="sr-torture").pk, "treatment")]:
        with pytest.raises(ValueError, match="is not asked by"):
            actions.answer_questions(letter=letter, answers={key: "x"}, by=letter.author, now=timezone.now())
