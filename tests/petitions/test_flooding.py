"""Somebody else types a victim's address: how many mails come, and what the mailbox's own owner can do."""

import os
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from outbox.models import Message
from petitions.actions import confirm_code, find_ticket, request_signature, resend_code
from petitions.actions.signing import Typed
from petitions.errors import CodeRefusedError, StatementClosedError
from petitions.models import Signature, SigningTicket, Statement
from petitions.signatories.mailboxes import signatory_digest
from tests.petitions.factories import StatementFactory
from tests.petitions.mail import last_code, mails_to
from tests.petitions.signing import ADDRESS, request, sign

pytestmark = pytest.mark.django_db

FLOOD = int(os.environ.get("FLOOD_SIGNS", "60"))
VICTIM = "victim@people.example"

# One mailbox in the spellings that reach it: case, tag, the parts of a domain, white space.
SPELLINGS = [
    "Ada.Love@gmail.com",
    "adalove@gmail.com",
    "a.d.a.l.o.v.e@googlemail.com",
    "ADALOVE+petition@GMAIL.COM",
    " adalove@gmail.com ",
]
IDN = ["ada@bücher.example", "ada@xn--bcher-kva.example", "ADA+x@BÜCHER.example"]


def test_t36_flood_over_many_petitions_sends_five_mails_at_most(client: Client) -> None:
    statements = [StatementFactory.open() for _ in range(6)]
    for number in range(FLOOD):
        spelling = f"{VICTIM.partition('@')[0]}+{number}@people.example"
        sign(client, statements[number % len(statements)], email=spelling)
    assert Message.objects.count() == 5


def test_t36_one_petition_sends_one_mail_a_minute_and_five_a_day() -> None:
    statement = StatementFactory.open()
    ticket = request(statement, email=VICTIM)
    now = timezone.now()
    for minute in range(30):
        resend_code(ticket=ticket, now=now + timedelta(seconds=20 * minute))
    assert len(mails_to(VICTIM)) <= 5


def test_t36_who_proves_the_mailbox_signs_as_many_petitions_as_there_are() -> None:
    for _ in range(7):
        ticket = request(StatementFactory.open(), email=VICTIM)
        confirm_code(ticket=ticket, code=last_code(VICTIM), now=timezone.now())
    assert Signature.objects.counted().count() == 7


@pytest.mark.parametrize("spellings", [SPELLINGS, IDN], ids=["gmail", "idn"])
def test_s3_one_mailbox_in_many_spellings_is_one_signature(spellings: list[str]) -> None:
    statement = StatementFactory.open()
    assert len({signatory_digest(statement=statement, address=spelling) for spelling in spellings}) == 1
    first = request(statement, email=spellings[0].strip())
    confirm_code(ticket=first, code=last_code(newest_recipient()), now=timezone.now())
    for spelling in spellings[1:]:
        request(statement, email=spelling.strip())
    assert Signature.objects.count() == 1
    assert Signature.objects.get().email == spellings[0].strip()


def test_s3_other_mailboxes_stay_apart() -> None:
    statement = StatementFactory.open()
    others = ["ada.love@people.example", "adalove@people.example", "ada@people.example", "ada@people.example.org"]
    assert len({signatory_digest(statement=statement, address=other) for other in others}) == len(others)


def newest_recipient() -> str:
    """The address the newest mail went to."""
    newest = Message.objects.order_by("-created_at").first()
    assert newest is not None
    return str(newest.to_address)


def test_s5_code_after_the_close_counts_nothing() -> None:
    statement = StatementFactory.open()
    ticket = request(statement)
    Statement.objects.filter(pk=statement.pk).update(state="closed")
    with pytest.raises(StatementClosedError):
        confirm_code(ticket=ticket, code=last_code(ADDRESS), now=timezone.now())
    assert Signature.objects.count() == 0


def test_s5_code_too_late_or_of_another_petition_counts_nothing() -> None:
    one, other = StatementFactory.open(), StatementFactory.open()
    ticket = request(one)
    code = last_code(ADDRESS)
    elsewhere = request(other)
    with pytest.raises(CodeRefusedError):
        confirm_code(ticket=elsewhere, code=code, now=timezone.now())
    with pytest.raises(CodeRefusedError):
        confirm_code(ticket=ticket, code=code, now=timezone.now() + timedelta(hours=2))
    assert Signature.objects.count() == 0


def test_t2_digests_of_one_mailbox_cannot_be_joined_nor_tried_without_the_key(settings: Any) -> None:
    one, other = StatementFactory.open(), StatementFactory.open()
    digests = {signatory_digest(statement=statement, address=ADDRESS) for statement in (one, other)}
    settings.DIGEST_KEY = "another key, which is all that who stole the database has"
    assert len(digests) == 2
    assert signatory_digest(statement=one, address=ADDRESS) not in digests


def test_t29_secrets_are_kept_as_digests_only(client: Client) -> None:
    statement = StatementFactory.open()
    text = statement.current_version().text_to_sign("en")  # type: ignore[union-attr]  # there is one
    assert text is not None
    secret = request_signature(
        statement=statement,
        text=text,
        typed=Typed(email=ADDRESS, name="Ada Invented"),
        language="en",
        rush="",
        now=timezone.now(),
    )
    row = find_ticket(secret=secret)
    assert row is not None
    kept = SigningTicket.objects.values().get()
    assert secret not in str(kept)
    assert last_code(ADDRESS) not in str({name: value for name, value in kept.items() if name != "typed"})
