"""S8: workers die by SIGKILL, in real processes, before the code of confirmation is out and amid an update's batches.

KILLS=100 for the full number.
"""

import os
import signal
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import settings as site
from django.db import connection
from django.utils import timezone

from embedded.machine import ROOT
from outbox import delivery, leasing
from outbox.models import Message
from petitions.models import Update, UpdateDelivery
from tests.outbox.smtp_server import SmtpServer
from tests.petitions.factories import FollowerFactory, StatementFactory
from tests.petitions.mail import last_token
from tests.petitions.signing import request
from tests.petitions.updating import reader, released, send, written_to

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(1800)]

Work = Callable[[str], tuple[bool, int]]
KILLS = int(os.environ.get("KILLS", "10"))
POINTS = ("claimed", "rcpt", "mid_body", "after_dot", "after_250")


@pytest.fixture
def work(transactional_db: None, smtp_server: SmtpServer) -> Iterator[Work]:
    """Has a new process do what `tests.petitions.doomed` says of a line; whether it was killed, and its statements."""
    environment = {
        **os.environ,
        "COUNTERSIGN_ENV": "test",
        "TEST_DATABASE": str(connection.settings_dict["NAME"]),
        "SMTP_PORT": str(site.SMTP_PORT),
        "SMTP_STARTTLS": "False",
        "SECRET_KEY": site.SECRET_KEY,
        "ADDRESS_KEYS": ",".join(site.ADDRESS_KEYS),
        "DIGEST_KEY": site.DIGEST_KEY,
    }
    command = [sys.executable, "-m", "tests.petitions.doomed"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as parent:
        assert parent.stdin
        assert parent.stdout

        def one(line: str) -> tuple[bool, int]:
            print(line, file=parent.stdin, flush=True)
            *said, ended = [int(word) for word in parent.stdout.readline().split()]  # type: ignore[union-attr]  # checked above
            assert ended in {0, -signal.SIGKILL}
            return ended == -signal.SIGKILL, sum(said)

        yield one
        parent.stdin.close()


def find_what_died() -> None:
    """What the sweep does once the dead worker's lease has ended."""
    Message.objects.filter(lease_expires_at__isnull=False).update(lease_expires_at=timezone.now() - timedelta(hours=1))
    leasing.release_expired_leases()


def test_s8_a_worker_killed_before_the_confirmation_mail_loses_no_signer_and_sends_two_at_most(
    smtp_server: SmtpServer, work: Work
) -> None:
    statement = StatementFactory.open()
    addresses = [f"signer{number}@people.example" for number in range(KILLS + 2)]
    for address in addresses:
        request(statement, email=address)
    tokens = {address: last_token(address) for address in addresses}
    kills = tries = 0
    while kills < KILLS:
        tries += 1
        assert tries < 5 * KILLS, "the worker does not come to where it should die"
        is_killed, _statements = work(f"drain {POINTS[kills % len(POINTS)]}")
        kills += is_killed
        find_what_died()
    Message.objects.filter(state="deferred").update(next_try_at=timezone.now() - timedelta(minutes=1))
    delivery.drain(lane=Message.Lane.POST)
    mails = defaultdict(list)
    for accepted in smtp_server.accepted:
        mails[accepted.recipients[0]].append(accepted)
    assert sorted(mails) == sorted(addresses)
    assert Counter(len(each) for each in mails.values()).keys() <= {1, 2}
    for address, copies in mails.items():
        assert {copy.sha256 for copy in copies} == {copies[0].sha256}
        assert len({copy.message["Message-ID"] for copy in copies}) == 1
        assert tokens[address] in copies[0].message.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # there is one
    # Control: the kills did strike where a mail is taken and its answer is lost.
    assert any(len(each) == 2 for each in mails.values())


def test_s8_update_sender_killed_in_its_batches_writes_to_each_reader_once(work: Work) -> None:
    statement = StatementFactory.open()
    addresses = [f"reader{number:02}@people.example" for number in range(30)]
    for address in addresses[:20]:
        reader(statement, address)
    for address in addresses[15:]:
        FollowerFactory.create(about=statement, address=address)
    # How many statements it takes from start to end, on an update of its own.
    released(statement)
    _killed, whole = work("updates 0 4")
    assert written_to() == addresses
    update, struck = released(statement), 0
    for number in range(KILLS):
        # Deaths spread over the work that is left, so that gathering, writing and finishing are all cut.
        is_killed, _statements = work(f"updates {3 + (number * 37) % max(whole // 3, 1)} 4")
        struck += is_killed
        rows = UpdateDelivery.objects.filter(update=update)
        marked = rows.filter(state="written").count()
        assert marked == Message.objects.filter(kind="update").count() - len(addresses)
        assert len(set(rows.values_list("message", flat=True)) - {None}) == marked
    send()
    assert Counter(written_to()) == dict.fromkeys(addresses, 2)
    update.refresh_from_db()
    assert (update.state, UpdateDelivery.objects.filter(update=update, state="written").count()) == ("sent", 30)
    assert Update.objects.exclude(state="sent").count() == 0
    # Control: most of the processes did die.
    assert struck >= min(KILLS, 3)
