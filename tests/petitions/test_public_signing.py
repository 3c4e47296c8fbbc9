import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from outbox.models import Message
from petitions.actions import (
    disown_signing,
    request_management,
)
from petitions.counts.counting import count_signatures
from petitions.models import Signature, SigningMailbox, SigningTicket, Statement
from petitions.news.wordings import SIGNER_WORDING
from tests.petitions.factories import SignatureFactory, StatementFactory, new_version
from tests.petitions.mail import last_body, last_code, last_token, mails_to
from tests.petitions.signing import ADDRESS, fill, request, sign

pytestmark = pytest.mark.django_db


def test_signing_by_typed_code_counts_once(client: Client) -> None:
    statement = StatementFactory.open()
    response = sign(client, statement, comment="For life", wants_updates="on")
    assert response.status_code == 302
    assert Signature.objects.count() == 0
    page = client.get(response["Location"])
    assert "Type the code" in page.content.decode()

    confirmed = client.post(response["Location"], {"code": last_code(ADDRESS)}, follow=True)
    signature = Signature.objects.get()
    assert "Yours is number 1" in confirmed.content.decode()
    assert (signature.state, signature.proof, signature.name) == ("accepted", "email_code", "Ada Invented")
    assert (signature.comment, signature.wants_updates) == ("For life", True)
    assert signature.updates_wording == str(SIGNER_WORDING)
    assert signature.text_sha256 == statement.versions.get().texts.get(language="en").sha256
    assert SigningTicket.objects.get().typed is None

    client.post(response["Location"], {"code": last_code(ADDRESS)})
    count_signatures()
    statement.tally.refresh_from_db()
    assert (Signature.objects.count(), statement.tally.counted) == (1, 1)


def test_updates_are_not_agreed_to_unless_ticked(client: Client) -> None:
    statement = StatementFactory.open()
    page = client.get(reverse("petitions:statement_sign", args=[statement.slug])).content.decode()
    assert 'name="wants_updates"' in page
    assert "checked" not in page.split('name="wants_updates"')[1].split(">")[0]
    response = sign(client, statement)
    client.post(response["Location"], {"code": last_code(ADDRESS)})
    signature = Signature.objects.get()
    assert (signature.wants_updates, signature.updates_wording) == (False, "")


def test_code_may_be_typed_in_persian_digits_and_groups(client: Client) -> None:
    response = sign(client, StatementFactory.open())
    code = last_code(ADDRESS).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    client.post(response["Location"], {"code": f" {code[:3]} {code[3:]}"})
    assert Signature.objects.count() == 1


def test_link_needs_a_press(client: Client) -> None:
    sign(client, StatementFactory.open())
    url = reverse("petitions:signature_link", args=[last_token(ADDRESS)])
    for _ in range(3):
        assert client.get(url).status_code == 200
        assert client.head(url).status_code == 200
    assert Signature.objects.count() == 0
    assert client.options(url).status_code == 405

    assert client.post(url, follow=True).status_code == 200
    client.post(url)
    assert Signature.objects.count() == 1


def test_confirming_works_without_the_cookie_of_the_form() -> None:
    sign(Client(), StatementFactory.open())
    Client().post(reverse("petitions:signature_link", args=[last_token(ADDRESS)]))
    assert Signature.objects.count() == 1


def test_posting_needs_a_csrf_token() -> None:
    client = Client(enforce_csrf_checks=True)
    assert sign(client, StatementFactory.open()).status_code == 403


def answers_for(statement: Statement, client: Client, email: str) -> list[Any]:
    """What one who types `email` and a wrong code sees, without what differs at random."""
    response = sign(client, statement, email=email)
    ticket = response["Location"].rstrip("/").rpartition("/")[2]
    pages = [client.get(response["Location"]), client.post(response["Location"], {"code": "000000"})]
    pages.append(client.post(reverse("petitions:signature_resend", args=[ticket]), follow=True))
    import re

    def plain(page: Any) -> str:
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode())
        return text.replace(ticket, "TICKET")

    return [response.status_code, len(ticket), *[(page.status_code, plain(page)) for page in pages]]


def test_answers_are_the_same_for_new_pending_signed_refused_and_blocked_addresses() -> None:
    statement = StatementFactory.open()
    SignatureFactory.accepted(statement=statement, address="signed@people.example")
    SignatureFactory.create(statement=statement, address="pending@people.example")
    SignatureFactory.create(statement=statement, address="refused@people.example", state="refused")
    request(statement, email="started@people.example")
    request(statement, email="blocked@people.example")
    disown_signing(token=last_token("blocked@people.example"), now=timezone.now())
    tomorrow = timezone.now() + timedelta(hours=30)
    with time_machine.travel(tomorrow, tick=False):
        seen = {
            who: answers_for(statement, Client(), f"{who}@people.example")
            for who in ("new", "signed", "pending", "refused", "started", "blocked")
        }
    for who, answers in seen.items():
        assert answers == seen["new"], who
    assert "already" in last_body("signed@people.example")
    assert len(mails_to("blocked@people.example")) == 1


