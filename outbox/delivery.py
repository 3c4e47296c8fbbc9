"""Carries due messages to the mail server. The order of commits here is what makes "once" true; see docs/outbox.md."""

import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from django.db import Error as DatabaseFailure
from django.db import connection

from outbox import leasing, points
from outbox.clock import DatabaseClock
from outbox.leasing import Lease, LeaseLostError
from outbox.mime import our_address
from outbox.models import Message
from outbox.patience import Patience, current_patience
from outbox.places import place
from outbox.smtp import (
    BrokenBeforeDotError,
    Line,
    RefusedError,
    Reply,
    ReplyLostError,
    UnencryptedError,
    UnreachableError,
)

logger = logging.getLogger(__name__)
State = Message.State
# How soon we look again whether the mail server offers a safe line.
ENCRYPTION_LOOK = timedelta(minutes=1)


@dataclass(frozen=True)
class Wait:
    """Not now: the message goes back into the queue, to be asked about again after `seconds`."""

    reason: str
    seconds: float


MayLeave = Callable[[Message], str | Wait]


def anything_may_leave(message: Message) -> str:
    return ""


def drain(
    *, lane: str, may_leave: MayLeave = anything_may_leave, patience: Patience | None = None, most: int = 0
) -> int:
    """Send what is due in `lane`, the most urgent first; how many the mail server took.

    `may_leave` is asked again for each message just before it leaves: "", or the reason it must not, and then it is
    cancelled with that reason, or how long it has to `Wait`. Any number of drains may run side by side, or at most
    `most` of them: then one too many does nothing. A drain stops claiming after `patience.drain` seconds, so that a
    deploy need not wait; the next sweep goes on. Without `patience` it is the installation's.
    """
    patience = patience or current_patience()
    stop_at, sent = time.monotonic() + patience.drain, 0
    try:
        with place(lane, most=most) as is_free, Line(patience) as line:
            while is_free and time.monotonic() < stop_at:
                outcome = _carry_next(lane, line, may_leave)
                if outcome is None:
                    break
                sent += outcome
    except DatabaseFailure as error:
        # The line is dropped by now. What we held, the sweep finds again; nothing was handed over without its row.
        logger.error("The database failed: %s", str(error).partition("\n")[0])
        connection.close()
    return sent


def _carry_next(lane: str, line: Line, may_leave: MayLeave) -> bool | None:
    """The most urgent message from claim to settled state: whether it was sent; None when the drain is over."""
    lease = leasing.claim(lane=lane, seconds=line.patience.lease)
    if lease is None:
        return None
    try:
        return _carry(lease, line, may_leave)
    except LeaseLostError as error:
        logger.warning("Dropped: %s", error)
        line.drop()
        return False
    except UnreachableError as error:
        logger.warning("No mail server: %s", error)
        return None


def _carry(lease: Lease, line: Line, may_leave: MayLeave) -> bool:
    """One claimed message, from the last check to a settled state; whether it was sent."""
    try:
        message = Message.objects.get(pk=lease.message_pk)
    except InvalidToken:
        _put_off(lease, expected=State.SENDING, reason="none of our keys opens this message")
        return False
    held = _why_over(message) or may_leave(message) or _damage(message)
    if isinstance(held, Wait):
        _give_back(lease, reason=held.reason, next_try_at=leasing.from_now(held.seconds))
        return False
    if held:
        leasing.settle(lease, expected=State.SENDING, to=State.CANCELLED, reply=held)
        return False
    try:
        line.offer(sender=our_address(), recipient=str(message.to_address))
    except UnencryptedError as error:
        due = leasing.from_now(leasing.jittered(ENCRYPTION_LOOK).total_seconds())
        _give_back(lease, to=State.DEFERRED, reason=str(error), next_try_at=due)
        raise
    except UnreachableError as error:
        _give_back(lease, reason=str(error))
        raise
    except RefusedError as error:
        _refuse(lease, expected=State.SENDING, reason=str(error), is_final=error.is_final)
        return False
    except BrokenBeforeDotError as error:
        _put_off(lease, expected=State.SENDING, reason=str(error))
        return False
    return _hand_over(lease, line, message)


