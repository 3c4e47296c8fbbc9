"""What of an answer becomes public, who lets it out, and who is told."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from mandates import actions
from mandates.actions import news
from mandates.errors import LeakError, NothingPublicError, OwnTextError, ReleaseStateError
from mandates.models import Letter, News, OverdueNotice, Reply, ReplyRelease
from mandates.redaction import leaks_in
from outbox.models import Message
from petitions.models import Signature
from petitions.news.stopping import unsubscribe_token
from tests.accounts.factories import UserFactory
from tests.cases.factories import CaseFactory
from tests.mandates.factories import LetterFactory, case_of, today
from tests.mandates.test_pages import deliver, sent_letter
from tests.petitions.factories import SignatureFactory, StatementFactory

pytestmark = pytest.mark.django_db
NEVER, ALWAYS = date(2999, 1, 1), date(2000, 1, 1)


@pytest.fixture(autouse=True)
def live(settings: Settings, dry_run: None) -> None:
    settings.MANDATES_MODE = "live"


@pytest.fixture
def writer() -> User:
    return UserFactory.with_role("letter_author", name="Writer Wordsmith")


@pytest.fixture
def second() -> User:
    return UserFactory.with_role("letter_author", name="Second Reader")


def record(letter: Letter, by: User, **fields: object) -> Reply:
    values = {"kind": "communication_sent", "received_on": today(), "text": "Secret words", **fields}
    return actions.record_reply(letter=letter, by=by, now=timezone.now(), **values)  # type: ignore[arg-type]  # one dictionary for all fields


def write(reply: Reply, by: User, **fields: object) -> ReplyRelease:
    values = {"summary": "The mandates wrote.", "text": "", **fields}
    return actions.write_release(reply=reply, by=by, now=timezone.now(), **values)  # type: ignore[arg-type]  # one dictionary for all fields


def public_page(client: Client) -> str:
    return client.get(reverse("mandates:sent_letters")).content.decode()


# --- two people


def test_nothing_is_public_until_another_person_publishes_it(client: Client, writer: User, second: User) -> None:
    letter = sent_letter(days_ago=5)
    reply = record(letter, writer, reference="UA IRN 3/2026", communication_on=today())
    assert "What came back" not in public_page(client)
    release = write(reply, writer, text="They asked [taken out] to stay the execution.")
    assert "The mandates wrote." not in public_page(client)
    with pytest.raises(OwnTextError):
        actions.release_reply(release=release, by=writer, now=timezone.now())
    actions.release_reply(release=release, by=second, now=timezone.now())
    page = public_page(client)
    assert "The mandates wrote." in page
    assert "[taken out]" in page
    assert "Secret" not in page
    actions.take_back_release(release=release, by=writer, now=timezone.now())
    assert "The mandates wrote." not in public_page(client)


def test_database_refuses_one_person_and_changed_words(writer: User, second: User) -> None:
    release = write(record(sent_letter(), writer), writer)
    rows = ReplyRelease.objects.filter(pk=release.pk)
    for change in (
        {"released_by": writer, "released_at": timezone.now()},
        {"summary": "Other words"},
        {"text": "Other words"},
        {"reference_from": ALWAYS},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    actions.release_reply(release=release, by=second, now=timezone.now())
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(released_by=UserFactory.create())
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()


def test_reference_and_its_day_come_out_after_sixty_days(client: Client, writer: User, second: User) -> None:
    letter = sent_letter(days_ago=5)
    reply = record(letter, writer, reference="UA IRN 3/2026", communication_on=today() - timedelta(days=3))
    actions.release_reply(release=write(reply, writer), by=second, now=timezone.now())
    page = public_page(client)
    assert "UA IRN 3/2026" not in page
    assert "Counted from our letter" in page
    with time_machine.travel(timezone.now() + timedelta(days=57), tick=False):
        page = public_page(client)
    assert "UA IRN 3/2026" in page
    assert "letter to the Government" in page


def test_unreleased_answer_of_the_state_leaves_the_public_clock_running(client: Client, writer: User) -> None:
    letter = sent_letter(days_ago=5)
    record(letter, writer, kind="state_reply")
    assert "55 days left of 60." in public_page(client)
    client.force_login(writer)
    assert "Answered after 5 days." in client.get(letter.get_absolute_url()).content.decode()


def test_mail_that_was_no_answer_has_nothing_public(writer: User) -> None:
    reply = record(sent_letter(), writer, kind="none")
    with pytest.raises(NothingPublicError):
        write(reply, writer)


def test_waiting_text_is_replaced_and_a_public_one_is_not(writer: User, second: User) -> None:
    reply = record(sent_letter(), writer)
    first, other = write(reply, writer), write(reply, second, summary="Better words")
    with pytest.raises(ReleaseStateError):
        actions.release_reply(release=first, by=second, now=timezone.now())
    actions.release_reply(release=other, by=writer, now=timezone.now())
    with pytest.raises(ReleaseStateError):
        write(reply, writer)


# --- what must not be in it


def test_leaks_are_found_and_stop_the_text(writer: User, second: User) -> None:
    hidden = CaseFactory.create()
    name = hidden.person.names.first()
    assert name is not None
    statement = StatementFactory.open()
    signature = SignatureFactory.accepted(statement=statement, name="Ali Rao", display=Signature.Display.HIDDEN)
    letter = sent_letter()
    texts = {
        name.text: "case is not published",
        "Second Reader": "member of staff",
        signature.name: "name is not shown",
        "desk@un.example": "e-mail address",
        "+41 22 917 12 34": "telephone",
        "UA IRN 3/2026": "confidential",
    }
    reply = record(letter, writer)
    for words, why in texts.items():
        with pytest.raises(LeakError) as refused:
            write(reply, writer, text=f"It says that, ({words}), is named.")
        assert [why in str(leak) for leak in refused.value.leaks] == [True], words
    public = case_of(letter).person.name_in("en")
    assert leaks_in(f"It names {public} on 21 November 2026.", reference_from=NEVER, today=today()) == []
    assert leaks_in("It has the reference UA IRN 3/2026.", reference_from=ALWAYS, today=today()) == []


def test_like_name_is_a_warning_to_both_people(client: Client, writer: User, second: User) -> None:
    hidden = CaseFactory.create()
    hidden.person.names.all().delete()
    hidden.person.names.create(text="Mohammad Nemouneh", is_shown=True)
    release = write(record(sent_letter(), writer), writer, text="It names Muhammed Nemune once.")
    client.force_login(second)
    page = client.get(reverse("mandates:release_decide", args=[release.pk])).content.decode()
    assert "Muhammed Nemune" in page
    assert "like the name of a person" in page


def test_case_taken_off_the_site_meanwhile_stops_the_publication(writer: User, second: User) -> None:
    named = CaseFactory.published()
    name = named.person.names.first()
    assert name is not None
    release = write(record(sent_letter(), writer), writer, text=f"It names {name.text}.")
    type(named).objects.filter(pk=named.pk).update(state="unpublished")
    with pytest.raises(LeakError):
        actions.release_reply(release=release, by=second, now=timezone.now())


def test_text_is_written_and_published_on_its_pages(client: Client, writer: User, second: User) -> None:
    reply = record(sent_letter(), writer)
    client.force_login(writer)
    url = reverse("mandates:release_write", args=[reply.pk])
    data = {"summary": "They wrote.", "text": "Ask desk@un.example", "reference_from": today()}
    refused = client.post(url, data)
    assert refused.context["form"].errors.keys() == {"text"}
    assert "Ask desk@un.example" in refused.content.decode()
    client.post(url, {**data, "text": ""})
    decide = reverse("mandates:release_decide", args=[reply.releases.get().pk])
    client.post(decide)
    assert reply.releases.get().released_at is None
    client.force_login(second)
    client.post(decide)
    assert reply.releases.get().released_by == second


def test_history_stands_on_the_case_and_the_statement(client: Client, writer: User, second: User) -> None:
    letter = sent_letter(days_ago=5)
    actions.release_reply(release=write(record(letter, writer), writer), by=second, now=timezone.now())
    statement = StatementFactory.open()
    statement.cases.add(case_of(letter))
    for url in (case_of(letter).get_absolute_url(), statement.get_absolute_url()):
        page = client.get(url).content.decode()
        assert "The mandates wrote." in page
        assert "Secret" not in page


def test_chart_counts_and_its_table_says_the_same(client: Client, writer: User, second: User) -> None:
    letter = sent_letter()
    actions.release_reply(release=write(record(letter, writer), writer), by=second, now=timezone.now())
    for language in ("", "/fa"):
        response = client.get(f"{language}/un/sent/")
        months = response.context["chart"].months
        assert [(m.sent, m.answered) for m in months] == [(0, 0)] * 11 + [(1, 1)]
        assert response.content.decode().count('<rect class="chart__sent"') == 12
        is_rightmost = months[-1].sent_bar.x > months[0].sent_bar.x
        assert is_rightmost is (language == "")


# --- who is told


def asked(statement: object, number: int, **fields: object) -> list[Signature]:
    return [SignatureFactory.accepted(statement=statement, wants_updates=True, **fields) for _n in range(number)]


def test_only_those_who_asked_are_told_once_and_in_batches(
    writer: User, second: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "BATCH", 2)
    letter = sent_letter()
    statement = StatementFactory.open()
    statement.cases.add(case_of(letter))
    told = asked(statement, 5)
    SignatureFactory.accepted(statement=statement, wants_updates=False)
    asked(StatementFactory.open(), 1)
    release = write(record(letter, writer), writer)
    actions.release_reply(release=release, by=second, now=timezone.now(), tell_signatories=True)
    assert actions.tell_news(now=timezone.now(), batches=1) == 2
    # Between two batches one of them stops the news.
    actions_of = told[4]
    Signature.objects.filter(pk=actions_of.pk).update(wants_updates=False)
    assert actions.tell_news(now=timezone.now()) == 2
    assert actions.tell_news(now=timezone.now()) == 0
    mails = Message.objects.filter(kind="answer_published")
    assert sorted(str(m.to_address) for m in mails) == sorted(str(s.email) for s in told[:4])
    assert {(m.lane, m.policy, m.priority) for m in mails} == {("post", "retry", news.PRIORITY)}
    state = News.objects.get()
    assert (state.told, state.finished_at is not None) == (4, True)


def test_text_taken_back_stops_the_news(writer: User, second: User) -> None:
    letter = sent_letter()
    statement = StatementFactory.open()
    statement.cases.add(case_of(letter))
    asked(statement, 1)
    release = write(record(letter, writer), writer)
    actions.release_reply(release=release, by=second, now=timezone.now(), tell_signatories=True)
    actions.take_back_release(release=release, by=second, now=timezone.now())
    assert actions.tell_news(now=timezone.now()) == 0
    assert not Message.objects.filter(kind="answer_published").exists()


def test_one_press_stops_the_news_and_opening_the_link_does_not(client: Client) -> None:
    signature = asked(StatementFactory.open(), 1)[0]
    url = reverse("petitions:updates_stop", args=[unsubscribe_token(signature)])
    assert "Stop the news?" in client.get(url).content.decode()
    signature.refresh_from_db()
    assert signature.wants_updates
    # A mail program presses without a cookie (RFC 8058).
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(url, {"List-Unsubscribe": "One-Click"}).status_code == 200
    signature.refresh_from_db()
    assert (signature.wants_updates, signature.state) == (False, "accepted")
    assert client.get(reverse("petitions:updates_stop", args=["x:y:z"])).status_code == 404


def test_news_carries_the_way_out(writer: User, second: User) -> None:
    letter = sent_letter()
    statement = StatementFactory.open()
    statement.cases.add(case_of(letter))
    asked(statement, 1)
    release = write(record(letter, writer, reference="UA IRN 3/2026"), writer)
    actions.release_reply(release=release, by=second, now=timezone.now(), tell_signatories=True)
    actions.tell_news(now=timezone.now())
    raw = bytes(Message.objects.get(kind="answer_published").raw)
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in raw
    assert b"The mandates wrote." in raw
    assert b"UA IRN" not in raw
    assert b"Secret" not in raw


# --- sixty days


def test_overdue_letter_is_told_once_for_each_due_day(writer: User) -> None:
    letter = LetterFactory.approved()
    deliver(letter, on=today() - timedelta(days=60))
    now = timezone.now()
    assert actions.tell_overdue(now=now) == 0
    assert actions.tell_overdue(now=now + timedelta(days=1)) == 1
    assert actions.tell_overdue(now=now + timedelta(days=2)) == 0
    notice = Message.objects.get(kind="letter_overdue")
    assert notice.to_address == letter.author.email
    assert case_of(letter).person.name_in("en").encode() not in bytes(notice.raw or b"")
    # The mandate's own letter starts the days again, and they end again.
    record(letter, writer, communication_on=today())
    assert actions.tell_overdue(now=now + timedelta(days=3)) == 0
    assert actions.tell_overdue(now=now + timedelta(days=61)) == 1
    assert OverdueNotice.objects.count() == 2
