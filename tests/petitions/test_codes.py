from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from outbox.addresses import mailbox_of
from outbox.models import Message
from petitions.actions import (
    confirm_code,
    confirm_link,
    disown_signing,
    forget_unconfirmed,
    resend_code,
    withdraw_signature,
)
from petitions.errors import CodeRefusedError, LinkRefusedError, PetitionsError, StatementClosedError
from petitions.models import Signature, SigningMailbox, SigningTicket, Statement
from tests.petitions.factories import StatementFactory
from tests.petitions.mail import last_body, last_code, last_token, mails_to
from tests.petitions.signing import ADDRESS, request, sign

pytestmark = pytest.mark.django_db


def test_five_wrong_codes_end_the_code_and_a_new_one_works() -> None:
    ticket = request(StatementFactory.open())
    right = last_code(ADDRESS)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        with pytest.raises(CodeRefusedError):
            confirm_code(ticket=ticket, code=wrong, now=timezone.now())
    with pytest.raises(CodeRefusedError):
        confirm_code(ticket=ticket, code=right, now=timezone.now())

    resend_code(ticket=ticket, now=timezone.now())
    signature = confirm_code(ticket=ticket, code=last_code(ADDRESS), now=timezone.now())
    assert signature.state == "accepted"


def test_fifth_try_still_counts() -> None:
    ticket = request(StatementFactory.open())
    right = last_code(ADDRESS)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(4):
        with pytest.raises(CodeRefusedError):
            confirm_code(ticket=ticket, code=wrong, now=timezone.now())
    assert confirm_code(ticket=ticket, code=right, now=timezone.now()).state == "accepted"


@pytest.mark.parametrize(("minutes", "works"), [(59, True), (61, False)])
def test_code_is_good_for_an_hour(minutes: int, works: bool) -> None:
    ticket = request(StatementFactory.open())
    later = timezone.now() + timedelta(minutes=minutes)
    if works:
        assert confirm_code(ticket=ticket, code=last_code(ADDRESS), now=later)
    else:
        with pytest.raises(CodeRefusedError):
            confirm_code(ticket=ticket, code=last_code(ADDRESS), now=later)


@pytest.mark.parametrize(("hours", "works"), [(71, True), (73, False)])
def test_link_is_good_for_three_days(hours: int, works: bool) -> None:
    request(StatementFactory.open())
    later = timezone.now() + timedelta(hours=hours)
    if works:
        assert confirm_link(token=last_token(ADDRESS), now=later)
    else:
        with pytest.raises(LinkRefusedError):
            confirm_link(token=last_token(ADDRESS), now=later)


def test_not_me_forgets_and_blocks_the_mailbox(client: Client) -> None:
    statement = StatementFactory.open()
    sign(client, statement)
    token = last_token(ADDRESS)
    response = client.post(reverse("petitions:signature_disown", args=[token]))
    assert "forgotten" in response.content.decode()
    assert SigningTicket.objects.count() == 0

    request(statement)
    assert len(mails_to(ADDRESS)) == 1
    assert client.post(reverse("petitions:signature_link", args=[token])).status_code == 410
    assert Signature.objects.count() == 0
    other = StatementFactory.open()
    request(other)
    assert len(mails_to(ADDRESS)) == 2


def test_not_me_cannot_delete_a_confirmed_signature() -> None:
    ticket = request(StatementFactory.open())
    token = last_token(ADDRESS)
    confirm_code(ticket=ticket, code=last_code(ADDRESS), now=timezone.now())
    with pytest.raises(LinkRefusedError):
        disown_signing(token=token, now=timezone.now())
    assert Signature.objects.get().state == "accepted"


def test_no_more_than_five_mails_a_day_and_one_a_minute() -> None:
    ticket = request(StatementFactory.open())
    start = timezone.now().replace(hour=8)
    resend_code(ticket=ticket, now=timezone.now() + timedelta(seconds=30))
    assert len(mails_to(ADDRESS)) == 1
    SigningMailbox.objects.update(mails_on=start.date(), sent_at=start)
    for minute in range(2, 22, 2):
        resend_code(ticket=ticket, now=start + timedelta(minutes=minute))
    assert len(mails_to(ADDRESS)) == 5
    resend_code(ticket=ticket, now=start + timedelta(days=1))
    assert len(mails_to(ADDRESS)) == 6


