"""First drafts in the three languages of the mandates, and letters that come too soon after another."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from cases.models import Case, Claim, Person, Source, StatusEvent
from mandates import actions
from mandates.checking import check_letter
from mandates.drafting import prefill
from mandates.drafting.phrases import ATTRIBUTES, GENDERS, PHRASES, SOURCE_KINDS, STATUSES, when
from mandates.models import Violation
from mandates.recent import letters_lately
from mandates.submission import render_submissions
from mandates.submission.wording import HEADINGS, VIOLATIONS_CSV, violation_in
from outbox.models import Message
from tests.accounts.factories import UserFactory
from tests.cases.factories import CaseFactory, ClaimFactory, EventFactory
from tests.mandates.factories import LetterFactory, MandateFactory, ViolationFactory

pytestmark = pytest.mark.django_db


def told_case() -> Case:
    case = CaseFactory.published()
    ClaimFactory.create(case=case, attribute="charge", value="moharebeh")
    EventFactory.create(case=case, text="Agents took him from his home", on=date(2025, 8, 1), precision="month")
    return case


@pytest.mark.parametrize(
    ("language", "mark", "words"),
    [
        ("fr", "[à traduire]", ["27 septembre 2025 : condamnation à mort.", "Accusation : [à traduire] moharebeh"]),
        ("es", "[por traducir]", ["27 de septiembre de 2025: condena a muerte.", "Cargo: [por traducir] moharebeh"]),
    ],
)
def test_draft_is_in_its_language_and_marks_what_is_not(language: str, mark: str, words: list[str]) -> None:
    with translation.override("fa"):
        draft = prefill(told_case(), kind="urgent_appeal", language=language)
    for line in words:
        assert line in draft["facts"]
    assert f"{mark} Agents took him from his home" in draft["facts"]
    assert "sentenced to death" not in "".join(draft.values())
    assert "We ask" not in draft["request"]


def test_english_draft_marks_nothing() -> None:
    draft = prefill(told_case(), kind="urgent_appeal")
    assert "August 2025: Agents took him from his home" in draft["facts"]
    assert "[" not in "".join(draft.values())


def test_marks_that_are_left_warn_until_they_are_gone() -> None:
    letter = LetterFactory.complete(language="fr", facts="27 juillet : [à traduire] he was taken.")
    assert [(f.code, f.is_missing) for f in check_letter(letter=letter, now=timezone.now())] == [
        ("untranslated", False)
    ]
    actions.edit_letter(letter=letter, words={"facts": "Il a été emmené."}, by=letter.author, now=timezone.now())
    letter.refresh_from_db()
    assert check_letter(letter=letter, now=timezone.now()) == []


def test_english_facts_in_a_spanish_letter_warn_without_a_mark() -> None:
    facts = "He was taken by the agents and held. The court that passed the sentence was asked by the family."
    codes = [
        f.code for f in check_letter(letter=LetterFactory.complete(language="es", facts=facts), now=timezone.now())
    ]
    assert codes == ["untranslated"]


@pytest.mark.parametrize("language", ["fr", "es"])
def test_french_and_spanish_letters_hold_no_english_heading(language: str) -> None:
    letter = LetterFactory.complete(language=language, mandates=[MandateFactory.reachable() for _each in range(2)])
    text = render_submissions(letter=letter, now=timezone.now())[0].text
    for key in ("victim", "circumstances", "consent", "copy", "dated"):
        assert HEADINGS[language][key] in text
        assert HEADINGS["en"][key] not in text


@pytest.mark.parametrize(
    ("day", "precision", "french", "spanish"),
    [
        (date(2025, 8, 1), "day", "1er août 2025", "1 de agosto de 2025"),
        (date(2025, 8, 1), "month", "août 2025", "agosto de 2025"),
        (date(2025, 1, 1), "year", "2025", "2025"),
        (date(2025, 8, 2), "about", "vers le 2 août 2025", "hacia el 2 de agosto de 2025"),
        (None, "unknown", "date inconnue", "fecha desconocida"),
    ],
)
def test_dates_are_written_as_the_language_does(day: date | None, precision: str, french: str, spanish: str) -> None:
    assert (when(day, precision, "fr"), when(day, precision, "es")) == (french, spanish)


def test_every_fixed_word_is_there_in_every_language() -> None:
    assert set(HEADINGS["en"]) == set(HEADINGS["fr"]) == set(HEADINGS["es"])
    assert set(PHRASES["en"]) <= set(PHRASES["fr"]) == set(PHRASES["es"])
    assert set(ATTRIBUTES) == set(Claim.Attribute)
    assert set(STATUSES) == set(StatusEvent.Status)
    assert set(SOURCE_KINDS) == set(Source.Kind)
    assert set(GENDERS) == set(Person.Gender)


def test_every_violation_of_the_taxonomy_is_translated() -> None:
    ours = VIOLATIONS_CSV.read_text(encoding="utf-8").splitlines()
    taxonomy = (VIOLATIONS_CSV.parent.parent / "data" / "violations.csv").read_text(encoding="utf-8").splitlines()
    assert sorted(line.split(",")[0] for line in ours) == sorted(line.split(",")[0] for line in taxonomy)
    known, new = Violation(slug="torture", label="Torture"), ViolationFactory.build(slug="brand-new", label="New")
    assert violation_in(Violation(slug="unfair-trial", label="Unfair"), "es").startswith("Juicio injusto")
    assert (violation_in(known, "en"), violation_in(new, "fr")) == ("Torture", "New")


def test_letter_of_the_last_thirty_days_is_shown_where_one_begins(client: Client) -> None:
    first = LetterFactory.approved()
    assert first.case
    client.force_login(first.author)
    url = reverse("mandates:letter_create", args=[first.case.slug])
    page = client.get(url).content.decode()
    assert "In the last 30 days a letter on this went out" in page
    assert first.get_absolute_url() in page
    start = client.get(reverse("mandates:letter_start")).content.decode()
    assert f'<a href="{first.get_absolute_url()}">' in start
    Message.objects.update(state="cancelled")
    assert "In the last 30 days" not in client.get(url).content.decode()


def test_warning_links_to_the_letter_and_is_for_the_same_mandate_only() -> None:
    mandate = MandateFactory.reachable()
    first = LetterFactory.approved(mandates=[mandate, MandateFactory.reachable()])
    letter = LetterFactory.complete(case=first.case, mandates=[mandate])
    (finding,) = check_letter(letter=letter, now=timezone.now())
    assert (finding.code, finding.mend_url) == ("recent_letter", first.get_absolute_url())
    other = LetterFactory.complete(case=first.case)
    assert check_letter(letter=other, now=timezone.now()) == []
    assert [recent.letter for recent in letters_lately(case=first.case, now=timezone.now())] == [first]
    assert letters_lately(case=first.case, now=timezone.now() + timedelta(days=31)) == []


def test_draft_letter_in_french_has_french_answers() -> None:
    mandate = MandateFactory.reachable(slug="wg-arbitrary-detention")
    by = UserFactory.with_role("letter_author")
    letter = actions.draft_letter(
        case=told_case(), violations=[ViolationFactory.of(mandate)], by=by, now=timezone.now(), language="fr"
    )
    assert letter.answers.get(question="reasons").text.startswith("Accusation : [à traduire] moharebeh")
    text = render_submissions(letter=letter, now=timezone.now())[0].text
    assert "Motifs invoqués par les autorités" in text
    assert "Appel urgent : la liberté" in text
