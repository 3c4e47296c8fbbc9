"""Every way a mail server can answer, with both policies, against a real one."""

import threading
import time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from outbox import points
from outbox.delivery import Wait, drain
from outbox.leasing import claim, release_expired_leases
from outbox.models import Message
from outbox.patience import Patience
from tests.outbox.factories import MessageFactory
from tests.outbox.smtp_server import Fault, SmtpServer

pytestmark = pytest.mark.django_db
HASTY = Patience(connect=2, command=0.5, body=0.5, after_dot=0.5, lease=60, drain=10)
READER = "leyla@example.org"


def send(server: SmtpServer, *faults: Fault, policy: str = "retry", **fields: Any) -> Message:
    """Queue one message, let the server do `faults` to it, drain once."""
    message = MessageFactory.create(to_address=READER, policy=policy, **fields)
    server.script(READER, *faults)
    drain(lane="post", patience=HASTY)
    message.refresh_from_db()
    return message


def minutes_until_next_try(message: Message) -> float:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM next_try_at - clock_timestamp()) / 60 FROM outbox_message WHERE id = %s",
            [message.pk],
        )
        [minutes] = cursor.fetchone() or [0]
    return float(minutes)


def test_drain_sends_the_very_bytes_to_one_recipient(smtp_server: SmtpServer) -> None:
    message = send(smtp_server, text=".a line that starts with a dot\n..two\n.\nend\n")
    assert (message.state, message.attempts, message.lease_token, message.last_reply) == (
        "sent",
        1,
        None,
        "250 2.0.0 taken",
    )
    assert message.sent_at is not None
    [accepted] = smtp_server.accepted
    assert accepted.sha256 == message.content_sha256
    assert (accepted.recipients, accepted.sender) == ((READER,), "post@countersign.example")


def test_drain_twice_sends_once(smtp_server: SmtpServer) -> None:
    MessageFactory.create()
    assert [drain(lane="post"), drain(lane="post")] == [1, 0]
    assert len(smtp_server.accepted) == 1


def test_drain_reuses_one_connection_and_one_recipient_each(smtp_server: SmtpServer) -> None:
    MessageFactory.create_batch(5)
    assert drain(lane="post") == 5
    assert smtp_server.book.connections == 1
    assert [len(accepted.recipients) for accepted in smtp_server.accepted] == [1] * 5


def test_drain_sends_codes_first_and_keeps_to_its_lane(smtp_server: SmtpServer) -> None:
    MessageFactory.create(priority=9, to_address="update@example.org")
    MessageFactory.create(priority=5, to_address="notice@example.org")
    MessageFactory.create(priority=0, to_address="code@example.org")
    letter = MessageFactory.letter()
    drain(lane="post")
    assert smtp_server.book.offered == ["code@example.org", "notice@example.org", "update@example.org"]
    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == ("queued", 0)


# What the server does -> the state with policy retry, with policy once, and how many it accepted.
OUTCOMES = [
    (Fault.REFUSE_RECIPIENT, "failed", "failed", 0),
    (Fault.REFUSE_DATA, "failed", "failed", 0),
    (Fault.REFUSE_BODY, "failed", "failed", 0),
    (Fault.DEFER_RECIPIENT, "deferred", "deferred", 0),
    (Fault.DEFER_BODY, "deferred", "deferred", 0),
    (Fault.HANG_UP_AT_RECIPIENT, "deferred", "deferred", 0),
    (Fault.STALL_AT_RECIPIENT, "deferred", "deferred", 0),
    (Fault.HANG_UP_AFTER_BODY, "queued", "uncertain", 0),
    (Fault.ACCEPT_AND_HANG_UP, "queued", "uncertain", 1),
    (Fault.STALL_AFTER_BODY, "queued", "uncertain", 1),
    (Fault.GARBAGE_AFTER_BODY, "queued", "uncertain", 1),
    (Fault.GO_ON_AFTER_BODY, "queued", "uncertain", 1),
    (Fault.ENDLESS_REPLY, "queued", "uncertain", 1),
]


@pytest.mark.parametrize("policy", ["retry", "once"])
@pytest.mark.parametrize(
    ("fault", "retry", "once", "accepted"), OUTCOMES, ids=[row[0].name.lower() for row in OUTCOMES]
)
def test_drain_settles_each_answer(
    smtp_server: SmtpServer, policy: str, fault: Fault, retry: str, once: str, accepted: int
) -> None:
    message = send(smtp_server, fault, policy=policy)
    assert message.state == (once if policy == "once" else retry)
    assert (message.lease_token, message.lease_expires_at) == (None, None)
    assert message.last_reply
    assert READER not in message.last_reply
    assert len(smtp_server.accepted) == accepted
    if message.state in {"queued", "deferred"}:
        assert 0.7 < minutes_until_next_try(message) < 1.3


def test_drain_never_sends_an_uncertain_letter_again(smtp_server: SmtpServer) -> None:
    send(smtp_server, Fault.ACCEPT_AND_HANG_UP, policy="once")
    Message.objects.update(next_try_at="2020-01-01T00:00Z")
    assert drain(lane="post", patience=HASTY) == 0
    assert len(smtp_server.accepted) == 1


