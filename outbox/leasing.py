"""Who may touch a message now: one worker, for a while, under a token that every later write must show."""

import random
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, Value, When
from django.db.models.expressions import Combinable

from outbox import points
from outbox.clock import DatabaseClock
from outbox.models import Message, MessageQuerySet

State = Message.State
FREE: dict[str, Any] = {"lease_token": None, "lease_expires_at": None}
IN_FLIGHT: dict[str, Any] = {"state__in": [State.SENDING, State.COMMITTING], "lane": Message.Lane.LETTERS}
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
    """Take the most urgent due message of `lane` for `seconds`; None when none is due. Committed on return.

    Of letters only one to each recipient's domain is in flight at a time, however many workers there are.
    """
    lease_ends_at, token = time.monotonic() + seconds, uuid.uuid4()
    with transaction.atomic(durable=True):
        pk = _find_letter() if lane == Message.Lane.LETTERS else _find(_due(lane))[0]
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


def _due(lane: str) -> MessageQuerySet:
    return Message.objects.filter(lane=lane, state__in=[State.QUEUED, State.DEFERRED], next_try_at__lte=DatabaseClock())


def _find(due: MessageQuerySet) -> tuple[uuid.UUID | None, bytes | None]:
    """The most urgent of `due` that nobody else is taking, locked, and the digest of its domain."""
    urgent = due.order_by("priority", "next_try_at").select_for_update(skip_locked=True, of=["self"])
    pk, domain = urgent.values_list("pk", "domain_digest").first() or (None, None)
    return pk, domain if domain is None else bytes(domain)


def _find_letter() -> uuid.UUID | None:
    """The most urgent letter to a domain that no other letter is on its way to.

    The lock on the domain lasts until our claim is committed and thus seen by all; whoever does not get it looks on.
    A unique index holds the same rule.
    """
    busy: list[bytes] = []
    while True:
        in_flight = Message.objects.filter(domain_digest=OuterRef("domain_digest"), **IN_FLIGHT)
        pk, domain = _find(_due(Message.Lane.LETTERS).exclude(domain_digest__in=busy).exclude(Exists(in_flight)))
        if pk is None or domain is None:
            return pk
        if _lock_domain(domain) and not Message.objects.filter(domain_digest=domain, **IN_FLIGHT).exists():
            return pk
        busy.append(domain)


def _lock_domain(domain: bytes) -> bool:
    with connection.cursor() as cursor:
        key = int.from_bytes(domain[:8], "big", signed=True)
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [key])
        return bool(cursor.fetchone()[0])


def renew(lease: Lease, *, expected: str, to: str, seconds: float, **fields: Any) -> None:
    """Move the message on, write `fields`, hold it for another `seconds`. Raises `LeaseLostError`; committed on return.

    A message whose return has reached us is not moved on: it was delivered before, whatever we thought.
    """
    lease_ends_at = time.monotonic() + seconds
    _move(lease, expected=expected, only={"bounced_at": None}, state=to, lease_expires_at=from_now(seconds), **fields)
    lease.ends_at = lease_ends_at


def settle(lease: Lease, *, expected: str, to: str, reply: str, **fields: Any) -> None:
    """Write what became of the message and let go of it. Raises `LeaseLostError`; committed on return.

    When the message's return came before the answer, it is `bounced`, whatever `to` says.
    """
    state = Case(When(bounced_at__isnull=False, then=Value(State.BOUNCED)), default=Value(to))
    _move(lease, expected=expected, state=state, last_reply=reply, crashes=0, **FREE, **fields)


def _move(lease: Lease, *, expected: str, only: Mapping[str, Any] | None = None, **fields: Any) -> None:
    with transaction.atomic(durable=True):
        mine = Message.objects.filter(pk=lease.message_pk, lease_token=lease.token, state=expected, **(only or {}))
        if mine.update(**fields) != 1:
            raise LeaseLostError(f"message {lease.message_pk} is no longer {expected} under our lease")


def release_expired_leases() -> int:
    """Take messages back from workers that died; how many. Before the handing over they are queued again, at the end.

    After it nobody knows: policy `once` becomes uncertain, policy `retry` is queued again. A message that has cost
    `OUTBOX_MOST_CRASHES` workers in a row ends as failed, so that it cannot stop all others.
    """
    expired = Message.objects.filter(lease_expires_at__lt=DatabaseClock())
    doubtful = Q(state=State.COMMITTING, policy=Message.Policy.ONCE)
    note = "the worker did not report back"
    returned = expired.filter(bounced_at__isnull=False).update(state=State.BOUNCED, last_reply=note, **FREE)
    uncertain = expired.filter(doubtful).update(state=State.UNCERTAIN, last_reply=f"{note} while handing over", **FREE)
    poisonous = expired.exclude(doubtful).filter(crashes__gte=settings.OUTBOX_MOST_CRASHES - 1)
    failed = poisonous.update(
        state=State.FAILED,
        crashes=F("crashes") + 1,
        last_reply=f"given up: {settings.OUTBOX_MOST_CRASHES} workers in a row did not come back from it",
        **FREE,
    )
    # The clock goes on between these statements: what ends its lease meanwhile is left to the next sweep, and above all
    # a letter in `committing` is never queued again.
    again = {"state": State.QUEUED, "crashes": F("crashes") + 1, "next_try_at": DatabaseClock(), **FREE}
    queued = expired.filter(state=State.SENDING).update(
        **again, last_reply=f"{note}; nothing had been handed over"
    ) + expired.filter(state=State.COMMITTING, policy=Message.Policy.RETRY).update(
        **again, last_reply=f"{note} while handing over; sent again"
    )
    return returned + uncertain + failed + queued


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
