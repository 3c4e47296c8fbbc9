"""No mail leaves without its committed row, whatever the database does (L18, L19); the drain lives on."""

import threading
from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.db import connection

from outbox import points
from outbox.delivery import drain
from outbox.leasing import release_expired_leases
from outbox.models import Message
from tests.outbox.factories import MessageFactory
from tests.outbox.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def elsewhere() -> Iterator[psycopg.Connection]:
    """Another connection to the same database."""
    settings = connection.get_connection_params()
    wanted = {name: settings[name] for name in ("dbname", "user", "password", "host", "port")}
    with psycopg.connect(**wanted) as other:
        yield other
        other.rollback()


@pytest.fixture(autouse=True)
def deaf_again() -> Iterator[None]:
    yield
    points.listen(None)


def turn_read_only(other: psycopg.Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")


def lock_the_row(other: psycopg.Connection) -> None:
    other.execute("SELECT 1 FROM outbox_message FOR UPDATE")
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '100ms'")


def end_the_connection(other: psycopg.Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    other.commit()


FAULTS = [turn_read_only, lock_the_row, end_the_connection]


def strike_at(point: str, strike: Callable[[], None]) -> None:
    def look(name: str) -> None:
        if name == point:
            strike()

    points.listen(look)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("point", ["claimed", "rcpt"])
def test_fault_before_the_handing_over_lets_nothing_leave(
    smtp_server: SmtpServer, elsewhere: psycopg.Connection, point: str, fault: Callable[[psycopg.Connection], None]
) -> None:
    message = MessageFactory.letter()
    strike_at(point, lambda: fault(elsewhere))
    assert drain(lane="letters") == 0
    points.listen(None)
    elsewhere.rollback()
    message.refresh_from_db()
    assert (message.state, smtp_server.accepted) == ("sending", [])
    Message.objects.update(lease_expires_at="2020-01-01T00:00Z")
    release_expired_leases()
    assert drain(lane="letters") == 1
    message.refresh_from_db()
    assert (message.state, len(smtp_server.accepted)) == ("sent", 1)


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_after_the_answer_leaves_the_letter_in_doubt_and_never_sends_it_again(
    smtp_server: SmtpServer, elsewhere: psycopg.Connection, fault: Callable[[psycopg.Connection], None]
) -> None:
    message = MessageFactory.letter()
    strike_at("after_250", lambda: fault(elsewhere))
    assert drain(lane="letters") == 0
    points.listen(None)
    elsewhere.rollback()
    message.refresh_from_db()
    assert (message.state, len(smtp_server.accepted)) == ("committing", 1)
    Message.objects.update(lease_expires_at="2020-01-01T00:00Z")
    release_expired_leases()
    message.refresh_from_db()
    assert message.state == "uncertain"
    assert drain(lane="letters") == 0
    assert len(smtp_server.accepted) == 1


def test_fault_at_the_claim_ends_the_drain_and_not_the_worker(
    smtp_server: SmtpServer, elsewhere: psycopg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    MessageFactory.letter()
    turn_read_only(elsewhere)
    assert drain(lane="letters") == 0
    assert "The database failed: cannot execute SELECT FOR UPDATE in a read-only" in caplog.text
    assert Message.objects.get().state == "queued"
    assert drain(lane="letters") == 1


def test_fault_while_others_are_served_costs_them_nothing(
    smtp_server: SmtpServer, elsewhere: psycopg.Connection
) -> None:
    """A frozen worker holds the row of the most urgent letter; the others go round it."""
    first = MessageFactory.letter(priority=0)
    MessageFactory.letter(priority=5)
    elsewhere.execute("SELECT 1 FROM outbox_message WHERE id = %s FOR UPDATE", [first.pk])
    worker = threading.Thread(target=drain_and_close)
    worker.start()
    worker.join(10)
    assert not worker.is_alive()
    assert set(Message.objects.values_list("priority", "state")) == {(0, "queued"), (5, "sent")}


def drain_and_close() -> None:
    try:
        drain(lane="letters")
    finally:
        connection.close()
