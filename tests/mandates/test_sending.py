"""The last look before a letter leaves, and its way through a real SMTP server."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from cases.models import Consent
from mandates import actions, sending
from mandates.errors import LetterStateError
from mandates.models import ContactPoint, Delivery, Letter
from mandates.tasks import drain_letters
from outbox.models import Message
from tests.accounts.factories import UserFactory
from tests.mandates.factories import ContactPointFactory, LetterFactory, MandateFactory
from tests.outbox.smtp_server import Fault, SmtpServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def live(settings: Settings) -> None:
    settings.MANDATES_MODE = "live"


def only_delivery(letter: Letter) -> Delivery:
    return letter.deliveries.select_related("message", "contact_point").get()


@pytest.mark.usefixtures("live")
def test_drain_letters_delivers_the_approved_bytes_once(smtp_server: SmtpServer) -> None:
    letter = LetterFactory.approved(mandates=[MandateFactory.reachable(), MandateFactory.reachable()])
    drain_letters()
    drain_letters()
    deliveries = list(letter.deliveries.select_related("message", "contact_point"))
    assert sorted(a.sha256 for a in smtp_server.accepted) == sorted(d.approved_sha256 for d in deliveries)
    assert sorted(a.recipients for a in smtp_server.accepted) == sorted((d.contact_point.value,) for d in deliveries)
    assert {d.message.state for d in deliveries} == {Message.State.SENT}


@pytest.mark.usefixtures("live")
def test_letter_as_received_names_nobody_in_its_subject_and_keeps_the_order(smtp_server: SmtpServer) -> None:
    mandate = MandateFactory.reachable(title="Working Group on Trying", kind="working group")
    letter = LetterFactory.approved(mandates=[mandate])
    drain_letters()
    received = smtp_server.accepted[0].message
    assert received["Subject"] == "URGENT APPEAL - Iran - Working Group on Trying - Person under sentence of death"
    plain = received.get_body(("plain",))
    assert plain is not None
    body = plain.get_content()
    assert "Dear members of the Working Group," in body
    order = ["Alleged victim", "Alleged perpetrators", "Submitted by", "Date, place", "Violations", "What is asked"]
    places = [body.index(heading) for heading in order]
    assert places == sorted(places)
    assert letter.reference in body
    assert body.count(": yes.") == 2


@pytest.mark.usefixtures("live")
def test_two_people_approving_at_once_approve_once() -> None:
    letter = LetterFactory.in_review()
    people = [UserFactory.with_role("letter_author") for _number in range(2)]
    together = threading.Barrier(2)

    def approve(by: User) -> str:
        try:
            together.wait(10)
            actions.approve_letter(letter=letter, by=by, now=timezone.now())
        except LetterStateError:
            return "too late"
        finally:
            connection.close()
        return "approved"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(approve, people)) == ["approved", "too late"]
    assert (Delivery.objects.count(), Message.objects.count()) == (1, 1)


@pytest.mark.usefixtures("live")
def test_person_decides_an_unclear_delivery_on_its_page(smtp_server: SmtpServer, client: Client) -> None:
    delivery = only_delivery(LetterFactory.approved())
    url = reverse("mandates:delivery_resolve", args=[delivery.pk])
    client.force_login(delivery.letter.author)
    assert client.get(url).status_code == 404
    smtp_server.script(delivery.contact_point.value, Fault.ACCEPT_AND_HANG_UP)
    drain_letters()
    assert url in client.get(reverse("mandates:letter_desk")).content.decode()
    assert client.post(url, {"outcome": "sent"}).context["form"].errors.keys() == {"note"}
    client.post(url, {"outcome": "sent", "note": "The log has it"})
    drain_letters()
    delivery.message.refresh_from_db()
    assert (delivery.message.state, len(smtp_server.accepted)) == (Message.State.SENT, 1)


@pytest.mark.usefixtures("live")
def test_unclear_delivery_waits_for_a_person_who_sends_it_again(smtp_server: SmtpServer) -> None:
    delivery = only_delivery(LetterFactory.approved())
    smtp_server.script(delivery.contact_point.value, Fault.HANG_UP_AFTER_BODY)
    drain_letters()
    drain_letters()
    delivery.message.refresh_from_db()
    assert (delivery.message.state, len(smtp_server.accepted)) == (Message.State.UNCERTAIN, 0)
    by = delivery.letter.author
    actions.resolve_delivery(delivery=delivery, outcome="queued", note="Not in the log", by=by, now=timezone.now())
    drain_letters()
    assert [a.sha256 for a in smtp_server.accepted] == [delivery.approved_sha256]
    assert "Not in the log" in delivery.letter.steps.get(what="resolved").note


def test_consent_withdrawn_after_approval_keeps_the_letter_here(live: None, smtp_server: SmtpServer) -> None:
    delivery = only_delivery(LetterFactory.approved())
    Consent.objects.update(withdrawn_at=timezone.now())
    drain_letters()
    delivery.message.refresh_from_db()
    assert smtp_server.book.connections == 0
    assert (delivery.message.state, delivery.message.last_reply) == (Message.State.CANCELLED, sending.CONSENT_GONE)


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize("change", [{"is_blocked": True}, {"expires_on": "2020-01-01"}, {"checked_on": None}])
def test_address_gone_bad_after_approval_keeps_the_letter_here(
    change: dict[str, object], smtp_server: SmtpServer
) -> None:
    delivery = only_delivery(LetterFactory.approved())
    ContactPoint.objects.filter(pk=delivery.contact_point_id).update(**change)
    drain_letters()
    delivery.message.refresh_from_db()
    assert smtp_server.accepted == []
    assert (delivery.message.state, delivery.message.last_reply) == (Message.State.CANCELLED, sending.ADDRESS_GONE)


def test_dry_run_never_leaves_even_when_the_mode_turns_live(settings: Settings, smtp_server: SmtpServer) -> None:
    delivery = only_delivery(LetterFactory.approved())
    settings.MANDATES_MODE = "live"
    drain_letters()
    delivery.message.refresh_from_db()
    assert smtp_server.accepted == []
    assert (delivery.message.state, delivery.message.last_reply) == (Message.State.CANCELLED, sending.DRY_RUN)


def test_redirect_reaches_only_our_own_mailbox(settings: Settings, smtp_server: SmtpServer) -> None:
    settings.MANDATES_MODE, settings.MANDATES_REDIRECT_TO = "redirect", "desk@campaign.example"
    delivery = only_delivery(LetterFactory.approved())
    drain_letters()
    assert [a.recipients for a in smtp_server.accepted] == [("desk@campaign.example",)]
    assert smtp_server.accepted[0].sha256 == delivery.approved_sha256


def test_redirect_outside_production_refuses_a_real_mailbox(settings: Settings) -> None:
    settings.MANDATES_MODE, settings.MANDATES_REDIRECT_TO = "redirect", "desk@campaign.org"
    delivery = only_delivery(LetterFactory.approved())
    assert sending.may_leave(delivery.message) == sending.NOT_PRODUCTION


def test_mode_changed_after_approval_keeps_the_letter_here(settings: Settings) -> None:
    settings.MANDATES_MODE = "live"
    delivery = only_delivery(LetterFactory.approved())
    settings.MANDATES_MODE, settings.MANDATES_REDIRECT_TO = "redirect", "desk@campaign.example"
    assert sending.may_leave(delivery.message) == sending.MODE_CHANGED


@pytest.mark.parametrize(("in_production", "is_live", "is_checked"), list(itertools.product([True, False], repeat=3)))
def test_real_address_is_reached_only_with_all_three_switches_on(
    in_production: bool, is_live: bool, is_checked: bool, settings: Settings
) -> None:
    settings.ENVIRONMENT = "production" if in_production else "development"
    settings.MANDATES_MODE = "live" if is_live else "dry-run"
    mandate = MandateFactory.create()
    point = ContactPointFactory.create(mandate=mandate, checked=True, is_demonstration=False, value="desk@real.org")
    delivery = only_delivery(LetterFactory.approved(mandates=[mandate]))
    if not is_checked:
        ContactPoint.objects.filter(pk=point.pk).update(checked_on=None)
    assert (sending.may_leave(delivery.message) == "") is (in_production and is_live and is_checked)


@pytest.mark.parametrize(
    ("environment", "is_demonstration", "address", "reason"),
    [
        ("production", True, "x@un.example", sending.DEMONSTRATION),
        ("production", False, "x@un.example", sending.DEMONSTRATION),
        ("production", True, "x@un.org", sending.DEMONSTRATION),
        ("development", True, "x@un.example", ""),
        ("test", True, "x@sub.example.org", ""),
        ("development", True, "x@un.org", sending.NOT_PRODUCTION),
        ("development", True, "x@notexample.org", sending.NOT_PRODUCTION),
        ("development", False, "x@un.example", sending.NOT_PRODUCTION),
    ],
)
def test_demonstration_addresses_are_for_example_domains_outside_production(
    environment: str, is_demonstration: bool, address: str, reason: str, settings: Settings
) -> None:
    settings.MANDATES_MODE = "live"
    mandate = MandateFactory.create()
    ContactPointFactory.create(mandate=mandate, checked=True, is_demonstration=is_demonstration, value=address)
    delivery = only_delivery(LetterFactory.approved(mandates=[mandate]))
    settings.ENVIRONMENT = environment
    assert sending.may_leave(delivery.message) == reason


@pytest.mark.usefixtures("live")
def test_message_of_no_letter_never_leaves_in_this_lane() -> None:
    delivery = only_delivery(LetterFactory.approved())
    stranger = Message.objects.create(
        kind="letter",
        lane="letters",
        to_address="x@un.example",
        message_id="<stray@countersign.example>",
        content_sha256="0",
        created_at=timezone.now(),
        raw=b"",
    )
    assert sending.may_leave(stranger) == sending.NOT_APPROVED
    assert sending.may_leave(delivery.message) == ""
    later = timezone.now() + timedelta(days=181)
    assert sending.why_held(delivery, to=delivery.contact_point.value, now=later) == sending.ADDRESS_GONE
