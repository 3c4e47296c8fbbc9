import logging
import socket
import time
from typing import Any

import pytest
from celery import current_app
from django.db import transaction

from outbox import bell
from outbox.tasks import drain_post

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def awake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell, "_quiet_until", 0.0)


def bells_waiting() -> int:
    with current_app.connection_for_write() as connection:
        channel: Any = connection.default_channel
        return int(channel.client.llen("celery"))


def test_bell_rings_after_the_commit_and_not_before() -> None:
    before = bells_waiting()
    with transaction.atomic():
        bell.ring_on_commit(drain_post)
        assert bells_waiting() == before
    assert bells_waiting() == before + 1
    bell.ring_on_commit("outbox.drain_post")
    assert bells_waiting() == before + 2


def test_bell_stays_silent_when_nothing_was_written() -> None:
    before = bells_waiting()
    with transaction.atomic():
        bell.ring_on_commit(drain_post)
        transaction.set_rollback(True)
    assert bells_waiting() == before


def ring_often(broker: str, monkeypatch: pytest.MonkeyPatch) -> float:
    monkeypatch.setattr(current_app.conf, "broker_write_url", broker)
    started = time.monotonic()
    for _ in range(20):
        bell.ring_on_commit(drain_post)
    return time.monotonic() - started


def test_bell_without_a_broker_costs_the_reader_no_time(
    monkeypatch: pytest.MonkeyPatch, unused_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert ring_often(f"redis://127.0.0.1:{unused_port}/0", monkeypatch) < 2
    assert "outbox.drain_post waits for the next sweep" in caplog.text


def test_bell_with_a_silent_broker_costs_little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        assert ring_often(f"redis://127.0.0.1:{listening.getsockname()[1]}/0", monkeypatch) < 2


def test_bell_rings_again_after_a_while(monkeypatch: pytest.MonkeyPatch, unused_port: int) -> None:
    before = bells_waiting()
    with monkeypatch.context() as patch:
        ring_often(f"redis://127.0.0.1:{unused_port}/0", patch)
    bell.ring_on_commit(drain_post)
    assert bells_waiting() == before
    monkeypatch.setattr(bell, "_quiet_until", time.monotonic() - 0.001)
    bell.ring_on_commit(drain_post)
    assert bells_waiting() == before + 1


def test_bell_does_not_hide_our_own_mistakes(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **options: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(current_app, "send_task", broken)
    with pytest.raises(ZeroDivisionError):
        bell.ring_on_commit(drain_post)
