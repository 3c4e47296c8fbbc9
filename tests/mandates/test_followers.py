"""Who is told of a published answer: signatories who asked, then followers, each mailbox once."""

from email import message_from_bytes
from email.policy import default

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from cases.models import Case
from mandates import actions
from mandates.actions import news
from mandates.models import Letter, News, ToldMailbox
from outbox.models import Message
from petitions.actions import stop_following, stop_updates
from petitions.models import Follower, Signature, Statement, UpdateReader
from petitions.news.readers import reader_digest
from petitions.signatories.mailboxes import follower_digest
from tests.accounts.factories import UserFactory
from tests.cases.factories import CaseFactory
from tests.mandates.factories import case_of
from tests.mandates.test_pages import sent_letter
from tests.mandates.test_releases import record, write
from tests.petitions.factories import FollowerFactory, SignatureFactory, StatementFactory
from tests.petitions.updating import released, send

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def live(settings: Settings, dry_run: None) -> None:
    settings.MANDATES_MODE = "live"


@pytest.fixture
def letter() -> Letter:
    return sent_letter()


@pytest.fixture
def statement(letter: Letter) -> Statement:
    statement = StatementFactory.open()
    statement.cases.add(case_of(letter))
    return statement


def publish(letter: Letter) -> None:
    """An answer that two people let out, and that is to be told."""
    writer, second = (UserFactory.with_role("letter_author", name=name) for name in ("Writer Words", "Second Reader"))
    release = write(record(letter, writer), writer)
    actions.release_reply(release=release, by=second, now=timezone.now(), tell_signatories=True)


def tell(**options: int) -> int:
    return actions.tell_news(now=timezone.now(), **options)


def told() -> list[str]:
    """The addresses written to, in the order of writing."""
    mails = Message.objects.filter(kind__in=["answer_published", "answer_followed"])
    return [str(mail.to_address) for mail in mails.order_by("created_at", "pk")]


def test_followers_of_the_case_and_its_statements_are_told_after_signatories_in_batches(
    letter: Letter, statement: Statement, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "BATCH", 2)
    case = case_of(letter)
    FollowerFactory.create(about=case, address="case@people.example")
    FollowerFactory.create(about=statement, address="statement@people.example")
    last = FollowerFactory.create(about=case, address="last@people.example")
    FollowerFactory.create(about=CaseFactory.published())
    FollowerFactory.create(about=StatementFactory.open())
    for number in range(3):
        SignatureFactory.accepted(statement=statement, wants_updates=True, address=f"signed{number}@people.example")
    publish(letter)
    assert tell(batches=1) == 2
    assert set(told()) == {"signed0@people.example", "signed1@people.example"}
    assert tell(batches=1) == 2
    assert set(told()[2:]) == {"signed2@people.example", "case@people.example"}
    # Between two batches one of them stops.
    stop_following(about=case, digest=bytes(last.email_digest or b""), now=timezone.now())
    assert (tell(), tell()) == (1, 0)
    assert told()[4:] == ["statement@people.example"]
    state = News.objects.get()
    assert (state.told, state.finished_at is not None, ToldMailbox.objects.count()) == (5, True, 0)
    mails = Message.objects.filter(kind="answer_followed")
    assert {(m.lane, m.policy, m.priority) for m in mails} == {("post", "retry", news.PRIORITY)}


@pytest.mark.parametrize("batch", [1, 2, 500])
def test_a_mailbox_that_signed_and_follows_is_told_once(
    letter: Letter, statement: Statement, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(news, "BATCH", batch)
    other = StatementFactory.open()
    other.cases.add(case_of(letter))
    for signed in (statement, other):
        SignatureFactory.accepted(statement=signed, wants_updates=True, address="ada@people.example")
    for followed, spelling in [(case_of(letter), "Ada+x@people.example"), (statement, "ada@PEOPLE.example")]:
        FollowerFactory.create(about=followed, address=spelling)
    FollowerFactory.create(about=case_of(letter), address="eve@people.example")
    publish(letter)
    tell()
    assert sorted(told()) == ["ada@people.example", "eve@people.example"]
    assert News.objects.get().told == 2


def test_a_second_answer_is_told_again(letter: Letter) -> None:
    FollowerFactory.create(about=case_of(letter), address="ada@people.example")
    for _ in range(2):
        publish(letter)
        tell()
    assert told() == ["ada@people.example"] * 2


def test_nobody_is_told_of_a_case_off_the_site(letter: Letter, statement: Statement) -> None:
    FollowerFactory.create(about=case_of(letter))
    FollowerFactory.create(about=statement)
    publish(letter)
    Case.objects.filter(pk=case_of(letter).pk).update(state="unpublished")
    assert (tell(), told()) == (0, [])


def test_mail_to_a_follower_carries_the_way_out_in_the_followers_language(letter: Letter, client: Client) -> None:
    FollowerFactory.create(about=case_of(letter), language="fa", address="ada@people.example")
    publish(letter)
    tell()
    mail = message_from_bytes(bytes(Message.objects.get(kind="answer_followed").raw or b""), policy=default)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = str(mail["List-Unsubscribe"]).strip("<>")
    body = mail.get_body(("plain",))
    assert body is not None
    assert url in body.get_content()
    assert "/fa/statements/following/" in url
    assert "The mandates wrote." in body.get_content()
    path = "/" + url.split("/", 3)[3]
    client.get(path)
    assert Follower.objects.live().exists()
    Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})
    assert not Follower.objects.live().exists()


def test_either_way_out_ends_all_news_of_one_statement(statement: Statement) -> None:
    def both(address: str) -> tuple[Signature, Follower]:
        signature = SignatureFactory.accepted(statement=statement, wants_updates=True, address=address)
        return signature, FollowerFactory.create(about=statement, address=address)

    signature, _follower = both("one@people.example")
    untouched, _other = both("two@people.example")
    case_too = FollowerFactory.create(about=CaseFactory.published(), address="one@people.example")
    stop_updates(signature=signature, now=timezone.now())
    assert [row.email for row in Follower.objects.live().order_by("pk")] == ["two@people.example", case_too.email]
    digest = follower_digest(about=statement, address="two@people.example")
    stop_following(about=statement, digest=digest, now=timezone.now())
    untouched.refresh_from_db()
    assert (untouched.wants_updates, untouched.state) == (False, "accepted")
    assert list(Follower.objects.live()) == [case_too]


def test_news_of_an_answer_counts_in_the_readers_week_and_passes_over_who_cannot_be_reached(
    letter: Letter, settings: Settings
) -> None:
    settings.UPDATES_PER_WEEK = 1
    case = case_of(letter)
    FollowerFactory.create(about=case, address="ada@people.example")
    FollowerFactory.create(about=case, address="gone@people.example")
    UpdateReader.objects.create(
        digest=reader_digest("gone@people.example"), failures=2, unreachable_at=timezone.now(), seen_at=timezone.now()
    )
    publish(letter)
    tell()
    assert told() == ["ada@people.example"]
    update = released(case=case)
    assert send() == 0
    assert sorted(update.deliveries.values_list("state", flat=True)) == ["passed_over", "waiting"]
