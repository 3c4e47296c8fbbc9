from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from petitions.actions import confirm_code, refuse_signature, resend_code, undo_decision, withdraw_signature
from petitions.models import ModerationDecision, Signature, Statement
from tests.accounts.factories import UserFactory
from tests.petitions.factories import StatementFactory
from tests.petitions.mail import last_body, last_code, last_token, mails_to
from tests.petitions.signing import ADDRESS, request, sign

pytestmark = pytest.mark.django_db


def test_link_page_shows_what_would_be_signed(client: Client) -> None:
    request(StatementFactory.open(), name="Somebody <b>Else</b>", comment="What I never wrote")
    url = reverse("petitions:signature_link", args=[last_token(ADDRESS)])
    page = client.get(url).content.decode()
    assert "Somebody &lt;b&gt;Else&lt;/b&gt;" in page
    assert "What I never wrote" in page
    client.post(url)
    assert "What I never wrote" not in client.get(url).content.decode()


@pytest.mark.parametrize("name", ["Win evil.de", "See evil.cc/x", "Go evil。cn", "Write me@evil.example", "evil.tk"])
def test_mail_to_unproved_mailbox_carries_no_strangers_address(name: str) -> None:
    ticket = request(StatementFactory.open(), name=name)
    assert "evil" not in last_body(ADDRESS)
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        resend_code(ticket=ticket, now=timezone.now())
    assert len(mails_to(ADDRESS)) == 2
    assert "evil" not in last_body(ADDRESS)


def test_mail_names_who_signs() -> None:
    request(StatementFactory.open(), name="J. R. Invented-Ölmez")
    assert "as: J. R. Invented-Ölmez" in last_body(ADDRESS)


def sign_once(statement: Statement) -> Signature:
    ticket = request(statement)
    return confirm_code(ticket=ticket, code=last_code(ADDRESS), now=timezone.now())


def refuse(signature: Signature) -> ModerationDecision:
    moderator, seen = UserFactory.with_role("moderator"), signature.state
    return refuse_signature(
        signature=signature, seen_state=seen, reason="abusive", note="", by=moderator, now=timezone.now()
    )


def test_withdrawing_and_signing_again_does_not_undo_a_refusal() -> None:
    statement = StatementFactory.open()
    signature = sign_once(statement)
    refuse(signature)
    withdraw_signature(signature=signature, now=timezone.now())
    again = sign_once(statement)
    assert (again.state, again.review_reason) == ("pending", "doubted")


def test_refusal_that_was_undone_is_not_held_against_anybody() -> None:
    statement = StatementFactory.open()
    signature = sign_once(statement)
    undo_decision(decision=refuse(signature), by=UserFactory.with_role("moderator"), now=timezone.now())
    withdraw_signature(signature=signature, now=timezone.now())
    assert sign_once(statement).state == "accepted"


@pytest.mark.parametrize(
    ("fields", "field"), [({"name": "\u0958" * 70}, "name"), ({"comment": "\u0958" * 200}, "comment")]
)
def test_length_is_that_of_what_is_stored(client: Client, fields: dict[str, str], field: str) -> None:
    """In NFC the Hindi letter qa is two characters."""
    response = sign(client, StatementFactory.open(), **fields)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]


def test_name_with_a_very_long_search_key_signs(client: Client) -> None:
    response = sign(client, StatementFactory.open(), name=" ".join(["\ufdfa" * 10] * 10))
    client.post(response["Location"], {"code": last_code(ADDRESS)})
    assert len(Signature.objects.get().search_key) == 400
