"""Who may touch a message now: one worker, for a while, under a token that every later write must show."""

import random
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, Value
from django.db.models.expressions import Combinable

from outbox import points
from outbox.clock import DatabaseClock
from outbox.models import Message

State = Message.State
# Minutes before the next try; after these every hour, 70 times: just under 72 hours in all.
FIRST_WAITS = (1, 5, 15, 60)
MOST_ATTEMPTS = len(FIRST_WAITS) + 71


class LeaseLostError(Exception):
    """The message is no longer ours: another worker or the sweep has taken it over. Send nothing."""


@dataclass
class Lease:
    """Our hold on one message. `ends_at` is on this process's monotonic clock, and errs on the early side."""

    message_pk: uuid.UUID
    token: uuid.UUID
    ends_at: float


def claim(*, lane: str, seconds: float) -> Lease | None:
    """Take the most urgent due message of `lane` for `seconds`; None when none is due. Committed on return."""
    lease_ends_at, token = time.monotonic() + seconds, uuid.uuid4()
    with transaction.atomic(durable=True):
        due = Message.objects.filter(
            lane=lane, state__in=[State.QUEUED, State.DEFERRED], next_try_at__lte=DatabaseClock()
        )
        pk = (
            due.order_by("priority", "next_try_at")
            .select_for_update(skip_locked=True)
            .values_list("pk", flat=True)
            .first()
        )
        if pk is None:
            return None
        Message.objects.filter(pk=pk).update(
            state=State.SENDING,
            lease_token=token,
            lease_expires_at=from_now(seconds),
            attempts=F("attempts") + 1,
        )
        points.passed("claim")
    points.passed("claimed")
    return Lease(message_pk=pk, token=token, ends_at=lease_ends_at)


def renew(lease: Lease, *, expected: str, to: str, seconds: float) -> None:
    """Move the message on and hold it for another `seconds`. Raises `LeaseLostError`; committed on return."""
    lease_ends_at = time.monotonic() + seconds
    _move(lease, expected=expected, state=to, lease_expires_at=from_now(seconds))
    lease.ends_at = lease_ends_at


def settle(lease: Lease, *, expected: str, to: str, reply: str, **fields: Any) -> None:
    """Write what became of the message and let go of it. Raises `LeaseLostError`; committed on return."""
    _move(lease, expected=expected, state=to, last_reply=reply, lease_token=None, lease_expires_at=None, **fields)


def _move(lease: Lease, *, expected: str, **fields: Any) -> None:
    with transaction.atomic(durable=True):
        mine = Message.objects.filter(pk=lease.message_pk, lease_token=lease.token, state=expected)
        if mine.update(**fields) != 1:
            raise LeaseLostError(f"message {lease.message_pk} is no longer {expected} under our lease")


def release_expired_leases() -> int:
    """Take messages back from workers that died; how many. Before the handing over they are queued again.

    After it nobody knows: policy `once` becomes uncertain and waits for a person, policy `retry` is queued again.
    """
    expired = Message.objects.filter(lease_expires_at__lt=DatabaseClock())
    free: dict[str, Any] = {"lease_token": None, "lease_expires_at": None}
    note = "the worker did not report back"
    before = expired.filter(state=State.SENDING)
    after = expired.filter(state=State.COMMITTING)
    return (
        before.update(state=State.QUEUED, last_reply=f"{note}; nothing had been handed over", **free)
        + after.filter(policy=Message.Policy.ONCE).update(
            state=State.UNCERTAIN, last_reply=f"{note} while handing over", **free
        )
        + after.filter(policy=Message.Policy.RETRY).update(
            state=State.QUEUED, last_reply=f"{note} while handing over; sent again", **free
        )
    )


def wait_after(attempts: int) -> timedelta | None:
    """How long to wait after that many tries, without jitter; None when 72 hours are over and it has failed."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return timedelta(minutes=FIRST_WAITS[attempts - 1] if 1 <= attempts <= len(FIRST_WAITS) else 60)


def jittered(wait: timedelta) -> timedelta:
    """`wait` give or take a fifth, so that what failed together is not tried again together."""
    return wait * (settings.OUTBOX_MINUTE / 60) * random.SystemRandom().uniform(0.8, 1.2)


def from_now(seconds: float) -> Combinable:
    """A moment that many seconds from now, by the database's clock."""
    return ExpressionWrapper(DatabaseClock() + Value(timedelta(seconds=seconds)), output_field=DateTimeField())


def one_try_less() -> Combinable:
    return F("attempts") - 1
