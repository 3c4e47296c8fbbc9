"""What the public sees of letters: cover letters by statement, joint letters by mandate, nothing that came back."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from mandates import actions
from mandates.forms import ReplyForm
from mandates.journey import clock_of
from mandates.models import Letter, Mandate, OverdueNotice, Reply
from mandates.recent import letters_lately
from mandates.sent import by_subject, figures_of, sent_letters
from outbox.models import Message
from petitions.models import Statement
from tests.accounts.factories import UserFactory
from tests.cases.factories import CaseFactory
from tests.mandates.factories import CoverLetterFactory, LetterFactory, MandateFactory, case_of, today
from tests.mandates.fates import bring, bring_all
from tests.petitions.factories import FollowerFactory, SignatureFactory, StatementFactory

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def live(settings: Settings, dry_run: None) -> None:
    settings.MANDATES_MODE = "live"


def approve(letter: Letter) -> Letter:
    return actions.approve_letter(letter=letter, by=UserFactory.with_role("letter_author"), now=timezone.now())


def sent_cover(*, days_ago: int = 0, statement: Statement | None = None) -> Letter:
    return bring_all(approve(CoverLetterFactory.in_review(statement=statement)), "sent", days_ago=days_ago)


def statement_of(letter: Letter) -> Statement:
    assert letter.statement_version is not None
    return letter.statement_version.statement


def page_of(mandate: Mandate) -> str:
    return reverse("mandates:mandate_detail", args=[mandate.slug])


def answer(letter: Letter, mandate: Mandate | None, summary: str, *, kind: str = "acknowledged") -> Reply:
    """An answer that two people made public."""
    by, now = UserFactory.create(), timezone.now()
    reply = actions.record_reply(
        letter=letter, kind=kind, received_on=today(), by=by, now=now, mandate=mandate, public_summary=summary
    )
    actions.release_reply(release=reply.releases.get(), by=UserFactory.create(), now=now)
    return reply


def test_cover_letter_is_shown_by_its_statement_and_never_what_it_says(client: Client) -> None:
    statement = StatementFactory.open(kind=Statement.Kind.EXPERT)
    named = CaseFactory.published()
    statement.cases.add(named)
    letter = sent_cover(days_ago=10, statement=statement)
    answer(letter, None, "They thanked us.")
    for url in (reverse("mandates:sent_letters"), statement.get_absolute_url()):
        page = client.get(url).content.decode()
        assert "Cover letter of a statement" in page
        assert letter.deliveries.get().mandate.title in page
        assert "They thanked us." in page
        assert "50 days left of 60." in page
        assert letter.subject not in page
        assert letter.submitter not in page
    assert f'id="statement-{statement.slug}"' in client.get(reverse("mandates:sent_letters")).content.decode()
    mandate_page = client.get(page_of(letter.deliveries.get().mandate)).content.decode()
    assert f"#statement-{statement.slug}" in mandate_page
    assert "Cover letter" not in client.get(named.get_absolute_url()).content.decode()


@pytest.mark.parametrize("hide", ["withdrawn", "bounced", "queued"])
def test_cover_letter_hides_what_the_public_may_not_know(hide: str) -> None:
    letter = sent_cover()
    assert len(sent_letters(now=timezone.now())) == 1
    if hide == "withdrawn":
        Statement.objects.update(state=Statement.State.DRAFT)
    elif hide == "bounced":
        letter = bring_all(approve(CoverLetterFactory.in_review()), "bounced")
    else:
        letter = approve(CoverLetterFactory.in_review())
    shown = sent_letters(now=timezone.now())
    assert [found for found in shown if found.version == letter.statement_version] == []


def test_figures_and_groups_count_a_letter_once() -> None:
    mandates = [MandateFactory.reachable(), MandateFactory.reachable()]
    bring_all(LetterFactory.approved(mandates=mandates), "sent", days_ago=61)
    cover = sent_cover()
    sent_cover(statement=StatementFactory.open(kind=Statement.Kind.EXPERT))
    letters = sent_letters(now=timezone.now())
    figures = figures_of(letters)
    assert (figures.letters, figures.mandates, figures.state_replies, figures.overdue) == (3, 4, 0, 1)
    assert [group.anchor.partition("-")[0] for group in by_subject(letters)] == ["statement", "statement", "case"]
    assert len(sent_letters(now=timezone.now(), statement=statement_of(cover))) == 1


def test_page_takes_the_same_queries_for_one_statement_and_three(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sent_cover()
    bring_all(LetterFactory.approved(), "sent")
    with django_assert_num_queries(6):
        client.get(reverse("mandates:sent_letters"))
    sent_cover()
    sent_cover()
    with django_assert_num_queries(6):
        client.get(reverse("mandates:sent_letters"))


def test_answer_to_a_joint_letter_stands_under_its_mandate(client: Client) -> None:
    first, second = MandateFactory.reachable(title="First mandate"), MandateFactory.reachable(title="Second mandate")
    letter = bring_all(LetterFactory.approved(mandates=[first, second]), "sent")
    answer(letter, second, "The second wrote.")
    answer(letter, None, "The State wrote.", kind="state_reply")
    (shown,) = sent_letters(now=timezone.now())
    assert [(r.mandate, [a.summary for a in r.replies]) for r in shown.reached] == [
        (first, []),
        (second, ["The second wrote."]),
    ]
    assert [reply.summary for reply in shown.other_replies] == ["The State wrote."]
    page = client.get(case_of(letter).get_absolute_url()).content.decode()
    assert page.index("First mandate") < page.index("Second mandate") < page.index("The second wrote.")


@pytest.mark.parametrize("is_joint", [True, False])
def test_mandate_page_shows_what_concerns_that_mandate(is_joint: bool, client: Client) -> None:
    first, second = MandateFactory.reachable(), MandateFactory.reachable()
    letter = bring_all(LetterFactory.approved(mandates=[first, second], is_joint=is_joint), "sent")
    answer(letter, first, "The first was answered.", kind="state_reply")
    pages = [client.get(page_of(mandate)).content.decode() for mandate in (first, second)]
    assert ["The first was answered." in page for page in pages] == [True, is_joint]
    assert ["Answered after 0 days." in page for page in pages] == [True, is_joint]


def test_each_copy_of_a_joint_letter_has_its_own_state() -> None:
    mandates = [MandateFactory.reachable() for _each in range(3)]
    letter = LetterFactory.approved(mandates=mandates)
    copies = list(letter.deliveries.order_by("pk"))
    assert len({copy.message_id for copy in copies}) == 3
    for copy, state in zip(copies, ["sent", "bounced", "uncertain"], strict=True):
        bring(copy, state)
    (shown,) = sent_letters(now=timezone.now())
    assert shown.mandates == [copies[0].mandate]
    answer(letter, copies[2].mandate, "It did arrive.")
    (shown,) = sent_letters(now=timezone.now())
    assert [reply.mandate for reply in shown.other_replies] == [copies[2].mandate]
    assert sent_letters(now=timezone.now(), mandate=copies[1].mandate) == []


def approved_again() -> Letter:
    letter = LetterFactory.approved()
    again = actions.withdraw_approval(letter=letter, note="No", by=letter.author, now=timezone.now())
    again = actions.submit_letter(letter=again, by=again.author, now=timezone.now())
    return bring_all(approve(again), "sent")


def test_letter_approved_twice_is_shown_once_and_can_be_answered() -> None:
    letter = Letter.objects.get(pk=approved_again().pk)
    mandate = letter.deliveries.get().mandate
    assert len(sent_letters(now=timezone.now(), mandate=mandate)) == 1
    data = {"kind": "acknowledged", "mandate": mandate.pk, "received_on": today()}
    form = ReplyForm(data, letter=letter, today=today())
    assert form.is_valid(), form.errors
    assert form.words["mandate"] == mandate


def test_returned_letter_runs_no_days_and_warns_of_nothing() -> None:
    letter = bring_all(LetterFactory.approved(), "bounced", days_ago=61)
    now = timezone.now()
    assert clock_of(Letter.objects.with_journey().get(pk=letter.pk), today=today()) is None
    assert actions.tell_overdue(now=now) == 0
    assert not OverdueNotice.objects.exists()
    assert letters_lately(case=letter.case, now=now) == []
    assert sent_letters(now=now) == []


def test_half_returned_letter_counts_from_the_copy_that_is_there() -> None:
    letter = LetterFactory.approved(mandates=[MandateFactory.reachable(), MandateFactory.reachable()])
    lost, there = letter.deliveries.order_by("pk")
    bring(lost, "bounced", at=timezone.now() - timedelta(days=61))
    bring(there, "sent", at=timezone.now() - timedelta(days=20))
    clock = clock_of(Letter.objects.with_journey().get(pk=letter.pk), today=today())
    assert clock is not None
    assert (clock.state, clock.days) == ("running", 40)
    (lately,) = letters_lately(case=letter.case, now=timezone.now())
    assert lately.mandates == [there.mandate]


def test_news_of_a_cover_letter_reaches_only_those_who_signed_or_follow_its_statement() -> None:
    letter = sent_cover()
    signed = SignatureFactory.accepted(statement=statement_of(letter), wants_updates=True)
    follower = FollowerFactory.create(about=statement_of(letter))
    # A statement on no case at all is the one that a careless join would find.
    SignatureFactory.accepted(statement=StatementFactory.open(), wants_updates=True)
    FollowerFactory.create()
    by, now = UserFactory.create(), timezone.now()
    reply = actions.record_reply(
        letter=letter, kind="acknowledged", received_on=today(), by=by, now=now, public_summary="They thanked us."
    )
    other = UserFactory.create()
    actions.release_reply(release=reply.releases.get(), by=other, now=now, tell_signatories=True)
    assert actions.tell_news(now=now) == 2
    assert Message.objects.get(kind="answer_followed").to_address == follower.email
    message = Message.objects.get(kind="answer_published")
    assert message.to_address == signed.email
    assert f"#statement-{statement_of(letter).slug}".encode() in bytes(message.raw or b"").replace(b"=\r\n", b"")