def test_drain_hang_up_before_the_body_is_never_taken_for_sent(smtp_server: SmtpServer) -> None:
    """The server may be gone before or after our bytes reach the wire, so both are right; "sent" is not."""
    message = send(smtp_server, Fault.HANG_UP_BEFORE_BODY, policy="once")
    assert message.state in {"deferred", "uncertain"}
    assert smtp_server.accepted == []


def test_drain_greylisted_message_is_sent_at_its_next_try(smtp_server: SmtpServer) -> None:
    message = send(smtp_server, Fault.DEFER_RECIPIENT, policy="once")
    assert drain(lane="post", patience=HASTY) == 0
    Message.objects.update(next_try_at="2020-01-01T00:00Z")
    assert drain(lane="post", patience=HASTY) == 1
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("sent", 2)


def test_drain_refusal_of_one_leaves_the_others_alone(smtp_server: SmtpServer) -> None:
    MessageFactory.create(to_address="before@example.org", priority=1)
    MessageFactory.create(to_address="after@example.org", priority=3)
    refused = send(smtp_server, Fault.REFUSE_RECIPIENT, priority=2)
    assert refused.state == "failed"
    assert [row.recipients for row in smtp_server.accepted] == [("before@example.org",), ("after@example.org",)]
    assert smtp_server.book.connections == 1


def test_drain_server_that_closes_between_messages_costs_no_try(smtp_server: SmtpServer) -> None:
    smtp_server.script("first@example.org", Fault.HANG_UP_AT_NEXT_MAIL)
    MessageFactory.create(to_address="first@example.org", priority=1)
    second = MessageFactory.create(priority=2)
    assert drain(lane="post", patience=HASTY) == 2
    second.refresh_from_db()
    assert (second.state, second.attempts, smtp_server.book.connections) == ("sent", 1, 2)


def test_drain_gives_up_after_seventy_two_hours(smtp_server: SmtpServer) -> None:
    message = send(smtp_server, Fault.DEFER_RECIPIENT, attempts=74)
    assert message.state == "failed"
    assert message.last_reply.startswith("given up after 75 tries: 451")


def test_drain_without_a_server_blames_no_message(settings: Any, smtp_server: SmtpServer, unused_port: int) -> None:
    messages = MessageFactory.create_batch(2)
    settings.SMTP_PORT = unused_port
    assert drain(lane="post", patience=HASTY) == 0
    for message in messages:
        message.refresh_from_db()
        assert (message.state, message.attempts) == ("queued", 0)
    settings.SMTP_PORT = smtp_server.port
    assert drain(lane="post", patience=HASTY) == 2


def test_drain_holds_back_what_may_not_leave(smtp_server: SmtpServer) -> None:
    message, other = MessageFactory.letter(to_address=READER, priority=1), MessageFactory.letter(priority=2)
    assert drain(lane="letters", may_leave=lambda row: "consent withdrawn" if row.to_address == READER else "") == 1
    message.refresh_from_db()
    other.refresh_from_db()
    assert (message.state, message.last_reply, message.lease_token) == ("cancelled", "consent withdrawn", None)
    assert other.state == "sent"
    assert READER not in smtp_server.book.offered


def test_drain_puts_back_what_has_to_wait_and_goes_on(smtp_server: SmtpServer) -> None:
    message = MessageFactory.letter(to_address=READER, priority=1)
    MessageFactory.letter(priority=2)

    def ask(row: Message) -> str | Wait:
        return Wait("the hour is full", 3600) if row.to_address == READER else ""

    assert drain(lane="letters", may_leave=ask) == 1
    message.refresh_from_db()
    assert (message.state, message.last_reply, message.attempts) == ("queued", "the hour is full", 0)
    assert 59 < minutes_until_next_try(message) < 61
    assert drain(lane="letters", may_leave=ask) == 0
    assert READER not in smtp_server.book.offered


def test_drain_never_sends_bytes_that_are_not_the_queued_ones(smtp_server: SmtpServer) -> None:
    message = MessageFactory.create()
    message.raw = message.raw.replace(b"Words", b"Lies!")
    message.save(update_fields=["raw"])
    assert drain(lane="post", patience=HASTY) == 0
    message.refresh_from_db()
    assert (message.state, smtp_server.accepted) == ("cancelled", [])


def test_drain_message_that_no_key_opens_blocks_nobody(smtp_server: SmtpServer, settings: Any) -> None:
    settings.ADDRESS_KEYS = ["a key that is lost"]
    lost = MessageFactory.create(priority=1)
    settings.ADDRESS_KEYS = ["another key"]
    MessageFactory.create(priority=2)
    assert drain(lane="post", patience=HASTY) == 1
    assert Message.objects.defer("raw", "to_address").get(pk=lost.pk).state == "deferred"


