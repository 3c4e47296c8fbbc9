"""L30: a real address is reached in one combination of three switches; a real mail server counts every recipient."""

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from cases.models import Case
from mandates import actions, sending, standing
from mandates.models import ContactPoint, Delivery
from mandates.tasks import drain_letters
from outbox.models import Message
from tests.accounts.factories import UserFactory
from tests.cases.factories import CaseFactory, StatusEventFactory
from tests.mandates.factories import ContactPointFactory, LetterFactory, MandateFactory
from tests.mandates.keys import give_key
from tests.outbox.keys import OpenPGPKey
from tests.outbox.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db(transaction=True)

OURS = "rehearsal@countersign-desk.org"
REAL = "desk@mandate-of-a-test.org"


@pytest.fixture(autouse=True)
def roomy(settings: Settings) -> None:
    settings.MANDATES_REDIRECT_TO = OURS
    for cap in ("PER_MANDATE_WEEK", "PER_RECIPIENT_DAY", "PER_HOUR", "PER_DAY"):
        setattr(settings, f"MANDATES_CAP_{cap}", 1000)


def approved_for_real(settings: Settings, *, mode: str = "live", case: Case | None = None) -> Delivery:
    """A letter to a real address, approved while all three switches were on or as `mode` says."""
    settings.ENVIRONMENT, settings.MANDATES_MODE = "production", mode
    mandate = MandateFactory.create()
    ContactPointFactory.create(mandate=mandate, checked=True, is_demonstration=False, value=REAL)
    letter = LetterFactory.approved(mandates=[mandate], case=case)
    return letter.deliveries.select_related("message", "contact_point", "letter").get()


@pytest.mark.parametrize(("in_production", "is_live", "is_checked"), list(itertools.product([True, False], repeat=3)))
def test_l30_real_address_is_reached_only_with_all_three_switches_on(
    in_production: bool, is_live: bool, is_checked: bool, settings: Settings, smtp_server: SmtpServer
) -> None:
    delivery = approved_for_real(settings)
    settings.ENVIRONMENT = "production" if in_production else "development"
    settings.MANDATES_MODE = "live" if is_live else "dry-run"
    if not is_checked:
        ContactPoint.objects.filter(pk=delivery.contact_point_id).update(checked_on=None)
    drain_letters()
    expected = [REAL] if (in_production, is_live, is_checked) == (True, True, True) else []
    assert smtp_server.book.offered == expected
    assert [a.recipients for a in smtp_server.accepted] == [(address,) for address in expected]
    delivery.message.refresh_from_db()
    assert delivery.message.state == (Message.State.SENT if expected else Message.State.CANCELLED)


MODES = ["dry-run", "redirect", "live"]
ADDRESSES = ["checked", "unchecked", "expired", "blocked", "demonstration"]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_l30_every_cell_of_the_whole_matrix(settings: Settings, smtp_server: SmtpServer) -> None:
    """Environment × mode at the approval × mode at the sending × the address: 2 × 3 × 3 × 5 letters, one real RCPT."""
    reached, case = set(), CaseFactory.published()
    for cell in itertools.product(["development", "production"], MODES, MODES, ADDRESSES):
        environment, approved_in, sent_in, address = cell
        delivery = approved_for_real(settings, mode=approved_in, case=case)
        changes: dict[str, dict[str, Any]] = {
            "checked": {"is_blocked": False},
            "unchecked": {"checked_on": None},
            "expired": {"expires_on": timezone.now().date() - timedelta(days=1)},
            "blocked": {"is_blocked": True},
            "demonstration": {"is_demonstration": True},
        }
        ContactPoint.objects.filter(pk=delivery.contact_point_id).update(**changes[address])
        settings.ENVIRONMENT, settings.MANDATES_MODE = environment, sent_in
        before = len(smtp_server.book.offered)
        drain_letters()
        for recipient in smtp_server.book.offered[before:]:
            assert recipient in {REAL, OURS}
            reached.add((*cell, recipient))
    assert {cell[:4] for cell in reached if cell[4] == REAL} == {("production", "live", "live", "checked")}
    redirected = {cell[:4] for cell in reached if cell[4] == OURS}
    expected = {("production", "redirect", "redirect", address) for address in ["checked", "demonstration"]}
    assert redirected == expected


def test_redirecting_to_a_mandate_is_refused(settings: Settings, smtp_server: SmtpServer) -> None:
    settings.MANDATES_REDIRECT_TO = "Desk+test@mandate-of-a-test.org"
    delivery = approved_for_real(settings, mode="redirect")
    drain_letters()
    delivery.message.refresh_from_db()
    assert (smtp_server.book.offered, delivery.message.last_reply) == ([], sending.NOT_OURS)


def test_address_changed_in_the_database_reaches_nobody(settings: Settings, smtp_server: SmtpServer) -> None:
    """Whoever changes both the directory and the envelope still lacks what the approval is bound to."""
    delivery = approved_for_real(settings)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE mandates_contactpoint DISABLE TRIGGER USER")
        ContactPoint.objects.filter(pk=delivery.contact_point_id).update(value="other@mandate-of-a-test.org")
        cursor.execute("ALTER TABLE mandates_contactpoint ENABLE TRIGGER USER")
    Message.objects.filter(pk=delivery.message_id).update(to_address="other@mandate-of-a-test.org")
    drain_letters()
    delivery.message.refresh_from_db()
    assert (smtp_server.book.offered, delivery.message.last_reply) == ([], sending.WRONG_RECIPIENT)


def test_bytes_changed_in_the_database_reach_nobody(settings: Settings, smtp_server: SmtpServer) -> None:
    delivery = approved_for_real(settings)
    Message.objects.filter(pk=delivery.message_id).update(raw=bytes(delivery.message.raw or b"") + b"More.\r\n")
    drain_letters()
    assert smtp_server.book.offered == []


def test_case_taken_off_the_site_keeps_its_letter_here(settings: Settings, smtp_server: SmtpServer) -> None:
    delivery = approved_for_real(settings)
    Case.objects.update(state=Case.State.UNPUBLISHED)
    drain_letters()
    delivery.message.refresh_from_db()
    assert (smtp_server.book.offered, delivery.message.last_reply) == ([], standing.CASE_GONE)


def test_urgent_appeal_for_somebody_who_has_died_stays_here(settings: Settings, smtp_server: SmtpServer) -> None:
    delivery = approved_for_real(settings)
    StatusEventFactory.create(case=delivery.letter.case, status="executed", on=timezone.now().date())
    drain_letters()
    delivery.message.refresh_from_db()
    assert (smtp_server.book.offered, delivery.message.last_reply) == ([], standing.PERSON_DEAD)


def test_key_changed_after_the_approval_keeps_the_letter_here(settings: Settings, smtp_server: SmtpServer) -> None:
    delivery = approved_for_real(settings)
    give_key(delivery.contact_point, OpenPGPKey())
    drain_letters()
    delivery.message.refresh_from_db()
    assert (smtp_server.book.offered, delivery.message.last_reply) == ([], sending.KEY_CHANGED)


def test_letter_in_plain_words_stays_here_once_encryption_is_demanded(
    settings: Settings, smtp_server: SmtpServer
) -> None:
    delivery = approved_for_real(settings)
    actions.demand_encryption(
        contact_point=delivery.contact_point, is_demanded=True, by=UserFactory.create(), now=timezone.now()
    )
    drain_letters()
    delivery.message.refresh_from_db()
    assert (smtp_server.book.offered, delivery.message.last_reply) == ([], sending.NOT_ENCRYPTED)
