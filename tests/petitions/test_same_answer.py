"""T14: whoever types somebody else's address learns nothing of it, neither from the answer nor from the work it costs.

How long the answers take was measured (docs/signatures.md); here the work itself is compared.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from outbox.models import Message
from petitions.models import Signature, SigningMailbox, Statement
from petitions.signatories.mailboxes import signatory_digest
from tests.petitions.factories import SignatureFactory, StatementFactory
from tests.petitions.signing import ADDRESS, sign

pytestmark = pytest.mark.django_db


def make_mailbox(statement: Statement, **fields: Any) -> None:
    digest = signatory_digest(statement=statement, address=ADDRESS)
    SigningMailbox.objects.create(statement=statement, email_digest=digest, **fields)


def make_unknown(statement: Statement) -> None:
    make_mailbox(statement)


def make_signed(statement: Statement) -> None:
    make_mailbox(statement)
    SignatureFactory.accepted(statement=statement, address=ADDRESS)


def make_refused(statement: Statement) -> None:
    make_mailbox(statement)
    SignatureFactory.create(statement=statement, address=ADDRESS, state=Signature.State.REFUSED)


def make_asked_a_moment_ago(statement: Statement) -> None:
    now = timezone.now()
    live = {"code_digest": b"x" * 32, "code_expires_at": now + timedelta(hours=1)}
    make_mailbox(statement, sent_at=now, mails_sent=1, mails_on=now.date(), **live)


def make_asked_all_day(statement: Statement) -> None:
    make_mailbox(statement, mails_sent=SigningMailbox.MAILS_A_DAY, mails_on=timezone.now().date())


def make_disowned(statement: Statement) -> None:
    make_mailbox(statement, blocked_at=timezone.now())


WRITTEN_TO = [make_unknown, make_signed, make_refused]
LEFT_ALONE = [make_asked_a_moment_ago, make_asked_all_day, make_disowned]


def work_of_signing(make: Callable[[Statement], None], capture: Any) -> tuple[list[str], int, str]:
    """The kinds of statements the database got, how often the bell rings, and the answer but for its secret."""
    statement = StatementFactory.open()
    make(statement)
    Client().get("/")
    with capture() as rung, CaptureQueriesContext(connection) as queries:
        answer = sign(Client(), statement)
    bare = [re.sub(r"^SELECT set_config.*?; ", "", query["sql"]) for query in queries]
    kinds = [
        re.sub(r' "s\d+_x\d+"', "", " ".join(sql.split()[:3])) for sql in bare if not sql.startswith("ROLLBACK TO")
    ]
    return kinds, len(rung), f"{answer.status_code} {answer.url[:20]} {len(answer.url)}"


@pytest.mark.parametrize("make", [*WRITTEN_TO[1:], *LEFT_ALONE])
def test_t14_every_address_costs_the_same_work(
    make: Callable[[Statement], None], django_capture_on_commit_callbacks: Any
) -> None:
    expected = work_of_signing(make_unknown, django_capture_on_commit_callbacks)
    Message.objects.all().delete()
    assert len(expected[0]) > 10
    assert work_of_signing(make, django_capture_on_commit_callbacks) == expected
    assert Message.objects.count() == (1 if make in WRITTEN_TO else 0)


@pytest.mark.parametrize("make", LEFT_ALONE)
def test_t14_what_is_taken_back_leaves_the_mailbox_as_it_was(make: Callable[[Statement], None]) -> None:
    statement = StatementFactory.open()
    make(statement)
    before = SigningMailbox.objects.values().get()
    sign(Client(), statement)
    assert SigningMailbox.objects.values().get() == before
