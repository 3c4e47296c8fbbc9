from datetime import timedelta

import pytest
from django.utils import timezone

from outbox import retention
from outbox.models import Message
from outbox.retention import forget_old_messages
from tests.outbox.factories import MessageFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
OLD, NEW = NOW - timedelta(days=31), NOW - timedelta(days=29)


def contents(message: Message) -> tuple[bool, bool]:
    message.refresh_from_db()
    return message.raw is not None, message.to_address is not None


@pytest.mark.parametrize("state", ["sent", "failed", "cancelled"])
def test_forget_empties_old_finished_messages_and_keeps_letters_and_new_ones(state: str) -> None:
    old, new = (MessageFactory.in_state(state, created_at=when) for when in (OLD, NEW))
    letter = MessageFactory.in_state(state, policy="once", created_at=OLD)
    assert forget_old_messages(now=NOW) == 1
    assert contents(old) == (False, False)
    assert contents(new) == contents(letter) == (True, True)
    assert old.state == state
    assert old.content_sha256


@pytest.mark.parametrize("state", ["queued", "deferred", "sending", "committing"])
def test_forget_leaves_what_may_still_be_sent(state: str) -> None:
    waiting = MessageFactory.in_state(state, created_at=OLD)
    assert forget_old_messages(now=NOW) == 0
    assert contents(waiting) == (True, True)


def test_forget_works_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for _ in range(5):
        MessageFactory.in_state("sent", created_at=OLD)
    assert forget_old_messages(now=NOW) == 5
    assert forget_old_messages(now=NOW) == 0
