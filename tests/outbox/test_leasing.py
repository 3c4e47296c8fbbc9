import threading
import time
import uuid
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from outbox import leasing
from outbox.addresses import domain_digest
from outbox.leasing import LeaseLostError, claim, jittered, release_expired_leases, renew, settle, wait_after
from outbox.models import Message
from tests.outbox.factories import MessageFactory

pytestmark = pytest.mark.django_db


def test_wait_grows_and_ends_after_seventy_two_hours() -> None:
    waits = [wait_after(attempts) for attempts in range(1, leasing.MOST_ATTEMPTS)]
    assert [wait.total_seconds() / 60 for wait in waits if wait][:6] == [1, 5, 15, 60, 60, 60]
    assert timedelta(hours=71) < sum(filter(None, waits), timedelta()) <= timedelta(hours=72)
    assert wait_after(leasing.MOST_ATTEMPTS) is None


def test_jitter_stays_within_a_fifth() -> None:
    minutes = [jittered(timedelta(minutes=10)).total_seconds() / 60 for _ in range(300)]
    assert 8 <= min(minutes) < 9 < 11 < max(minutes) <= 12


def test_claim_takes_one_and_counts_the_try() -> None:
    MessageFactory.create_batch(2)
    lease = claim(lane="post", seconds=60)
    assert lease is not None
    message = Message.objects.get(pk=lease.message_pk)
    assert (message.state, message.attempts, message.lease_token) == ("sending", 1, lease.token)
    assert Message.objects.filter(state="queued", attempts=0).count() == 1


def test_claim_leaves_what_is_not_due_by_the_databases_clock(time_machine: Any) -> None:
    MessageFactory.create(next_try_at=timezone.now() + timedelta(minutes=1))
    time_machine.move_to(timezone.now() + timedelta(days=30))
    assert claim(lane="post", seconds=60) is None


@pytest.mark.parametrize("state", ["sending", "committing", "sent", "failed", "uncertain", "cancelled"])
def test_claim_leaves_what_is_not_waiting(state: str) -> None:
    MessageFactory.in_state(state)
    assert claim(lane="post", seconds=60) is None
    MessageFactory.in_state("deferred")
    assert claim(lane="post", seconds=60) is not None


