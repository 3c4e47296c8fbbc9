"""News, its way out and the danger button, each from a connection of its own."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from outbox.models import Message
from petitions.actions import erase_signature, forget_readers, stop_updates, update_sending
from petitions.models import Signature, Update, UpdateDelivery, UpdateReader
from petitions.news.readers import lock_readers, reader_digest
from tests.petitions.factories import FollowerFactory, StatementFactory
from tests.petitions.test_concurrency import at_once
from tests.petitions.updating import reader, released

pytestmark = pytest.mark.django_db(transaction=True)
ADA = "ada@people.example"


def held_open(
    first: Callable[[], Any], second: Callable[[], Any], *, at_last: Callable[[], Any] = lambda: None
) -> tuple[Any, Any]:
    """`first` in a transaction that does `at_last` and commits once `second`, on another connection, waits."""
    begun, ended = threading.Event(), threading.Event()

    def run_first() -> Any:
        try:
            with transaction.atomic():
                result = first()
                begun.set()
                until = time.monotonic() + 10
                while not ended.is_set() and not somebody_waits() and time.monotonic() < until:
                    time.sleep(0.02)
                at_last()
        finally:
            begun.set()
        return result

    def run_second() -> Any:
        begun.wait()
        try:
            return second()
        finally:
            ended.set()

    results = at_once(2, lambda position: run_second() if position else run_first())
    return results[0], results[1]


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' LIMIT 1"
        )
        return cursor.fetchone() is not None


def gathered() -> tuple[Update, Signature]:
    """News whose one reader, who signed and follows, is noted."""
    statement = StatementFactory.open()
    signature = reader(statement, ADA)
    FollowerFactory.create(about=statement, address=ADA)
    update = released(statement)
    update_sending._take_step(update.pk, now=timezone.now())
    return update, signature


def test_erasing_forgets_the_mail_that_is_being_written_at_this_moment() -> None:
    update, signature = gathered()
    now = timezone.now() + timedelta(seconds=1)
    written, _erased = held_open(
        lambda: update_sending._take_step(update.pk, now=now),
        lambda: erase_signature(signature=signature, now=now),
    )
    assert written == (1, True)
    assert [(mail.state, mail.to_address) for mail in Message.objects.filter(kind="update")] == [("cancelled", None)]
    assert not UpdateReader.objects.exists()


def test_erasing_forgets_the_mail_that_is_being_written_to_the_follower() -> None:
    statement = StatementFactory.open()
    signature = reader(statement, ADA, wants_updates=False)
    FollowerFactory.create(about=statement, address=ADA)
    update, now = released(statement), timezone.now() + timedelta(seconds=1)
    update_sending._take_step(update.pk, now=now)
    digest = bytes(UpdateDelivery.objects.get().digest)
    written, _erased = held_open(
        lambda: update_sending._take_step(update.pk, now=now),
        lambda: erase_signature(signature=signature, now=now),
    )
    assert written == (1, True)
    assert [(mail.state, mail.to_address) for mail in Message.objects.filter(kind="update")] == [("cancelled", None)]
    row = UpdateDelivery.objects.get()
    assert (row.follower, bytes(row.digest) == digest) == (None, False)


def test_who_is_being_erased_is_not_noted_as_a_reader() -> None:
    statement = StatementFactory.open()
    signature, kept = reader(statement, ADA), reader(statement, "kept@people.example")
    FollowerFactory.create(about=statement, address=ADA)
    update, now = released(statement), timezone.now()
    held_open(
        lambda: erase_signature(signature=signature, now=now),
        lambda: update_sending._take_step(update.pk, now=now),
    )
    assert [row.signature for row in UpdateDelivery.objects.all()] == [kept]


def test_erasing_and_sending_never_wait_in_a_circle() -> None:
    for _round in range(4):
        update, signature = gathered()
        # A mailbox that had news before: sender and eraser both want its row.
        UpdateReader.objects.create(digest=reader_digest(ADA), seen_at=timezone.now())
        now = timezone.now() + timedelta(seconds=1)
        acts: list[Callable[[], Any]] = [
            lambda: update_sending._take_step(update.pk, now=now),  # noqa: B023  called within the same turn
            lambda: erase_signature(signature=signature, now=now),  # noqa: B023  called within the same turn
        ]
        results = at_once(2, lambda position: acts[position]())  # noqa: B023  called within the same turn
        assert not [result for result in results if isinstance(result, Exception)], results
        assert not Message.objects.filter(kind="update", to_address__isnull=False).exists()


def test_stopping_and_erasing_never_wait_in_a_circle() -> None:
    for _round in range(6):
        statement = StatementFactory.open()
        signature = reader(statement, ADA)
        FollowerFactory.create(about=statement, address=ADA)
        now = timezone.now()
        acts: list[Callable[[], Any]] = [
            lambda: stop_updates(signature=signature, now=now),  # noqa: B023  called within the same turn
            lambda: erase_signature(signature=signature, now=now),  # noqa: B023  called within the same turn
        ]
        results = at_once(2, lambda position: acts[position]())  # noqa: B023  called within the same turn
        assert not [result for result in results if isinstance(result, Exception)], results
        assert Signature.objects.get(pk=signature.pk).erased_at is not None


def test_a_reader_forgotten_while_others_are_waited_for_is_locked_all_the_same() -> None:
    now = timezone.now()
    idle, new = sorted([ADA, "new@people.example"], key=reader_digest)
    UpdateReader.objects.create(digest=reader_digest(idle), seen_at=now - timedelta(days=9))
    # Another worker makes the second row; while we wait for it, the first is found idle.
    _made, locked = held_open(
        lambda: UpdateReader.objects.create(digest=reader_digest(new), seen_at=now),
        lambda: locked_digests(idle, new),
        at_last=lambda: forget_readers(now=now),
    )
    assert locked == {reader_digest(idle), reader_digest(new)}


def locked_digests(*addresses: str) -> set[bytes]:
    with transaction.atomic():
        return set(lock_readers(addresses, now=timezone.now()))


def test_readers_are_forgotten_in_short_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(update_sending, "FORGOTTEN_AT_ONCE", 2)
    now = timezone.now()
    for number in range(5):
        UpdateReader.objects.create(digest=reader_digest(f"r{number}@people.example"), seen_at=now - timedelta(days=9))
    kept = UpdateReader.objects.create(digest=reader_digest("kept@people.example"), seen_at=now)
    assert forget_readers(now=now) == 5
    assert UpdateReader.objects.get() == kept
