from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from outbox import tasks
from outbox.actions import DRAIN_POST, MessageNotUncertainError, queue_bytes, queue_email, resolve_uncertain
from outbox.addresses import UnsendableAddressError
from outbox.mime import UnsendableBytesError, build_mime
from outbox.models import Message
from tests.accounts.factories import UserFactory
from tests.outbox.factories import MessageFactory

pytestmark = pytest.mark.django_db
Queue = Callable[..., Message]


@pytest.fixture
def queue(tmp_path: Path, settings: Any) -> Queue:
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    folder = tmp_path / "petitions" / "emails" / "confirm_signature"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("Your code")
    (folder / "body.txt").write_text("{{ code }}")

    def queue(**fields: Any) -> Message:
        given = {
            "template": "petitions/emails/confirm_signature",
            "to": "leyla@example.org",
            "context": {"code": "123456"},
            "language": "fa",
            "now": timezone.now(),
        }
        return queue_email(**{**given, **fields})

    return queue


def test_queue_email_writes_the_bytes_that_will_leave(queue: Queue) -> None:
    message = Message.objects.get(pk=queue(priority=0, reply_to="desk@example.org").pk)
    assert (message.kind, message.policy, message.lane, message.priority) == ("confirm_signature", "retry", "post", 0)
    assert (message.state, message.attempts, message.to_address) == ("queued", 0, "leyla@example.org")
    parsed = message_from_bytes(message.raw, policy=policy.default)
    assert parsed["Message-ID"] == message.message_id
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert parsed["Content-Language"] == "fa"
    assert parsed["Reply-To"] == "desk@example.org"


def test_queue_email_is_due_at_once_by_the_databases_clock(queue: Queue) -> None:
    before = timezone.now()
    message = queue(now=before.replace(year=2040))
    message.refresh_from_db()
    assert abs((message.next_try_at - before).total_seconds()) < 60


def test_queue_email_goes_with_the_callers_transaction(queue: Queue) -> None:
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)
    assert not Message.objects.exists()
    queue()
    assert Message.objects.count() == 1


@pytest.mark.parametrize("to", ["", "leyla", '"a\x0b"@example.org', "a@example.org\r\nBcc: b@example.org"])
def test_queue_email_refuses_an_address_and_writes_nothing(queue: Queue, to: str) -> None:
    with pytest.raises(UnsendableAddressError):
        queue(to=to)
    assert not Message.objects.exists()


def test_queue_email_rings_for_post_and_not_for_letters(
    queue: Queue, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as rung:
        queue(lane="letters", policy="once")
    assert rung == []
    with django_capture_on_commit_callbacks() as rung:
        queue()
    assert len(rung) == 1
    assert tasks.drain_post.name == DRAIN_POST


def bytes_for(**fields: Any) -> dict[str, Any]:
    now = timezone.now()
    raw = build_mime(to="desk@example.org", subject="s", text="t\n", message_id="<x@example.org>", now=now)
    given = {"kind": "letter", "to": "desk@example.org", "raw": raw, "message_id": "<x@example.org>", "now": now}
    return {**given, "policy": "once", "lane": "letters", "priority": 5, **fields}


def test_queue_bytes_keeps_the_exact_bytes() -> None:
    given = bytes_for()
    message = Message.objects.get(pk=queue_bytes(**given).pk)
    assert (message.raw, message.policy, message.lane) == (given["raw"], "once", "letters")


@pytest.mark.parametrize(
    "wrong",
    [
        {"message_id": "<y@example.org>"},
        {"raw": b"Message-ID: <x@example.org>\n\nx\n"},
        {"raw": b"A: b\r\n\r\nMessage-ID: <x@example.org>\r\n"},
    ],
)
def test_queue_bytes_refuses_bytes_that_are_not_this_message(wrong: dict[str, Any]) -> None:
    with pytest.raises(UnsendableBytesError):
        queue_bytes(**bytes_for(**wrong))


@pytest.mark.parametrize("outcome", ["sent", "queued", "cancelled"])
def test_resolve_uncertain_records_who_decided(outcome: str) -> None:
    message, user, now = (
        MessageFactory.in_state("uncertain", policy="once", attempts=9),
        UserFactory.create(),
        timezone.now(),
    )
    resolved = resolve_uncertain(message=message, outcome=outcome, by=user, now=now)
    assert resolved.state == outcome
    assert resolved.sent_at == (now if outcome == "sent" else None)
    assert f"by user {user.pk}" in resolved.last_reply
    assert resolved.attempts == (0 if outcome == "queued" else 9)
    [move] = apps.get_model("outbox", "LetterMove").objects.all()
    assert (move.state, move.pgh_context.metadata["by"]) == (outcome, str(user.pk))


def test_resolve_uncertain_twice_keeps_the_first_decision() -> None:
    message, user = MessageFactory.in_state("uncertain", policy="once"), UserFactory.create()
    resolve_uncertain(message=message, outcome="cancelled", by=user, now=timezone.now())
    with pytest.raises(MessageNotUncertainError):
        resolve_uncertain(message=message, outcome="queued", by=user, now=timezone.now())
    message.refresh_from_db()
    assert message.state == "cancelled"


def test_resolve_uncertain_knows_three_outcomes() -> None:
    with pytest.raises(ValueError, match="failed"):
        resolve_uncertain(
            message=MessageFactory.in_state("uncertain"), outcome="failed", by=UserFactory.create(), now=timezone.now()
        )
