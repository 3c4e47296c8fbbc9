"""A letter's history: who or what decided, on which evidence, for which copy."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from mandates import actions
from mandates.history import read_history
from mandates.models import Letter
from outbox.actions import resolve_by_evidence
from outbox.models import Message
from tests.accounts.factories import UserFactory
from tests.mandates.factories import LetterFactory, MandateFactory
from tests.mandates.fates import bring, bring_all

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def live(settings: Any, dry_run: None) -> None:
    settings.MANDATES_MODE = "live"


def story(letter: Letter) -> list[tuple[str, str]]:
    """What became of the copies, without what people did before."""
    return [(line.what, line.note) for line in read_history(letter) if line.mandate is not None]


def in_doubt(letter: Letter) -> list[Message]:
    """Its copies, lost sight of three quarters of an hour ago."""
    bring_all(letter, "uncertain", reply="The connection broke.")
    ago = timezone.now() - timedelta(minutes=60), timezone.now() - timedelta(minutes=45)
    Message.objects.update(committing_at=ago[0], uncertain_since=ago[1])
    for port, message in enumerate(Message.objects.all(), start=20000):
        Message.objects.filter(pk=message.pk).update(connection=f"[127.0.0.1]:{port}")
    return [delivery.message for delivery in letter.deliveries.select_related("message").order_by("pk")]


def line(minutes: float, words: str) -> str:
    at = (timezone.now() - timedelta(minutes=minutes)).astimezone()
    return f"{at:%Y-%m-%d %H:%M:%S %z} {words}\n"


def taken(message: Message) -> str:
    sender = "post@countersign.example"
    return line(59, f"1tAb9Z-00000000590-0000 <= {sender} P=esmtp S=9 id={message.message_id.strip('<>')}")


def dropped(message: Message) -> str:
    return line(59, f"SMTP connection from (site) {message.connection} lost while reading message data")


def test_decision_by_evidence_says_for_which_copy_and_on_what(settings: Any, tmp_path: Path, client: Client) -> None:
    letter = LetterFactory.approved(mandates=[MandateFactory.reachable(), MandateFactory.reachable()])
    arrived, lost = in_doubt(letter)
    settings.EVIDENCE_LOG = str(tmp_path / "mainlog")
    (tmp_path / "mainlog").write_text(line(90, "daemon started") + taken(arrived) + dropped(lost))
    assert resolve_by_evidence(now=timezone.now()) == 2
    lines = [found for found in read_history(letter) if found.mandate is not None]
    doubts, decided = lines[:2], lines[2:]
    assert {found.note for found in doubts} == {"The connection broke."}
    copies = letter.deliveries.select_related("mandate").in_bulk(field_name="message_id")
    assert [(found.mandate, found.what, found.who) for found in decided] == [
        (copies[arrived.pk].mandate, "evidence decided: delivered to the mail server", ""),
        (copies[lost.pk].mandate, "evidence decided: waiting to be sent", ""),
    ]
    assert decided[0].note.startswith("the mail server's log: Exim 1tAb9Z-00000000590-0000")
    assert "lost while reading message data" in decided[1].note
    client.force_login(letter.author)
    page = client.get(letter.get_absolute_url()).content.decode()
    assert "Evidence decided: delivered to the mail server" in page
    assert "1tAb9Z-00000000590-0000" in page


def test_decision_of_a_person_is_told_once_with_the_reason() -> None:
    letter = LetterFactory.approved()
    (message,) = in_doubt(letter)
    delivery, by = letter.deliveries.get(), UserFactory.with_role("letter_author", name="Decider")
    actions.resolve_delivery(delivery=delivery, outcome="sent", note="The clerk has it", by=by, now=timezone.now())
    assert [what for what, _note in story(letter)] == ["fate unknown, a person must decide"]
    last = read_history(letter)[-1]
    assert ("The clerk has it" in last.note, last.who, message.state) == (True, str(by), "uncertain")


def test_history_tells_what_came_back_was_refused_or_held() -> None:
    letter = LetterFactory.approved(mandates=[MandateFactory.reachable() for _each in range(3)])
    for delivery, state in zip(letter.deliveries.order_by("pk"), ["bounced", "failed", "cancelled"], strict=True):
        bring(delivery, state, reply="250 taken\n550 no such user" if state == "failed" else "250 taken")
    assert story(letter) == [
        ("delivered to the mail server", "250 taken"),
        ("taken by the mail server, then returned as undeliverable", "Action: failed\nStatus: 5.1.1"),
        ("refused by the mail server", "550 no such user"),
        ("held back before sending", "250 taken"),
    ]


def test_history_keeps_the_copies_of_a_withdrawn_approval() -> None:
    letter = LetterFactory.approved()
    actions.withdraw_approval(letter=letter, note="No", by=letter.author, now=timezone.now())
    assert story(letter) == [("held back before sending", "The approval was withdrawn before it left.")]
    assert [found.at for found in read_history(letter)] == sorted(found.at for found in read_history(letter))