def _hand_over(lease: Lease, line: Line, message: Message) -> bool:
    """From the server's "go on" to its answer. That we are about to is on disk before the first byte leaves."""
    leasing.renew(
        lease, expected=State.SENDING, to=State.COMMITTING, seconds=line.patience.lease, connection=line.our_end()
    )
    points.passed("before_body")
    if time.monotonic() > lease.ends_at - line.patience.body - line.patience.after_dot:
        # We slept (a stopped process, a paused machine): by now the sweep may have given the message to another.
        raise LeaseLostError(f"too late to hand over message {lease.message_pk}")
    try:
        reply = line.hand_over(bytes(message.raw or b""))
    except BrokenBeforeDotError as error:
        _put_off(lease, expected=State.COMMITTING, reason=str(error))
        return False
    except ReplyLostError as error:
        _lose(lease, message, reason=str(error))
        return False
    return _record(lease, reply)


def _record(lease: Lease, reply: Reply) -> bool:
    if reply.is_accepted:
        points.passed("after_250")
        try:
            leasing.settle(lease, expected=State.COMMITTING, to=State.SENT, reply=str(reply), sent_at=DatabaseClock())
        except LeaseLostError:
            logger.error("Message %s was accepted (%s) after its lease had ended", lease.message_pk, reply)
            raise
        points.passed("committed")
        return True
    _refuse(lease, expected=State.COMMITTING, reason=str(reply), is_final=reply.is_permanent)
    return False


def _why_over(message: Message) -> str:
    return "it was delivered before, and has come back" if message.bounced_at else ""


def _damage(message: Message) -> str:
    """Why these are not the bytes that were queued, or ""."""
    if message.raw is None or hashlib.sha256(message.raw).hexdigest() != message.content_sha256:
        return "the stored message is not the one that was queued"
    return ""


def _refuse(lease: Lease, *, expected: str, reason: str, is_final: bool) -> None:
    if is_final:
        leasing.settle(lease, expected=expected, to=State.FAILED, reply=reason)
    else:
        _put_off(lease, expected=expected, reason=reason)


def _put_off(lease: Lease, *, expected: str, reason: str) -> None:
    """Try again later, or give up after 72 hours of trying."""
    attempts = Message.objects.values_list("attempts", flat=True).get(pk=lease.message_pk)
    wait = leasing.wait_after(attempts)
    if wait is None:
        leasing.settle(lease, expected=expected, to=State.FAILED, reply=f"given up after {attempts} tries: {reason}")
        return
    due = leasing.from_now(leasing.jittered(wait).total_seconds())
    leasing.settle(lease, expected=expected, to=State.DEFERRED, reply=reason, next_try_at=due)


def _give_back(lease: Lease, *, reason: str, to: str = State.QUEUED, **fields: Any) -> None:
    """No mail server, or not yet its turn: not this message's fault, so its tries are not counted."""
    leasing.settle(lease, expected=State.SENDING, to=to, reply=reason, attempts=leasing.one_try_less(), **fields)


def _lose(lease: Lease, message: Message, *, reason: str) -> None:
    """Handed over, and no answer: `once` waits for a person, `retry` prefers a duplicate to a loss."""
    if message.policy == Message.Policy.ONCE:
        leasing.settle(lease, expected=State.COMMITTING, to=State.UNCERTAIN, reply=reason)
        return
    wait = leasing.wait_after(message.attempts) or leasing.wait_after(0)
    due = leasing.from_now(leasing.jittered(wait).total_seconds() if wait else 0)
    leasing.settle(lease, expected=State.COMMITTING, to=State.QUEUED, reply=reason, next_try_at=due)
