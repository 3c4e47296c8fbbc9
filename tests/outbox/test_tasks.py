"""Every task three times: it works; twice changes nothing; it fails and leaves the rows readable."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from campaign.celery import app
from outbox import tasks
from outbox.models import Message
from tests.outbox.factories import MessageFactory
from tests.outbox.mail_logs import exim_took
from tests.outbox.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db


def test_beat_rings_every_task_of_the_outbox() -> None:
    rung = {line["task"] for line in app.conf.beat_schedule.values() if line["task"].startswith("outbox.")}
    every = {name for name in app.tasks if name.startswith("outbox.")}
    assert rung == every
    assert len(every) == 5


def test_drain_post_sends_and_twice_sends_once(smtp_server: SmtpServer) -> None:
    MessageFactory.create()
    for _ in range(2):
        tasks.drain_post()
        assert Message.objects.get().state == "sent"
        assert len(smtp_server.accepted) == 1


def test_drain_post_failing_leaves_the_row_to_the_next(
    smtp_server: SmtpServer, settings: Any, unused_port: int
) -> None:
    MessageFactory.create()
    settings.SMTP_PORT = unused_port
    tasks.drain_post()
    assert Message.objects.get().state == "queued"
    assert Message.objects.get().last_reply
    settings.SMTP_PORT = smtp_server.port
    tasks.drain_post()
    assert Message.objects.get().state == "sent"


def test_release_expired_leases_releases_and_twice_changes_nothing() -> None:
    MessageFactory.in_state("committing", policy="once", lease_expires_at=timezone.now() - timedelta(seconds=1))
    for _ in range(2):
        tasks.release_expired_leases()
        assert Message.objects.get().state == "uncertain"


def test_resolve_by_evidence_resolves_and_twice_changes_nothing(settings: Any, tmp_path: Path) -> None:
    message = MessageFactory.in_state("uncertain", policy="once")
    settings.EVIDENCE_LOG = str(tmp_path / "mainlog")
    tasks.resolve_by_evidence()
    message.refresh_from_db()
    assert (message.state, message.doubt) == ("uncertain", "unreadable")
    (tmp_path / "mainlog").write_text(exim_took(5, message.message_id))
    for _ in range(2):
        tasks.resolve_by_evidence()
        message.refresh_from_db()
        assert message.state == "sent"


def test_sound_alarms_sounds_and_twice_is_silent(caplog: pytest.LogCaptureFixture) -> None:
    MessageFactory.in_state("uncertain", policy="once")
    for _ in range(2):
        tasks.sound_alarms()
        assert caplog.text.count("fate is unknown: 1") == 1


def test_forget_old_messages_forgets_and_twice_changes_nothing() -> None:
    MessageFactory.in_state("sent", created_at=timezone.now() - timedelta(days=31))
    for _ in range(2):
        tasks.forget_old_messages()
        assert Message.objects.get().raw is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("task", [tasks.release_expired_leases, tasks.forget_old_messages])
def test_sweep_failing_leaves_the_row_as_it_was(task: Any) -> None:
    message = MessageFactory.in_state("sending", lease_expires_at=timezone.now() - timedelta(seconds=1))
    old = MessageFactory.in_state("sent", created_at=timezone.now() - timedelta(days=31))
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
        try:
            with pytest.raises(DatabaseError, match="read-only"):
                task()
        finally:
            cursor.execute("SET default_transaction_read_only = off")
    message.refresh_from_db()
    old.refresh_from_db()
    assert (message.state, old.raw is None) == ("sending", False)
    task()