def test_new_code_replaces_the_old_one() -> None:
    ticket = request(StatementFactory.open())
    old = last_code(ADDRESS)
    later = timezone.now() + timedelta(minutes=2)
    resend_code(ticket=ticket, now=later)
    new = last_code(ADDRESS)
    if old != new:
        with pytest.raises(CodeRefusedError):
            confirm_code(ticket=ticket, code=old, now=later)
    assert confirm_code(ticket=ticket, code=new, now=later)


def test_somebody_else_typing_the_address_cannot_change_the_name() -> None:
    statement = StatementFactory.open()
    mine = request(statement, name="Ada Invented")
    request(statement, name="Somebody Else")
    assert confirm_code(ticket=mine, code=last_code(ADDRESS), now=timezone.now()).name == "Ada Invented"


@pytest.mark.parametrize(
    "spelling", ["ADA@people.example", "ada+x@people.example", " ada@PEOPLE.example", "ada@people.example"]
)
def test_one_mailbox_signs_once_however_it_is_spelled(spelling: str) -> None:
    assert mailbox_of(spelling) == ADDRESS
    statement = StatementFactory.open()
    confirm_code(ticket=request(statement), code=last_code(ADDRESS), now=timezone.now())
    again = request(statement, email=spelling.strip(), name="Ada Again")
    body = "".join(last_body(row.to_address) for row in Message.objects.order_by("-created_at")[:1])
    assert "already" in body
    import re

    code = re.search(r"\b(\d{6})\b", body)
    assert code
    signature = confirm_code(ticket=again, code=code[1], now=timezone.now())
    assert (Signature.objects.count(), signature.name) == (1, "Ada Invented")


def test_close_expiry_and_withdrawal_end_old_codes_and_links() -> None:
    statement = StatementFactory.open()
    ticket = request(statement)
    token, code = last_token(ADDRESS), last_code(ADDRESS)
    Statement.objects.filter(pk=statement.pk).update(state="closed")
    with pytest.raises(StatementClosedError):
        confirm_code(ticket=ticket, code=code, now=timezone.now())
    with pytest.raises(PetitionsError):
        confirm_link(token=token, now=timezone.now())
    assert Signature.objects.count() == 0
    Statement.objects.filter(pk=statement.pk).update(state="open")

    signature = confirm_code(ticket=ticket, code=code, now=timezone.now())
    withdraw_signature(signature=signature, now=timezone.now())
    with pytest.raises(LinkRefusedError):
        confirm_link(token=token, now=timezone.now())
    assert [row.state for row in Signature.objects.all()] == ["withdrawn"]

    again = request(statement)
    confirm_code(ticket=again, code=last_code(ADDRESS), now=timezone.now())
    assert sorted(row.state for row in Signature.objects.all()) == ["accepted", "withdrawn"]


def test_code_of_one_statement_does_not_confirm_another() -> None:
    one, other = StatementFactory.open(), StatementFactory.open()
    request(one)
    code = last_code(ADDRESS)
    ticket = request(other)
    if code != last_code(ADDRESS):
        with pytest.raises(CodeRefusedError):
            confirm_code(ticket=ticket, code=code, now=timezone.now())
    assert Signature.objects.count() == 0


def test_unconfirmed_is_forgotten_after_seven_days() -> None:
    statement = StatementFactory.open()
    request(statement)
    assert forget_unconfirmed(now=timezone.now() + timedelta(days=6)) == 0
    assert forget_unconfirmed(now=timezone.now() + timedelta(days=8)) == 1
    assert (SigningTicket.objects.count(), SigningMailbox.objects.count()) == (0, 0)
    assert forget_unconfirmed(now=timezone.now() + timedelta(days=8)) == 0


def test_forgetting_keeps_blocks() -> None:
    request(StatementFactory.open())
    disown_signing(token=last_token(ADDRESS), now=timezone.now())
    forget_unconfirmed(now=timezone.now() + timedelta(days=30))
    assert SigningMailbox.objects.get().blocked_at is not None