def test_same_answer_when_asking_to_manage() -> None:
    statement = StatementFactory.open()
    SignatureFactory.accepted(statement=statement, address="signed@people.example")
    url = reverse("petitions:signature_manage", args=[statement.slug])
    for who in ("signed", "stranger"):
        response = Client().post(url, {"email": f"{who}@people.example"})
        assert (response.status_code, len(response["Location"])) == (
            302,
            len(reverse("petitions:signature_confirm", args=["x" * 43])),
        )
    assert "withdraw" in last_body("signed@people.example")
    assert "There is none" in last_body("stranger@people.example")


def test_wrong_code_is_said_beside_the_field_and_keeps_it(client: Client) -> None:
    response = sign(client, StatementFactory.open())
    page = client.post(response["Location"], {"code": "12 34 5"})
    assert page.status_code == 422
    assert 'value="12 34 5"' in page.content.decode()
    assert "six digits" in page.content.decode()


def test_form_errors_keep_what_was_typed(client: Client) -> None:
    page = sign(client, StatementFactory.open(), email="not an address", comment="Because of my brother", name="Ada")
    html = page.content.decode()
    assert page.status_code == 422
    assert "Because of my brother" in html
    assert 'value="Ada"' in html
    assert 'value="not an address"' in html
    assert Message.objects.count() == 0


def test_changed_text_is_shown_again_before_signing(client: Client) -> None:
    statement = StatementFactory.open()
    old = fill(statement)
    new_version(statement)
    page = client.post(reverse("petitions:statement_sign", args=[statement.slug]), old)
    new = statement.current_version().text_to_sign("en")  # type: ignore[union-attr]  # there is one
    assert page.status_code == 422
    assert "was changed" in page.content.decode()
    assert new is not None
    assert f'value="{new.sha256}"' in page.content.decode()
    assert SigningTicket.objects.count() == 0


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"name": "Visit www.example.com"}, "link"),
        ({"name": "Ada4you Invented"}, "digits"),
        ({"comment": "See http://example.com/"}, "link"),
        ({"name": "A" * 60}, "long_word"),
    ],
)
def test_unusual_signatures_wait_visibly(client: Client, fields: dict[str, str], reason: str) -> None:
    response = sign(client, StatementFactory.open(), **fields)
    page = client.post(response["Location"], {"code": last_code(ADDRESS)}, follow=True).content.decode()
    signature = Signature.objects.get()
    assert (signature.state, signature.review_reason) == ("pending", reason)
    assert "A person will look at it" in page
    assert str(signature.get_review_reason_display()) in page


def test_stranger_cannot_mail_a_web_address_through_us(client: Client) -> None:
    sign(client, StatementFactory.open(), name="Buy at www.evil.example.com")
    assert "evil" not in last_body(ADDRESS)


def test_signing_works_without_redis(client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from petitions.signatories import pace

    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(pace, "_quiet_until", 0.0)
    response = sign(client, StatementFactory.open())
    client.post(response["Location"], {"code": last_code(ADDRESS)})
    assert Signature.objects.get().state == "accepted"


def test_nothing_in_the_database_holds_the_address_or_the_code_in_clear() -> None:
    from django.db import connection

    request(StatementFactory.open(), name="Zzyzx Invented", email="zzyzx@people.example")
    code, token = last_code("zzyzx@people.example"), last_token("zzyzx@people.example")
    with connection.cursor() as cursor:
        for table in ("petitions_signingticket", "petitions_signingmailbox", "outbox_message"):
            cursor.execute(f"SELECT t::text FROM {table} t")  # noqa: S608  names from this file only
            dump = " ".join(row[0] for row in cursor.fetchall())
            for secret in ("zzyzx", "Zzyzx", token, b"zzyzx".hex(), code.encode().hex()):
                assert secret not in dump


def test_managing_by_code_opens_only_the_own_signature(client: Client) -> None:
    statement = StatementFactory.open()
    signature = SignatureFactory.accepted(statement=statement, address=ADDRESS)
    other = SignatureFactory.accepted(statement=statement)
    receipt = reverse("petitions:signature_receipt", args=[signature.pk])
    assert client.get(receipt).status_code == 404
    secret = request_management(statement=statement, address=ADDRESS, language="en", now=timezone.now())
    response = client.post(reverse("petitions:signature_confirm", args=[secret]), {"code": last_code(ADDRESS)})
    assert response["Location"] == receipt
    assert client.get(receipt).status_code == 200
    assert client.get(reverse("petitions:signature_receipt", args=[other.pk])).status_code == 404

    client.post(reverse("petitions:signature_display", args=[signature.pk]), {"display": "initials"})
    client.post(reverse("petitions:signature_withdraw", args=[signature.pk]))
    signature.refresh_from_db()
    assert (signature.display, signature.state) == ("initials", "withdrawn")
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert client.get(receipt).status_code == 404


def test_t4_no_name_is_public_that_was_not_chosen_to_be(client: Client) -> None:
    statement = StatementFactory.open()
    page = client.get(reverse("petitions:statement_sign", args=[statement.slug])).content.decode()
    radios = re.findall(r'<input type="radio" name="display"[^>]*>', page)
    assert (len(radios), [radio for radio in radios if "checked" in radio]) == (3, [])
    refused = sign(client, statement, name="Ada Typed", display="")
    assert refused.status_code == 422
    assert "Choose how your name is shown." in refused.content.decode()
    assert 'value="Ada Typed"' in refused.content.decode()
    assert not SigningMailbox.objects.exists()
