"""The letter desk: each letter in its section, found by name and number, as fast with 200 letters as with ten."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from cases.models import PersonName
from mandates import actions
from mandates.desk import GIVEN_UP, PER_PAGE, read_desk
from mandates.journey import clock_of
from mandates.models import Letter
from mandates.reply_address import reply_address
from mandates.sending import DRY_RUN, WITHDRAWN
from outbox.actions import resolve_uncertain
from tests.accounts.factories import UserFactory
from tests.mandates.factories import (
    CoverLetterFactory,
    LetterFactory,
    MandateFactory,
    case_of,
    today,
)
from tests.mandates.fates import bring, bring_all
from tests.mandates.mails import receive, reply
from tests.mandates.many import queue_letters
from text.names import search_key

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def live(settings: Settings, dry_run: None) -> None:
    settings.MANDATES_MODE, settings.REPLY_DOMAIN = "live", "replies.example"


@pytest.fixture
def author() -> User:
    return UserFactory.with_role("letter_author")


@pytest.fixture
def desk(client: Client, author: User) -> Client:
    client.force_login(author)
    return client


def sections(reader: User, **asked: str) -> list[tuple[str, int]]:
    items = read_desk(reader=reader, today=today(), **asked).items
    return [(item.section.key, item.letter.pk) for item in items]


def place(letter: Letter, reader: User) -> str:
    return next(key for key, pk in sections(reader) if pk == letter.pk)


def sent(days_ago: int = 0) -> Letter:
    return bring_all(LetterFactory.approved(), "sent", days_ago=days_ago)


def answered(kind: str = "state_reply", *, days_ago: int = 0, communication_on: date | None = None) -> Letter:
    letter = sent(days_ago=days_ago)
    day = today() - timedelta(days=days_ago)
    by = UserFactory.create()
    actions.record_reply(
        letter=letter, kind=kind, received_on=day, by=by, now=timezone.now(), communication_on=communication_on
    )
    return letter


def with_mail() -> Letter:
    letter = sent()
    receive(reply(to=reply_address(letter)))
    return letter


def held(reason: str) -> Callable[[], Letter]:
    return lambda: bring_all(LetterFactory.approved(), "cancelled", reply=reason)


def gave_up_unclear() -> Letter:
    letter = bring_all(LetterFactory.approved(), "uncertain")
    message = letter.deliveries.get().message
    resolve_uncertain(message=message, outcome="cancelled", by=UserFactory.create(), now=timezone.now())
    message.refresh_from_db()
    assert GIVEN_UP in message.last_reply
    return letter


def cancelled() -> Letter:
    letter = LetterFactory.complete()
    return actions.cancel_letter(letter=letter, note="No", by=letter.author, now=timezone.now())


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (LetterFactory.in_review, "mine"),
        (LetterFactory.complete, "drafts"),
        (LetterFactory.approved, "approved"),
        (lambda: bring_all(LetterFactory.approved(), "deferred"), "approved"),
        (sent, "underway"),
        (lambda: sent(days_ago=60), "underway"),
        (lambda: sent(days_ago=61), "overdue"),
        (lambda: answered("communication_sent", days_ago=61), "overdue"),
        (lambda: answered("communication_sent", days_ago=61, communication_on=today()), "answered"),
        (lambda: answered("acknowledged"), "underway"),
        (lambda: answered(days_ago=61), "answered"),
        (lambda: answered(days_ago=366), "old"),
        (cancelled, "old"),
        (with_mail, "person"),
        (lambda: bring_all(LetterFactory.approved(), "uncertain"), "person"),
        (lambda: bring_all(LetterFactory.approved(), "failed"), "person"),
        (lambda: bring_all(LetterFactory.approved(), "bounced", days_ago=61), "person"),
        (held("The consent it needs is no longer there."), "person"),
        (held(WITHDRAWN), "approved"),
        (held(DRY_RUN), "approved"),
        (gave_up_unclear, "approved"),
    ],
)
def test_letter_lies_where_it_waits(make: Callable[[], Letter], expected: str, author: User) -> None:
    assert place(make(), author) == expected


def test_letter_of_ones_own_waits_for_somebody_else(author: User) -> None:
    letter = LetterFactory.in_review()
    helper = UserFactory.with_role("letter_author")
    letter.steps.create(what="edited", by=helper, at=timezone.now())
    assert [place(letter, reader) for reader in (author, letter.author, helper)] == ["mine", "others", "others"]


def test_returned_letter_needs_nobody_once_it_is_written_anew(author: User) -> None:
    mandates = [MandateFactory.reachable(), MandateFactory.reachable()]
    letter = LetterFactory.approved(mandates=mandates)
    lost, there = letter.deliveries.order_by("mandate")
    bring(lost, "bounced")
    bring(there, "sent")
    LetterFactory.approved(mandates=[there.mandate], case=letter.case)
    LetterFactory.approved(mandates=[lost.mandate])
    assert place(letter, author) == "person"
    anew = LetterFactory.approved(mandates=[lost.mandate], case=letter.case)
    assert place(letter, author) == "underway"
    bring_all(anew, "failed")
    assert (place(letter, author), place(anew, author)) == ("person", "person")


def test_desk_and_clock_agree_on_what_is_overdue(author: User) -> None:
    for days in (59, 60, 61, 62):
        sent(days_ago=days)
        answered("communication_sent", days_ago=70, communication_on=today() - timedelta(days=days))
    items = read_desk(reader=author, today=today()).items
    assert len(items) == 8
    for item in items:
        clock = clock_of(item.letter, today=today())
        assert clock is not None
        assert (clock.state == "overdue") == (item.section.key == "overdue")


def test_sections_are_counted_and_turned_over_page_by_page(desk: Client) -> None:
    queue_letters(PER_PAGE + 5, mandates=3)
    LetterFactory.in_review()
    url = reverse("mandates:letter_desk")
    first = desk.get(url, {"section": "approved"}).context["desk"]
    counts = {part.label.key: part.count for part in first.sections if part.count}
    assert counts == {"mine": 1, "approved": PER_PAGE + 5, "drafts": 1}
    second = desk.get(url, {"section": "approved", "page": "2"}).context["desk"]
    shown = [{item.letter.pk for item in page.items} for page in (first, second)]
    assert ([len(page) for page in shown], len(shown[0] | shown[1])) == ([PER_PAGE, 5], PER_PAGE + 5)
    assert desk.get(url, {"section": "nonsense", "page": "x"}).status_code == 200


def test_letter_is_found_by_name_title_and_number(author: User, desk: Client) -> None:
    letter, other, cover = answered(), LetterFactory.complete(), CoverLetterFactory.complete()
    names = case_of(letter).person.names
    names.all().delete()
    names.create(text="Zahra Nemuneh", script="latn", is_shown=True)
    names.create(text="زهرا نمونه", script="arab", is_shown=True)
    # Invented names end in a number, which may be the number looked for; so does the key they are found by.
    others = PersonName.objects.exclude(person=case_of(letter).person)
    others.filter(script="latn").update(text="Somebody Else", search_key=search_key("Somebody Else"))
    others.filter(script="arab").update(text="کسی دیگر", search_key=search_key("کسی دیگر"))
    case_reference = case_of(letter).reference
    for words in ("nemuneh zahra", "زهرا", f" {letter.pk} ", letter.reference.lower(), case_reference):
        assert [pk for _key, pk in sections(author, words=words)] == [letter.pk], words
    assert letter.statement_version is None
    assert cover.statement_version is not None
    title = cover.statement_version.texts.get(language="en").title
    assert [pk for _key, pk in sections(author, words=title.upper())] == [cover.pk]
    assert [pk for _key, pk in sections(author, words=str(other.pk), section="answered")] == []
    assert sections(author, words="nobody of that name") == []
    page = desk.get(reverse("mandates:letter_desk"), {"q": "nobody\x00 of that name"}).content.decode()
    assert "No letter is found by these words." in page


def test_letter_is_found_by_the_reference_of_the_un(author: User) -> None:
    letter = sent()
    answered()
    by, now = UserFactory.create(), timezone.now()
    actions.record_reply(
        letter=letter,
        kind="communication_sent",
        received_on=today(),
        by=by,
        now=now,
        reference="AL IRN 3/2026",
    )
    assert [pk for _key, pk in sections(author, words="al irn 3/2026")] == [letter.pk]


def test_bounce_says_what_to_do(desk: Client) -> None:
    letter = bring_all(LetterFactory.approved(), "bounced")
    point = letter.deliveries.get().contact_point
    urls = [reverse("mandates:letter_desk"), reverse("mandates:delivery_desk"), letter.get_absolute_url()]
    for url in urls:
        page = desk.get(url).content.decode()
        assert "It came back or was refused: the mandate does not have this letter" in page
        assert reverse("mandates:contact_check", args=[point.pk]) in page
        assert reverse("mandates:letter_create", args=[case_of(letter).slug]) in page
    cover = CoverLetterFactory.in_review()
    approved = actions.approve_letter(letter=cover, by=UserFactory.with_role("letter_author"), now=timezone.now())
    bring_all(approved, "failed")
    assert cover.statement_version is not None
    slug = cover.statement_version.statement.slug
    assert reverse("mandates:cover_create", args=[slug]) in desk.get(urls[0]).content.decode()


def test_who_looks_for_a_letter_sees_it_before_all_else(desk: Client) -> None:
    bring_all(LetterFactory.approved(), "uncertain")
    url, question = reverse("mandates:letter_desk"), "Nobody knows whether these arrived"
    assert question in desk.get(url).content.decode()
    for asked in ({"section": "drafts"}, {"q": "nobody"}, {"page": "1"}):
        assert question not in desk.get(url, asked).content.decode()


@pytest.mark.parametrize("name", ["letter_desk", "delivery_desk"])
def test_desks_ask_as_often_for_two_hundred_letters(name: str, desk: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(reverse(f"mandates:{name}")).status_code == 200
        return len(captured)

    def some() -> None:
        answered()
        bring_all(LetterFactory.approved(), "bounced")
        bring_all(LetterFactory.approved(), "uncertain")
        cover = CoverLetterFactory.in_review()
        actions.approve_letter(letter=cover, by=UserFactory.with_role("letter_author"), now=timezone.now())

    some()
    few = queries()
    for _again in range(3):
        some()
    queue_letters(200, mandates=4)
    assert queries() <= few
    assert Letter.objects.count() > 200
