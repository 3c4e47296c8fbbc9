"""The desk of deliveries and the page of a key."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings
from pytest_django.asserts import assertContains, assertNotContains

from mandates import actions, caps
from mandates.models import Letter
from mandates.tasks import drain_letters
from tests.accounts.factories import UserFactory
from tests.mandates.factories import LetterFactory, MandateFactory
from tests.outbox.smtp_server import Fault, SmtpServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def author(client: Client, settings: Settings) -> Client:
    settings.MANDATES_MODE = "live"
    client.force_login(UserFactory.with_role("letter_author"))
    return client


def test_delivery_desk_says_what_waits_why_and_until_when(
    author: Client, settings: Settings, smtp_server: SmtpServer
) -> None:
    settings.MANDATES_CAP_PER_HOUR = 1
    mandate = MandateFactory.reachable()
    LetterFactory.approved(mandates=[mandate])
    LetterFactory.approved(mandates=[mandate])
    drain_letters()
    page = author.get(reverse("mandates:delivery_desk"))
    (waiting, _first), (sent, _last) = page.context["desk"].items
    assertContains(page, "As many letters left as may leave in an hour.")
    assertContains(page, "1 of at most 1")
    assertContains(page, waiting.message.next_try_at.strftime("%H:%M"))
    assertContains(page, waiting.message.message_id.strip("<>"))
    assertContains(page, sent.message.message_id.strip("<>"))
    assert waiting.message.last_reply in caps.REASONS


@pytest.mark.parametrize(
    ("fault", "pile", "state"),
    [
        (Fault.HANG_UP_AFTER_BODY, "uncertain", "uncertain"),
        (Fault.REFUSE_RECIPIENT, "returned", "failed"),
        (Fault.DEFER_RECIPIENT, "waiting", "deferred"),
    ],
)
def test_delivery_desk_sorts_by_what_became_of_it(
    fault: Fault, pile: str, state: str, author: Client, smtp_server: SmtpServer
) -> None:
    delivery = LetterFactory.approved().deliveries.get()
    smtp_server.script(delivery.contact_point.value, fault)
    drain_letters()
    items = author.get(reverse("mandates:delivery_desk"), {"section": pile}).context["desk"].items
    assert [(d.pk, d.message.state, part.key) for d, part in items] == [(delivery.pk, state, pile)]


def test_withdrawn_delivery_leaves_the_desk(author: Client) -> None:
    letter = LetterFactory.approved()
    actions.withdraw_approval(letter=letter, note="No", by=letter.author, now=timezone.now())
    assert author.get(reverse("mandates:delivery_desk")).context["desk"].items == []


def test_letter_in_plain_words_says_nothing_of_encryption(author: Client) -> None:
    letter: Letter = LetterFactory.approved()
    assertNotContains(author.get(letter.get_absolute_url()), "encrypted")
