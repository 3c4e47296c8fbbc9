"""The cover letter that hands over a statement: what it quotes, what stops it, whom it may name."""

import hashlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from cases.models import Case, Consent
from mandates import actions, standing
from mandates.checking import check_letter
from mandates.errors import LetterIncompleteError
from mandates.models import Letter, LetterCase
from mandates.rules import CHANNEL, HOUSE_NAMED, HOUSE_NAMES, HOUSE_STATEMENT, MINIMUM, NOT_ANONYMOUS, Rule
from mandates.sending import may_leave
from mandates.submission import Submission, fingerprint, render_submissions
from petitions.actions import freeze_version, open_statement
from petitions.counts.counting import count_signatures
from petitions.models import Statement, VersionText
from tests.accounts.factories import UserFactory
from tests.cases.factories import CaseFactory, ConsentFactory
from tests.mandates.factories import CoverLetterFactory, MandateFactory, put_in_review
from tests.petitions.factories import SignatureFactory, StatementFactory, draft_version, new_version

pytestmark = pytest.mark.django_db


def first(letter: Letter) -> Submission:
    return render_submissions(letter=letter, now=timezone.now())[0]


def approve(letter: Letter) -> Letter:
    return actions.approve_letter(letter=letter, by=UserFactory.with_role("letter_author"), now=timezone.now())


def statement_with_case() -> Statement:
    statement = StatementFactory.open(kind=Statement.Kind.EXPERT)
    statement.cases.add(CaseFactory.published())
    return statement


def test_cover_letter_quotes_the_frozen_text_with_its_fingerprint_and_the_count() -> None:
    statement = statement_with_case()
    SignatureFactory.accepted(statement=statement)
    SignatureFactory.create(statement=statement)
    count_signatures()
    submission = first(CoverLetterFactory.complete(statement=statement))
    text = VersionText.objects.get(version__statement=statement, language="en")
    assert text.sha256 in submission.text
    assert "> Spare the lives, version 1" in submission.text
    assert "1 had signed version 1; all versions together, 1" in submission.text
    assert statement.cases.get().person.name_in("en") in submission.text
    signed = next(file for file in submission.attachments if file.media_type == "text/plain")
    assert (hashlib.sha256(signed.content).hexdigest(), signed.sha256) == (text.sha256, text.sha256)


def test_cover_letter_goes_to_those_whom_the_demands_name() -> None:
    mandates = [MandateFactory.reachable(), MandateFactory.reachable()]
    letter = CoverLetterFactory.complete(mandates=mandates)
    assert [row.mandate for row in letter.addressees.order_by("pk")] == mandates


def test_cover_letter_is_approved_and_leaves_nothing_open() -> None:
    letter = CoverLetterFactory.in_review()
    assert check_letter(letter=letter, now=timezone.now()) == []
    assert approve(letter).deliveries.count() == 1


def test_count_is_taken_when_it_is_submitted_and_then_stands() -> None:
    letter = CoverLetterFactory.complete()
    assert letter.statement_version
    statement = letter.statement_version.statement
    SignatureFactory.accepted(statement=statement)
    count_signatures()
    letter = actions.submit_letter(letter=letter, by=letter.author, now=timezone.now())
    seen = fingerprint(render_submissions(letter=letter, now=timezone.now()))
    SignatureFactory.accepted(statement=statement)
    count_signatures()
    assert (letter.signed_version, letter.signed_in_all) == (1, 1)
    assert fingerprint(render_submissions(letter=letter, now=timezone.now())) == seen


def name_in_subject(letter: Letter) -> None:
    letter.named_cases.get().case.person.names.filter(script="latn").update(text="Zahra Sample")
    Letter.objects.filter(pk=letter.pk).update(subject="Spare Zahra")


def withdraw(letter: Letter) -> None:
    case = letter.named_cases.get().case
    ConsentFactory.create(case=case, may_publish=True)
    Consent.objects.filter(case=case).update(withdrawn_at=timezone.now())


def blank(**words: str) -> Callable[[Letter], object]:
    return lambda letter: Letter.objects.filter(pk=letter.pk).update(**words)


GATES: list[tuple[str, Rule, Callable[[Letter], object]]] = [
    ("subject", CHANNEL, blank(subject="")),
    ("name_in_subject", HOUSE_NAMES, name_in_subject),
    ("submitter", MINIMUM, blank(submitter=" ")),
    ("anonymous", NOT_ANONYMOUS, blank(submitter="Anonymous")),
    ("request", MINIMUM, blank(request="")),
    ("language", CHANNEL, blank(language="fa")),
    ("addressees", MINIMUM, lambda letter: letter.addressees.all().delete()),
    ("statement", HOUSE_STATEMENT, lambda letter: Statement.objects.update(state="draft")),
    ("named", HOUSE_NAMED, lambda letter: Case.objects.update(state="unpublished")),
    ("named", HOUSE_NAMED, withdraw),
]