def test_drain_commits_that_it_hands_over_before_the_body_leaves(smtp_server: SmtpServer) -> None:
    MessageFactory.create()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        drain(lane="post")
    states = [
        state
        for query in queries
        for state in ("sending", "committing", "sent")
        if f"'{state}'" in query["sql"].partition(' WHERE ("outbox')[0] and query["sql"].startswith("UPDATE")
    ]
    assert states == ["sending", "committing", "sent"]


@pytest.mark.django_db(transaction=True)
def test_drain_holds_no_transaction_open_while_the_server_is_silent(smtp_server: SmtpServer) -> None:
    message = MessageFactory.create(to_address=READER, policy="once")
    smtp_server.script(READER, Fault.STALL_AFTER_BODY)
    worker = threading.Thread(target=drain_and_close, kwargs={"patience": Patience(after_dot=1.5, body=1, lease=60)})
    worker.start()
    try:
        wait_for(lambda: Message.objects.get(pk=message.pk).state == "committing" and bool(smtp_server.accepted))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%' AND datname = current_database()"
            )
            assert cursor.fetchone() == (0,)
    finally:
        worker.join()
    message.refresh_from_db()
    assert message.state == "uncertain"


@pytest.mark.django_db(transaction=True)
def test_drain_side_by_side_sends_each_exactly_once(smtp_server: SmtpServer) -> None:
    messages = MessageFactory.create_batch(50)
    start = threading.Barrier(2)
    workers = [threading.Thread(target=drain_and_close, kwargs={"start": start}) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(row.message["Message-ID"] for row in smtp_server.accepted) == sorted(
        row.message_id for row in messages
    )
    assert set(Message.objects.values_list("state", "attempts")) == {("sent", 1)}
    assert smtp_server.book.connections == 2


@pytest.mark.django_db(transaction=True)
def test_drain_sends_nothing_once_the_sweep_took_the_message_back(smtp_server: SmtpServer) -> None:
    """A worker that slept between claiming and handing over wakes up to find its token stale."""
    message = MessageFactory.letter()

    def sleep_through_the_lease(row: Message) -> str:
        Message.objects.filter(pk=row.pk).update(state="queued", lease_token=None, lease_expires_at=None)
        Message.objects.filter(pk=row.pk).update(next_try_at="2040-01-01T00:00Z")
        return ""

    assert drain(lane="letters", may_leave=sleep_through_the_lease, patience=HASTY) == 0
    message.refresh_from_db()
    assert (message.state, smtp_server.accepted) == ("queued", [])
    assert smtp_server.book.commands["DATA"] == 1


def test_drain_hands_nothing_over_when_too_little_of_the_lease_is_left(smtp_server: SmtpServer) -> None:
    message = MessageFactory.letter()
    assert drain(lane="letters", patience=Patience(body=1, after_dot=1, lease=1.5)) == 0
    message.refresh_from_db()
    assert (message.state, smtp_server.accepted) == ("committing", [])


def test_drain_outside_production_speaks_to_this_machine_only(smtp_server: SmtpServer, settings: Any) -> None:
    message = MessageFactory.create()
    settings.SMTP_HOST = "mail.example.org"
    assert drain(lane="post", patience=HASTY) == 0
    message.refresh_from_db()
    assert message.state == "queued"
    assert "not loopback" in message.last_reply


def test_drain_never_speaks_in_clear_when_encryption_is_asked_for(smtp_server: SmtpServer, settings: Any) -> None:
    message = MessageFactory.create()
    settings.SMTP_STARTTLS = True
    assert drain(lane="post", patience=HASTY) == 0
    message.refresh_from_db()
    assert (message.state, message.attempts, smtp_server.book.commands["MAIL"]) == ("deferred", 0, 0)
    assert message.last_reply.startswith("no safe encryption: ")
    assert 0.7 < minutes_until_next_try(message) < 1.3


def test_drain_stops_claiming_after_a_while(smtp_server: SmtpServer) -> None:
    MessageFactory.create_batch(2)
    assert drain(lane="post", patience=Patience(drain=0)) == 0
    assert drain(lane="post") == 2


@pytest.mark.django_db(transaction=True)
def test_drain_holds_the_letter_for_all_of_the_wait_after_the_dot(smtp_server: SmtpServer) -> None:
    """L23: with the waits we ship nobody else gets the message while a server takes its ten minutes to answer."""
    MessageFactory.letter()
    seen = []

    def look(name: str) -> None:
        if name == "after_dot":
            with connection.cursor() as cursor:
                cursor.execute("SELECT extract(epoch FROM lease_expires_at - clock_timestamp()) FROM outbox_message")
                seen.append((float(cursor.fetchone()[0]), release_expired_leases(), claim(lane="letters", seconds=60)))

    points.listen(look)
    try:
        assert drain(lane="letters") == 1
    finally:
        points.listen(None)
    [(seconds, released, taken)] = seen
    assert seconds > Patience().after_dot
    assert (released, taken) == (0, None)


def drain_and_close(start: threading.Barrier | None = None, **options: Any) -> None:
    try:
        if start is not None:
            start.wait(5)
        drain(lane="post", **options)
    finally:
        connection.close()


def wait_for(condition: Any) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
