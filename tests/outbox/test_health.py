import logging
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from outbox.actions import sound_alarms
from outbox.delivery import drain
from outbox.health import read_health
from outbox.models import Alarm, Message
from tests.outbox.factories import MessageFactory
from tests.outbox.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db


def test_health_of_an_empty_outbox() -> None:
    health = read_health()
    assert (health.waiting, health.uncertain, health.last_sent_at) == ({"post": 0, "letters": 0}, 0, None)
    assert set(health.alarms().values()) == {0}


def test_health_counts_what_waits_by_lane_and_how_long(django_assert_num_queries: Any) -> None:
    MessageFactory.create_batch(2)
    MessageFactory.create(next_try_at=timezone.now() + timedelta(hours=5))
    letter = MessageFactory.letter(next_try_at=timezone.now() - timedelta(minutes=30))
    sent = MessageFactory.in_state("sent")
    MessageFactory.in_state("uncertain")
    MessageFactory.in_state("failed", policy="once")
    MessageFactory.in_state("failed", policy="retry")
    with django_assert_num_queries(7):
        health = read_health()
    assert health.waiting == {"post": 3, "letters": 1}
    assert timedelta(minutes=29) < health.overdue["letters"] < timedelta(minutes=31)
    assert health.overdue["post"] < timedelta(minutes=1)
    assert (health.uncertain, health.failed_letters, health.last_sent_at) == (1, 1, sent.sent_at)
    assert health.alarms() == {"uncertain": 1, "failed_letters": 1, "unencrypted": 0, "late": 1, "clock": 0}
    letter.delete()
    assert read_health().alarms()["late"] == 0


def test_health_sees_a_server_that_refuses_encryption(smtp_server: SmtpServer, settings: Any) -> None:
    MessageFactory.letter()
    settings.SMTP_STARTTLS = True
    drain(lane="letters")
    assert read_health().alarms()["unencrypted"] == 1
    settings.SMTP_STARTTLS = False
    Message.objects.update(next_try_at="2020-01-01T00:00Z")
    drain(lane="letters")
    assert read_health().alarms()["unencrypted"] == 0


def test_health_sees_a_database_clock_that_went_back() -> None:
    MessageFactory.in_state("sent", sent_at=timezone.now() + timedelta(hours=2))
    assert read_health().alarms()["clock"] == 1


def test_alarm_is_told_once_for_each_rise(caplog: pytest.LogCaptureFixture) -> None:
    first = MessageFactory.in_state("uncertain")
    assert [sound_alarms(now=timezone.now()) for _ in range(2)] == [["uncertain"], []]
    MessageFactory.in_state("uncertain")
    assert sound_alarms(now=timezone.now()) == ["uncertain"]
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR] == [
        "Letters whose fate is unknown: 1. Look at the letter desk.",
        "Letters whose fate is unknown: 2. Look at the letter desk.",
    ]
    first.delete()
    assert sound_alarms(now=timezone.now()) == []
    assert Alarm.objects.get(name="uncertain").level == 1
    Message.objects.all().delete()
    sound_alarms(now=timezone.now())
    assert Alarm.objects.get(name="uncertain").risen_at is None
    MessageFactory.in_state("uncertain")
    assert sound_alarms(now=timezone.now()) == ["uncertain"]
