"""How many drains of one lane run side by side, counted by the database: some workers stay free for the other lane."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from outbox.leasing import from_now
from outbox.models import Message
from outbox.patience import current_patience

STUCK = 30
# The first half of our advisory locks' keys; the second is the number of the place.
_KEYS = {lane: 0x0B0C0000 + number for number, lane in enumerate(Message.Lane.values)}


@contextmanager
def place(lane: str, *, most: int) -> Iterator[bool]:
    """Whether one of the `most` places of `lane` was free; it is held until the end, or until the connection breaks.

    0: there is no limit. Whoever has been stuck with one message for `STUCK` seconds, because a server does not answer,
    does not count: a code must not wait for an update.
    """
    number = _take(lane, most + _count_stuck(lane)) if most else 0
    try:
        yield number is not None
    finally:
        if most and number is not None:
            _ask("pg_advisory_unlock", lane, number)


def _count_stuck(lane: str) -> int:
    taken_before = from_now(current_patience().lease - STUCK)
    in_flight = Message.objects.filter(lane=lane, state__in=[Message.State.SENDING, Message.State.COMMITTING])
    return in_flight.filter(lease_expires_at__lt=taken_before).count()


def _take(lane: str, most: int) -> int | None:
    return next((number for number in range(most) if _ask("pg_try_advisory_lock", lane, number)), None)


def _ask(function: str, lane: str, number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [_KEYS[lane], number])
        return bool(cursor.fetchone()[0])
