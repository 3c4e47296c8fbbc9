"""A return ends a delivery as `bounced`, also when it is faster than the mail server's answer (L33)."""

from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from outbox import points
from outbox.actions import record_bounce, resolve_uncertain
from outbox.delivery import drain
from outbox.leasing import LeaseLostError, claim, release_expired_leases, renew, settle
from outbox.models import Message
from tests.accounts.factories import UserFactory
from tests.outbox.factories import MessageFactory
from tests.outbox.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db


def bounce(message: Message) -> Message | None:
    return record_bounce(message_id=message.message_id, report="550 no desk@un.example here", now=timezone.now())


@pytest.mark.parametrize("state", ["sent", "uncertain"])
@pytest.mark.parametrize("spelling", ["{}", " {} ", "bare"])
def test_record_bounce_ends_what_was_handed_over(state: str, spelling: str) -> None:
    message = MessageFactory.in_state(state, policy="once", committing_at=timezone.now())
    message_id = message.message_id.strip("<>") if spelling == "bare" else spelling.format(message.message_id)
    assert record_bounce(message_id=message_id, report="550 no desk@un.example here", now=timezone.now())
    message.refresh_from_db()
    assert (message.state, message.bounce_report) == ("bounced", "550 no [address] here")
    assert message.bounced_at is not None
    [move] = apps.get_model("outbox", "LetterMove").objects.all()
    assert (move.state, move.pgh_context.metadata["why"]) == ("bounced", "record_bounce")


def test_record_bounce_twice_changes_nothing() -> None:
    message = MessageFactory.in_state("sent")
    bounce(message)
    before = Message.objects.values().get()
    assert record_bounce(message_id=message.message_id, report="another", now=timezone.now()) == message
    assert Message.objects.values().get() == before


def test_record_bounce_of_what_never_left_is_not_believed() -> None:
    message = MessageFactory.letter()
    assert bounce(message) is None
    assert record_bounce(message_id="<nobody@example.org>", report="", now=timezone.now()) is None
    message.refresh_from_db()
    assert (message.state, message.bounced_at) == ("queued", None)


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_record_bounce_leaves_what_is_over(state: str) -> None:
    message = MessageFactory.in_state(state, committing_at=timezone.now())
    assert bounce(message) == message
    message.refresh_from_db()
    assert (message.state, message.bounced_at) == (state, None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", ["after_dot", "after_250"])
def test_bounce_that_is_faster_than_the_answer_wins(smtp_server: SmtpServer, point: str) -> None:
    message = MessageFactory.letter()

    def come_back(name: str) -> None:
        if name == point:
            bounce(message)

    points.listen(come_back)
    try:
        drain(lane="letters")
    finally:
        points.listen(None)
    message.refresh_from_db()
    assert (message.state, message.lease_token, len(smtp_server.accepted)) == ("bounced", None, 1)
    assert message.sent_at is not None
    assert [move.state for move in apps.get_model("outbox", "LetterMove").objects.order_by("pgh_id")] == [
        "sending",
        "committing",
        "bounced",
    ]


@pytest.mark.parametrize("policy", ["once", "retry"])
def test_bounce_before_the_worker_died_ends_bounced(policy: str) -> None:
    message = MessageFactory.in_state("committing", policy=policy, lease_expires_at="2020-01-01T00:00Z")
    bounce(message)
    message.refresh_from_db()
    assert message.state == "committing"
    assert release_expired_leases() == 1
    message.refresh_from_db()
    assert message.state == "bounced"


def test_bounce_keeps_a_letter_from_being_sent_again(smtp_server: SmtpServer) -> None:
    """It seemed not to have arrived and was queued again; its return proves that it had."""
    waiting = MessageFactory.letter(committing_at=timezone.now())
    bounce(waiting)
    claimed = MessageFactory.letter(committing_at=timezone.now())

    def come_back(message: Message) -> str:
        bounce(message)
        return ""

    assert drain(lane="letters", may_leave=come_back) == 0
    assert smtp_server.accepted == []
    waiting.refresh_from_db()
    claimed.refresh_from_db()
    # The one that a worker held is let go by the sweep.
    assert (waiting.state, claimed.state) == ("bounced", "sending")
    Message.objects.filter(pk=claimed.pk).update(lease_expires_at="2020-01-01T00:00Z")
    release_expired_leases()
    claimed.refresh_from_db()
    assert claimed.state == "bounced"


def test_bounced_message_is_not_moved_on_and_every_end_is_bounced() -> None:
    MessageFactory.create(committing_at=timezone.now())
    lease = claim(lane="post", seconds=60)
    assert lease is not None
    bounce(Message.objects.get())
    with pytest.raises(LeaseLostError):
        renew(lease, expected="sending", to="committing", seconds=60)
    settle(lease, expected="sending", to="deferred", reply="x")
    assert Message.objects.get().state == "bounced"


def test_bounced_message_is_over(smtp_server: SmtpServer) -> None:
    message: Any = MessageFactory.in_state("bounced")
    with pytest.raises(Exception, match="bounced"):
        resolve_uncertain(message=message, outcome="queued", by=UserFactory.create(), now=timezone.now())
    assert drain(lane="post") == 0
    assert list(Message.objects.finished()) == [message]