@pytest.mark.parametrize(("code", "rule", "take_away"), GATES)
def test_cover_letter_that_lacks_one_gate_is_refused_with_its_rule(
    code: str, rule: Rule, take_away: Callable[[Letter], object]
) -> None:
    letter = CoverLetterFactory.complete(statement=statement_with_case())
    assert check_letter(letter=letter, now=timezone.now()) == []
    take_away(letter)
    put_in_review(letter)
    with pytest.raises(LetterIncompleteError) as refusal:
        approve(letter)
    assert [(f.code, f.rule) for f in refusal.value.findings] == [(code, rule)]
    assert refusal.value.findings[0].mend_url.startswith("/")
    assert not letter.deliveries.exists()


def test_cover_letter_of_another_version_or_with_an_old_count_warns() -> None:
    letter = CoverLetterFactory.complete()
    assert letter.statement_version
    new_version(letter.statement_version.statement)
    later = timezone.now() + timedelta(days=8)
    codes = {finding.code: finding.is_missing for finding in check_letter(letter=letter, now=later)}
    assert codes == {"version_old": False, "count_old": False}


@pytest.mark.parametrize(
    ("fall", "reason"),
    [
        (lambda: Statement.objects.update(state="draft"), standing.STATEMENT_GONE),
        (lambda: Case.objects.update(state="unpublished"), standing.NAMED_GONE),
    ],
)
def test_cover_letter_stays_here_when_what_it_rests_on_falls(
    fall: Callable[[], object], reason: str, settings: Settings
) -> None:
    settings.MANDATES_MODE = "live"
    letter = approve(CoverLetterFactory.in_review(statement=statement_with_case()))
    message = letter.deliveries.get().message
    assert may_leave(message) == ""
    fall()
    assert may_leave(message) == reason


@pytest.mark.parametrize(("environment", "stops"), [("production", True), ("development", False)])
def test_invented_signatures_are_never_handed_over_in_production(
    environment: str, stops: bool, settings: Settings
) -> None:
    statement = StatementFactory.open(kind=Statement.Kind.EXPERT)
    SignatureFactory.accepted(statement=statement, is_demonstration=True)
    count_signatures()
    letter = CoverLetterFactory.complete(statement=statement)
    assert letter.is_demonstration
    settings.ENVIRONMENT = environment
    findings = {finding.code: finding.is_missing for finding in check_letter(letter=letter, now=timezone.now())}
    assert findings["count_invented"] is stops


def test_persian_original_is_quoted_as_it_was_signed() -> None:
    statement = StatementFactory.create(kind=Statement.Kind.EXPERT, original_language="fa")
    version = draft_version(statement)
    VersionText.objects.filter(version=version, language="en").update(is_unofficial=True)
    VersionText.objects.filter(version=version, language="fa").update(is_unofficial=False)
    now = timezone.now()
    freeze_version(version=version, by=statement.written_by, now=now)
    open_statement(statement=statement, by=UserFactory.create(), now=now)
    submission = first(CoverLetterFactory.complete(statement=statement))
    signed = VersionText.objects.get(version=version, language="fa")
    assert signed.sha256 in submission.text
    assert "> جان‌ها را نجات دهید" in submission.text
    assert '<blockquote lang="fa" dir="rtl">' in submission.html
    assert "Unofficial translation, for reading only" in submission.text
    assert submission.pdf
    assert b"pdfuaid:part" in submission.pdf.content


def test_letter_is_about_a_case_or_a_statement_never_both_or_neither() -> None:
    letter, case = CoverLetterFactory.complete(), CaseFactory.published()
    for values in ({"case": case}, {"statement_version": None}, {"kind": "urgent_appeal"}):
        with pytest.raises(IntegrityError, match="on_case_or_statement"), transaction.atomic():
            Letter.objects.filter(pk=letter.pk).update(**values)


def test_named_people_of_an_approved_letter_are_frozen_by_the_database() -> None:
    letter = approve(CoverLetterFactory.in_review(statement=statement_with_case()))
    with pytest.raises(DatabaseError, match="cannot change"), transaction.atomic():
        LetterCase.objects.filter(letter=letter).delete()


def test_handing_over_goes_over_the_pages(client: Client) -> None:
    statement = statement_with_case()
    by = UserFactory.with_role("letter_author")
    client.force_login(by)
    start = client.get(reverse("mandates:letter_start")).content.decode()
    url = reverse("mandates:cover_create", args=[statement.slug])
    assert url in start
    client.post(url, {"language": "fr"})
    letter = Letter.objects.get()
    assert (letter.kind, letter.language, letter.cases) == ("cover_letter", "fr", list(statement.cases.all()))
    edit = reverse("mandates:letter_edit", args=[letter.pk])
    words = {"language": "fr", "subject": "Remise", "facts": "Bonjour", "request": "Lisez", "submitter": "Société"}
    assert "named" in client.get(edit).context["form"].fields
    client.post(edit, {**words, "named": []})
    letter.refresh_from_db()
    assert (letter.facts, letter.cases) == ("Bonjour", [])
    stranger = CaseFactory.published()
    page = client.post(edit, {**words, "named": [stranger.pk]})
    assert list(page.context["form"].errors) == ["named"]
    for name in ("letter_desk", "letter_start"):
        assert client.get(reverse(f"mandates:{name}")).status_code == 200
    assert "Remise" in client.get(letter.get_absolute_url()).content.decode()
    assert client.get(reverse("mandates:letter_online", args=[letter.pk])).status_code == 404
    assert "already being written" in client.get(url).content.decode()