@pytest.mark.django_db(transaction=True)
def test_claim_side_by_side_gives_each_to_one() -> None:
    MessageFactory.create_batch(8)
    claimed: list[Any] = []
    start = threading.Barrier(4)

    def take_two() -> None:
        start.wait(5)
        claimed.extend(claim(lane="post", seconds=60) for _ in range(2))
        connection.close()

    workers = [threading.Thread(target=take_two) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len({lease.message_pk for lease in claimed}) == 8


def test_stale_token_writes_nothing() -> None:
    MessageFactory.create()
    mine = claim(lane="post", seconds=60)
    assert mine is not None
    Message.objects.update(state="queued", lease_token=None, lease_expires_at=None)
    theirs = claim(lane="post", seconds=60)
    assert theirs is not None
    before = Message.objects.values().get()
    with pytest.raises(LeaseLostError):
        renew(mine, expected="sending", to="committing", seconds=60)
    with pytest.raises(LeaseLostError):
        settle(mine, expected="sending", to="failed", reply="x")
    assert Message.objects.values().get() == before
    settle(theirs, expected="sending", to="failed", reply="x")
    assert Message.objects.get().state == "failed"


def test_write_from_an_unexpected_state_writes_nothing() -> None:
    MessageFactory.create()
    lease = claim(lane="post", seconds=60)
    assert lease is not None
    with pytest.raises(LeaseLostError):
        settle(lease, expected="committing", to="sent", reply="x", sent_at=timezone.now())
    assert Message.objects.get().state == "sending"


@pytest.mark.parametrize(
    ("state", "policy", "released"),
    [
        ("sending", "retry", "queued"),
        ("sending", "once", "queued"),
        ("committing", "retry", "queued"),
        ("committing", "once", "uncertain"),
    ],
)
def test_release_takes_expired_leases_back_and_only_these(state: str, policy: str, released: str) -> None:
    now = timezone.now()
    expired = MessageFactory.in_state(state, policy=policy, lease_expires_at=now - timedelta(seconds=5))
    running = MessageFactory.in_state(state, policy=policy, lease_expires_at=now + timedelta(minutes=5))
    assert release_expired_leases() == 1
    expired.refresh_from_db()
    running.refresh_from_db()
    assert (expired.state, expired.lease_token, expired.lease_expires_at) == (released, None, None)
    assert "did not report back" in expired.last_reply
    assert running.state == state
    assert release_expired_leases() == 0


@pytest.mark.django_db(transaction=True)
def test_release_never_queues_a_letter_whose_lease_ends_during_the_sweep() -> None:
    """Found by killing workers: the sweep asks the clock in each statement, and a letter that was not over in the first
    was over in the last. Here a locked row holds the first statement up until the letter's lease has ended."""
    letter = MessageFactory.in_state(
        "committing", policy="once", lane="letters", lease_expires_at=timezone.now() + timedelta(seconds=0.4)
    )
    holding = MessageFactory.in_state("committing", policy="once", lease_expires_at=timezone.now() - timedelta(hours=1))
    is_held = threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                Message.objects.select_for_update().get(pk=holding.pk)
                is_held.set()
                time.sleep(1)
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert is_held.wait(5)
    release_expired_leases()
    holder.join()
    letter.refresh_from_db()
    assert letter.state in {"committing", "uncertain"}
    release_expired_leases()
    letter.refresh_from_db()
    assert letter.state == "uncertain"


def test_release_goes_by_the_databases_clock(time_machine: Any) -> None:
    MessageFactory.in_state("sending")
    time_machine.move_to(timezone.now() + timedelta(days=30))
    assert release_expired_leases() == 0


def test_release_ends_a_message_that_keeps_killing_its_workers() -> None:
    """L31: the third worker in a row that does not come back is the last; the others flow meanwhile."""
    poison, other = MessageFactory.create(priority=1), MessageFactory.create(priority=1)
    taken = []
    for _ in range(4):
        lease = claim(lane="post", seconds=-1)
        assert lease is not None
        taken.append(lease.message_pk)
        if lease.message_pk == other.pk:
            settle(lease, expected="sending", to="cancelled", reply="carried")
        release_expired_leases()
    poison.refresh_from_db()
    assert taken == [poison.pk, other.pk, poison.pk, poison.pk]
    assert (poison.state, poison.crashes) == ("failed", 3)
    assert poison.last_reply == "given up: 3 workers in a row did not come back from it"


def test_release_counts_only_crashes_in_a_row() -> None:
    message = MessageFactory.create(crashes=2)
    lease = claim(lane="post", seconds=60)
    assert lease is not None
    settle(lease, expected="sending", to="deferred", reply="451 later")
    message.refresh_from_db()
    assert (message.state, message.crashes) == ("deferred", 0)


def test_release_never_fails_a_letter_that_may_have_been_taken() -> None:
    MessageFactory.in_state("committing", policy="once", crashes=9, lease_expires_at="2020-01-01T00:00Z")
    release_expired_leases()
    message = Message.objects.get()
    assert message.state == "uncertain"
    assert message.uncertain_since is not None


def test_claim_sends_one_letter_to_a_domain_at_a_time() -> None:
    first, second = (MessageFactory.letter(to_address=f"desk{n}@un.example", priority=1) for n in (1, 2))
    elsewhere = MessageFactory.letter(priority=2)
    one, two = claim(lane="letters", seconds=60), claim(lane="letters", seconds=60)
    assert one is not None
    assert two is not None
    assert (one.message_pk, two.message_pk) == (first.pk, elsewhere.pk)
    assert claim(lane="letters", seconds=60) is None
    renew(one, expected="sending", to="committing", seconds=60)
    assert claim(lane="letters", seconds=60) is None
    settle(one, expected="committing", to="sent", reply="250", sent_at=timezone.now())
    three = claim(lane="letters", seconds=60)
    assert three is not None
    assert three.message_pk == second.pk


def test_claim_lets_codes_to_one_domain_go_side_by_side() -> None:
    for number in (1, 2):
        MessageFactory.create(to_address=f"reader{number}@example.org")
    assert claim(lane="post", seconds=60) is not None
    assert claim(lane="post", seconds=60) is not None


def test_domain_is_held_by_the_database_too() -> None:
    for number in (1, 2):
        MessageFactory.letter(to_address=f"desk{number}@un.example")
    assert claim(lane="letters", seconds=60) is not None
    with pytest.raises(IntegrityError, match="one_letter_to_a_domain"):
        Message.objects.filter(state="queued").update(
            state="sending", lease_token=uuid.uuid4(), lease_expires_at=timezone.now()
        )


@pytest.mark.django_db(transaction=True)
def test_claim_side_by_side_never_takes_two_letters_to_a_domain() -> None:
    for number in range(60):
        MessageFactory.letter(to_address=f"desk{number}@domain{number % 3}.example")
    start, most = threading.Barrier(6), []

    def work() -> None:
        start.wait(5)
        while Message.objects.filter(state="queued").exists():
            lease = claim(lane="letters", seconds=60)
            if lease is None:
                continue
            flying = Message.objects.filter(state="sending").values_list("domain_digest", flat=True)
            most.append(max(Counter(bytes(domain or b"") for domain in flying).values()))
            settle(lease, expected="sending", to="cancelled", reply="carried")
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (set(most), len(most)) == ({1}, 60)
    assert set(Message.objects.values_list("state", "attempts")) == {("cancelled", 1)}


def test_domain_digest_names_no_domain_and_ignores_spelling() -> None:
    assert domain_digest("a@UN.example") == domain_digest("b@un.example") != domain_digest("b@un2.example")
    assert len(domain_digest("a@un.example")) == 32
