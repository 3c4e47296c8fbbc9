"""100,000 updates in the queue delay neither a code nor a letter."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from outbox.delivery import drain
from outbox.leasing import claim
from outbox.models import Message
from outbox.places import place
from tests.outbox.factories import MessageFactory
from tests.outbox.smtp_server import SmtpServer

pytestmark = pytest.mark.slow

UPDATES = """
INSERT INTO outbox_message (id, kind, lane, policy, priority, state, to_address, message_id, raw, content_sha256,
    created_at, next_try_at, attempts, crashes, last_reply, doubt, bounce_report, is_to_forget)
SELECT gen_random_uuid(), 'update', 'post', 'retry', 9, 'queued', '\\x00', '<' || number || '@x>', '\\x00', 'x',
    now(), now() - interval '1 hour' + number * interval '1 millisecond', 0, 0, '', '', '', false
FROM generate_series(1, 100000) AS number
"""


@pytest.fixture
def crowd(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(UPDATES)
        cursor.execute("ANALYZE outbox_message")


def plan_of_claim(lane: str) -> tuple[str, float]:
    """How PostgreSQL finds the message that a claim takes, and how many seconds the claim took."""
    with CaptureQueriesContext(connection) as queries:
        begun = time.monotonic()
        assert claim(lane=lane, seconds=60) is not None
        seconds = time.monotonic() - begun
    [found] = [query["sql"] for query in queries if "FOR UPDATE" in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {found}")
        return "\n".join(row[0] for row in cursor.fetchall()), seconds


@pytest.mark.usefixtures("crowd")
def test_crowd_of_updates_delays_neither_a_code_nor_a_letter() -> None:
    code, letter = MessageFactory.create(priority=0), MessageFactory.letter()
    for lane, urgent in (("post", code), ("letters", letter)):
        plan, seconds = plan_of_claim(lane)
        urgent.refresh_from_db()
        assert urgent.state == "sending"
        assert "outbox_message_due" in plan
        assert "Seq Scan" not in plan
        assert "Sort" not in plan
        # Milliseconds on an idle machine; reading the whole table takes longer than this.
        assert seconds < 0.25


@pytest.mark.usefixtures("crowd")
def test_crowd_is_taken_in_the_order_in_which_it_became_due() -> None:
    leases = [claim(lane="post", seconds=60) for _ in range(3)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM outbox_message ORDER BY next_try_at LIMIT 3")
        assert [lease.message_pk for lease in leases if lease] == [row[0] for row in cursor.fetchall()]


@pytest.fixture
def places_taken_elsewhere(transactional_db: None) -> Iterator[None]:
    with connection.copy().cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, 0)", [0x0B0C0000])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock_all()")
            cursor.connection.close()


@pytest.mark.usefixtures("places_taken_elsewhere")
def test_place_of_a_drain_that_is_stuck_does_not_count(smtp_server: SmtpServer) -> None:
    """A server that never answers about one update must not hold up the codes."""
    MessageFactory.create(priority=0)
    stuck = MessageFactory.in_state("committing", lease_expires_at=timezone.now() + timedelta(seconds=890))
    assert drain(lane="post", most=1) == 0
    Message.objects.filter(pk=stuck.pk).update(lease_expires_at=timezone.now() + timedelta(seconds=860))
    assert drain(lane="post", most=1) == 1


@pytest.mark.usefixtures("places_taken_elsewhere")
def test_place_leaves_the_other_workers_to_the_letters(smtp_server: SmtpServer) -> None:
    MessageFactory.create()
    MessageFactory.letter()
    assert drain(lane="post", most=1) == 0
    assert drain(lane="letters", most=1) == 1
    assert drain(lane="post", most=2) == 1
    with place("post", most=1) as first, place("post", most=2) as second, place("post", most=0) as third:
        assert (first, second, third) == (False, True, True)
