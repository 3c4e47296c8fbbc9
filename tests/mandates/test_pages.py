"""The pages: who may see them, what they show, how many queries they take."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from cases.models import Case, Consent
from mandates import actions, directory
from mandates.models import ContactPoint, Delivery, Letter, Reply, Violation
from outbox.models import Message
from tests.accounts.factories import UserFactory
from tests.cases.factories import CaseFactory, ConsentFactory
from tests.mandates.factories import (
    ContactPointFactory,
    LetterFactory,
    MandateFactory,
    ViolationFactory,
    case_of,
    today,
)
from tests.petitions.factories import StatementFactory

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def live(settings: Settings, dry_run: None) -> None:
    settings.MANDATES_MODE = "live"


@pytest.fixture
def author() -> User:
    return UserFactory.with_role("letter_author", name="Author One")


@pytest.fixture
def desk(client: Client, author: User) -> Client:
    client.force_login(author)
    return client


def deliver(letter: Letter, *, on: date | None = None) -> None:
    """What the worker records when the mail server took the letter."""
    moment = timezone.now() if on is None else timezone.now() - timedelta(days=(today() - on).days)
    for delivery in letter.deliveries.all():
        token = "00000000-0000-0000-0000-000000000001"
        rows = Message.objects.filter(pk=delivery.message_id)
        rows.update(state="sending", lease_token=token, lease_expires_at=moment)
        rows.update(state="committing")
        rows.update(state="sent", sent_at=moment, lease_token=None, lease_expires_at=None)


def sent_letter(*, days_ago: int = 0, **fields: object) -> Letter:
    letter = LetterFactory.approved(**fields)
    deliver(letter, on=today() - timedelta(days=days_ago))
    return letter


def desk_addresses() -> list[tuple[str, str]]:
    """Every page of the desk with a row to show."""
    draft, review, approved = LetterFactory.complete(), LetterFactory.in_review(), LetterFactory.approved()
    point = ContactPointFactory.create()
    pages: list[tuple[str, tuple[object, ...], str]] = [
        ("letter_desk", (), "get"),
        ("letter_start", (), "get"),
        ("letter_create", (case_of(draft).slug,), "get"),
        ("letter_detail", (approved.pk,), "get"),
        ("letter_edit", (draft.pk,), "get"),
        ("letter_questions", (draft.pk,), "get"),
        ("letter_online", (draft.pk,), "get"),
        ("letter_online_text", (draft.pk,), "get"),
        ("letter_html", (draft.pk, draft.addressees.get().mandate.slug), "get"),
        ("letter_pdf", (draft.pk, draft.addressees.get().mandate.slug), "get"),
        ("cover_create", (StatementFactory.open().slug,), "get"),
        ("contact_check", (point.pk,), "get"),
        ("contact_create", (point.mandate.slug,), "get"),
        ("reply_record", (approved.pk,), "get"),
        ("letter_addressees", (draft.pk,), "post"),
        ("letter_submit", (draft.pk,), "post"),
        ("letter_approve", (review.pk,), "post"),
        ("letter_return", (review.pk,), "post"),
        ("letter_cancel", (draft.pk,), "post"),
    ]
    return [(reverse(f"mandates:{name}", args=args), method) for name, args, method in pages]


def test_desk_pages_are_for_letter_authors_only(client: Client, author: User) -> None:
    before = Letter.objects.values_list("pk", "state")
    pages = desk_addresses()
    states = list(before.order_by("pk"))
    assert [getattr(client, method)(url).status_code for url, method in pages] == [302] * len(pages)
    client.force_login(UserFactory.with_role("moderator"))
    assert [getattr(client, method)(url).status_code for url, method in pages] == [403] * len(pages)
    assert list(before.order_by("pk")) == states
    client.force_login(author)
    assert [getattr(client, method)(url).status_code for url, method in pages if method == "get"] == [200] * 14


def test_letter_that_is_not_there_is_a_404(desk: Client) -> None:
    for pk in (0, 10**30):
        assert desk.get(f"/un/letters/{pk}/").status_code == 404
    assert desk.get("/un/letters/new/nobody/").status_code == 404
    assert desk.get("/un/mandates/nobody/").status_code == 404


def test_get_never_changes_a_letter(desk: Client) -> None:
    letter = LetterFactory.in_review()
    for name in ("letter_approve", "letter_submit", "letter_return", "letter_cancel", "letter_addressees"):
        assert desk.get(reverse(f"mandates:{name}", args=[letter.pk])).status_code == 405
    letter.refresh_from_db()
    assert letter.state == Letter.State.IN_REVIEW


def check_address(point: ContactPoint, first: Client) -> Client:
    """`first` and another person, who is returned, find the address right."""
    second = Client()
    second.force_login(UserFactory.with_role("letter_author"))
    check = {"outcome": "right", "how": "Read today", "evidence": "ohchr.org"}
    check |= {"expires_on": str(today() + timedelta(days=90))}
    for person in (first, second):
        person.post(reverse("mandates:contact_check", args=[point.pk]), check)
    return second


def test_letter_goes_from_case_to_approval_over_the_pages(desk: Client, author: User) -> None:
    directory.load()
    case = CaseFactory.published()
    ConsentFactory.create(case=case, may_send_to_un=True, may_name_to_government=True, may_name_in_un_report=True)
    violation = Violation.objects.get(slug="denial-medical-care")
    data = {"kind": "urgent_appeal", "language": "en", "violations": [violation.pk]}
    desk.post(reverse("mandates:letter_create", args=[case.slug]), data)
    letter = Letter.objects.get()
    slugs = [a.mandate.slug for a in letter.addressees.order_by("pk")]
    assert slugs == ["sr-health", "sr-torture", "sr-iran", "ffm-iran"]
    assert "sentenced to death" in letter.facts
    assert "Invented Monitor, 1 October 2025" in letter.facts

    page = desk.get(letter.get_absolute_url()).content.decode()
    assert "No e-mail address is known." in page
    mandate = letter.addressees.order_by("pk")[0].mandate
    desk.post(reverse("mandates:letter_addressees", args=[letter.pk]), {"mandates": [mandate.pk], "another": ""})
    desk.post(
        reverse("mandates:contact_create", args=[mandate.slug]),
        {"value": "health@un.example", "source_note": "Invented"},
    )
    point = ContactPoint.objects.get(value="health@un.example")
    assert point.checked_on is None
    check = {
        "outcome": "right",
        "how": "Read today",
        "evidence": "ohchr.org",
        "expires_on": today() + timedelta(days=90),
    }
    desk.post(reverse("mandates:contact_check", args=[point.pk]), check)
    second = Client()
    second.force_login(UserFactory.with_role("letter_author"))
    second.post(reverse("mandates:contact_check", args=[point.pk]), check)
    words = {name: getattr(letter, name) for name in ("kind", "language", "subject", "victim", "facts", "request")}
    words |= {"submitter": "Society", "date_of_events": "2025", "place_of_events": "Prison", "perpetrators": "A court"}
    words |= {"violations": [violation.pk]}
    desk.post(reverse("mandates:letter_edit", args=[letter.pk]), words)
    desk.post(reverse("mandates:letter_submit", args=[letter.pk]))
    letter.refresh_from_db()
    assert (letter.state, letter.submitter) == (Letter.State.IN_REVIEW, "Society")

    shown = second.get(letter.get_absolute_url())
    seen = shown.context["read"].fingerprint
    own = desk.post(reverse("mandates:letter_approve", args=[letter.pk]), {"seen": seen}, follow=True)
    assert "somebody else must approve it" in own.content.decode()
    second.post(reverse("mandates:letter_approve", args=[letter.pk]), {"seen": seen})
    assert Delivery.objects.get().contact_point == point


def test_approve_without_having_read_is_refused(desk: Client) -> None:
    letter = LetterFactory.in_review()
    for seen in ("", "x", "0" * 64):
        page = desk.post(reverse("mandates:letter_approve", args=[letter.pk]), {"seen": seen}, follow=True)
        assert "read" in page.content.decode()
    letter.refresh_from_db()
    assert letter.state == Letter.State.IN_REVIEW


def test_letter_edit_keeps_what_was_typed_when_something_is_wrong(desk: Client) -> None:
    letter = LetterFactory.complete()
    page = desk.post(
        reverse("mandates:letter_edit", args=[letter.pk]),
        {"kind": "urgent_appeal", "language": "xx", "subject": "", "facts": "Typed with care\x00"},
    )
    assert page.status_code == 200
    assert "Typed with care" in page.content.decode()
    assert set(page.context["form"].errors) == {"language", "subject", "facts"}


def test_letter_edit_of_an_approved_letter_changes_nothing(desk: Client) -> None:
    letter = LetterFactory.approved()
    assert desk.post(reverse("mandates:letter_edit", args=[letter.pk]), {"facts": "x"}).status_code == 302
    letter.refresh_from_db()
    assert letter.facts == "The court passed a sentence of death."


def test_contact_create_refuses_a_blocked_address_beside_the_field(desk: Client) -> None:
    mandate = MandateFactory.create()
    data = {"value": "unvfvt@ohchr.org", "source_note": "a script"}
    page = desk.post(reverse("mandates:contact_create", args=[mandate.slug]), data)
    assert list(page.context["form"].errors) == ["value"]
    assert not ContactPoint.objects.exists()


@pytest.mark.parametrize("days", [0, -1, 400])
def test_contact_check_needs_a_day_within_a_year(days: int, desk: Client) -> None:
    point = ContactPointFactory.create()
    data = {"outcome": "right", "how": "Read", "evidence": "x", "expires_on": today() + timedelta(days=days)}
    page = desk.post(reverse("mandates:contact_check", args=[point.pk]), data)
    assert list(page.context["form"].errors) == ["expires_on"]


def test_contact_check_that_finds_it_wrong_blocks_the_address(desk: Client) -> None:
    point = ContactPointFactory.create(checked=True)
    data = {"outcome": "wrong", "how": "Bounced", "expires_on": today() + timedelta(days=9)}
    desk.post(reverse("mandates:contact_check", args=[point.pk]), data)
    point.refresh_from_db()
    assert point.is_blocked


@pytest.mark.parametrize("reference", ["AL IRN 14-2021", "XX IRN 1/2021", "AL IR 1/2021", "AL IRN 1/21", "AL/2021"])
def test_reply_with_a_wrong_reference_is_refused_beside_the_field(reference: str, desk: Client) -> None:
    letter = sent_letter()
    data = {"kind": "communication_sent", "received_on": today(), "reference": reference}
    page = desk.post(reverse("mandates:reply_record", args=[letter.pk]), data)
    assert list(page.context["form"].errors) == ["reference"]
    assert not Reply.objects.exists()


def test_reply_is_recorded_with_its_reference(desk: Client) -> None:
    letter = sent_letter()
    data = {
        "kind": "communication_sent",
        "received_on": today(),
        "reference": " ua irn 3/2026 ",
        "text": "Secret words",
    }
    data |= {"communication_on": today(), "public_summary": "The mandates wrote."}
    desk.post(reverse("mandates:reply_record", args=[letter.pk]), data)
    assert letter.replies.get().reference == "UA IRN 3/2026"
    assert letter.replies.get().releases.get().summary == "The mandates wrote."


def test_reply_from_the_future_is_refused(desk: Client) -> None:
    data = {"kind": "acknowledged", "received_on": today() + timedelta(days=1)}
    page = desk.post(reverse("mandates:reply_record", args=[sent_letter().pk]), data)
    assert list(page.context["form"].errors) == ["received_on"]


def test_desk_says_why_a_letter_was_held_back(desk: Client) -> None:
    letter = LetterFactory.approved()
    Message.objects.update(state="cancelled", last_reply="The consent it needs is no longer there.")
    for url in (reverse("mandates:letter_desk"), letter.get_absolute_url()):
        assert "The consent it needs is no longer there." in desk.get(url).content.decode()


def test_empty_pages_say_so(desk: Client) -> None:
    for name in ("letter_desk", "letter_start", "sent_letters", "directory"):
        page = desk.get(reverse(f"mandates:{name}"))
        assert page.status_code == 200
        assert "empty" in page.content.decode()


def test_sent_letters_shows_that_it_was_sent_and_never_what_it_says(client: Client) -> None:
    letter = sent_letter(days_ago=10, facts="Confidential facts", submitter="Confidential sender")
    page = client.get(reverse("mandates:sent_letters")).content.decode()
    assert f'id="case-{case_of(letter).slug}"' in page
    assert letter.deliveries.get().mandate.title in page
    assert "50 days left of 60." in page
    for secret in ("Confidential facts", "Confidential sender", letter.subject, letter.request, "un.example"):
        assert secret not in page


def test_sent_letters_says_overdue_and_answered(client: Client) -> None:
    sent_letter(days_ago=61)
    letter = sent_letter(days_ago=70)
    reply = actions.record_reply(
        letter=letter,
        kind="state_reply",
        received_on=today(),
        by=UserFactory.create(),
        now=timezone.now(),
        public_summary="The State replied.",
    )
    actions.release_reply(release=reply.releases.get(), by=UserFactory.create(), now=timezone.now())
    page = client.get(reverse("mandates:sent_letters"))
    assert "Overdue by 1 day." in page.content.decode()
    assert "Answered after 70 days." in page.content.decode()
    figures = page.context["figures"]
    assert (figures.letters, figures.mandates, figures.state_replies, figures.overdue) == (2, 2, 1, 1)


def not_sent() -> Letter:
    return LetterFactory.approved()


def unpublished() -> Letter:
    letter = sent_letter()
    Case.objects.filter(pk=case_of(letter).pk).update(state=Case.State.UNPUBLISHED)
    return letter


def without_consent() -> Letter:
    letter = sent_letter()
    Consent.objects.filter(case=letter.case).update(withdrawn_at=timezone.now())
    return letter


@pytest.mark.parametrize("hidden", [not_sent, unpublished, without_consent])
def test_sent_letters_hides_what_the_public_may_not_know(hidden: Callable[[], Letter], client: Client) -> None:
    shown, kept = sent_letter(), hidden()
    page = client.get(reverse("mandates:sent_letters")).content.decode()
    assert f"case-{case_of(shown).slug}" in page
    assert f"case-{case_of(kept).slug}" not in page


def test_sent_letters_takes_the_same_queries_for_one_case_and_three(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sent_letter()
    with django_assert_num_queries(5):
        client.get(reverse("mandates:sent_letters"))
    sent_letter()
    sent_letter()
    with django_assert_num_queries(5):
        client.get(reverse("mandates:sent_letters"))


def test_mandate_detail_shows_the_check_and_hides_staff_notes(client: Client) -> None:
    point = ContactPointFactory.create(checked=True, check_note="Asked a clerk by name")
    page = client.get(reverse("mandates:mandate_detail", args=[point.mandate.slug])).content.decode()
    assert "checked on" in page
    assert "Asked a clerk by name" not in page
    assert "Record a check" not in page


def test_letter_create_offers_violations_in_groups(desk: Client) -> None:
    violation = ViolationFactory.create(group="justice", label="Invented unfairness")
    page = desk.get(reverse("mandates:letter_create", args=[CaseFactory.published().slug])).content.decode()
    assert "Courts, lawyers and laws" in page
    assert violation.label in page
