"""Experts who ask for news when they co-sign, and change their mind on their own page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.models import User
from outbox.models import Message
from petitions.actions import change_news, erase_signature, withdraw_signature
from petitions.errors import StateChangedError
from petitions.models import Follower, Signature, Statement
from petitions.news.wordings import SIGNER_WORDING, STATEMENT_WORDING
from petitions.signatories.personal_data import data_of_account
from tests.petitions.factories import FollowerFactory, StatementFactory, verified_expert
from tests.petitions.mail import body_of, mails_to
from tests.petitions.updating import released, send, written_to
from tests.petitions.withheld import sign_withheld, two_custodians

pytestmark = pytest.mark.django_db


@pytest.fixture
def statement() -> Statement:
    return StatementFactory.open(kind="expert")


def sign_url(statement: Statement, way: str = "") -> str:
    return reverse("petitions:statement_sign", args=[statement.slug]) + (f"?as={way}" if way else "")


def cosign(client: Client, statement: Statement, user: User, *, way: str = "", **typed: str) -> Signature:
    client.force_login(user)
    version = statement.current_version()
    text = version.text_to_sign("en") if version else None
    assert text is not None
    typed = {"agrees": "on", "fingerprint": text.sha256, **typed}
    assert client.post(sign_url(statement, way), typed).status_code == 302
    return Signature.objects.latest("pk")


def accept(signature: Signature) -> Signature:
    Signature.objects.filter(pk=signature.pk).update(state="accepted", accepted_at=timezone.now())
    signature.refresh_from_db()
    return signature


def test_box_is_empty_and_nothing_is_agreed_to_by_silence(client: Client, statement: Statement) -> None:
    user = verified_expert()
    client.force_login(user)
    page = client.get(sign_url(statement)).content.decode()
    assert "checked" not in page.split('name="wants_updates"')[1].split(">")[0]
    signature = cosign(client, statement, user)
    assert (signature.wants_updates, signature.updates_wording, signature.updates_agreed_at) == (False, "", None)


def test_words_are_kept_in_the_language_they_were_read_in(client: Client, statement: Statement) -> None:
    user, before = verified_expert(), timezone.now()
    client.force_login(user)
    with override("fa"):
        url, wording = sign_url(statement), str(SIGNER_WORDING)
    version = statement.current_version()
    assert version is not None
    text = version.text_to_sign("fa") or version.text_to_sign("en")
    assert text is not None
    client.post(url, {"agrees": "on", "wants_updates": "on", "fingerprint": text.sha256})
    signature = Signature.objects.get()
    assert (signature.wants_updates, signature.updates_wording, signature.language) == (True, wording, "fa")
    assert signature.updates_agreed_at is not None
    assert before <= signature.updates_agreed_at <= timezone.now()


def test_expert_who_also_follows_gets_it_once_and_one_press_stops_both(client: Client, statement: Statement) -> None:
    user = verified_expert()
    signature = accept(cosign(client, statement, user, wants_updates="on"))
    accept(cosign(client, statement, verified_expert()))
    FollowerFactory.create(about=statement, address=user.email.upper())
    released(statement)
    assert (send(), send()) == (1, 0)
    (mail,) = [mail for mail in mails_to(user.email) if mail["List-Unsubscribe"]]
    assert signature.updates_wording in body_of(mail)
    way_out = str(mail["List-Unsubscribe"]).strip("<>")
    path = way_out.partition("://")[2].partition("/")[2]
    assert Client().post(f"/{path}", {"List-Unsubscribe": "One-Click"}).status_code == 200
    released(statement)
    assert send(now=timezone.now() + timedelta(days=8)) == 0
    signature.refresh_from_db()
    assert (signature.state, signature.wants_updates) == ("accepted", False)


def test_box_on_the_own_page_begins_and_stops_the_news(client: Client, statement: Statement) -> None:
    signature = accept(cosign(client, statement, verified_expert()))
    receipt = reverse("petitions:signature_receipt", args=[signature.pk])
    change = reverse("petitions:signature_news", args=[signature.pk])
    assert f'action="{change}"' in client.get(receipt).content.decode()
    client.post(change, {"wants_updates": "on"})
    signature.refresh_from_db()
    assert (signature.wants_updates, signature.updates_wording) == (True, str(SIGNER_WORDING))
    assert signature.updates_agreed_at is not None
    assert signature.updates_agreed_at > signature.created_at
    assert "checked" in client.get(receipt).content.decode().split('name="wants_updates"')[1].split(">")[0]
    client.post(change, {})
    signature.refresh_from_db()
    assert not signature.wants_updates
    # Nobody else changes it.
    client.force_login(verified_expert())
    assert client.post(change, {"wants_updates": "on"}).status_code == 404


def test_what_is_over_begins_no_news(client: Client, statement: Statement) -> None:
    user = verified_expert()
    signature = withdraw_signature(signature=cosign(client, statement, user), now=timezone.now())
    with pytest.raises(StateChangedError):
        change_news(signature=signature, wording="Write", by=user, language="en", now=timezone.now())
    change = reverse("petitions:signature_news", args=[signature.pk])
    assert change not in client.get(reverse("petitions:signature_receipt", args=[signature.pk])).content.decode()


def test_erasing_takes_the_consent_with_the_person(client: Client, statement: Statement) -> None:
    signature = accept(cosign(client, statement, verified_expert(), wants_updates="on"))
    erase_signature(signature=signature, now=timezone.now())
    signature.refresh_from_db()
    assert (signature.wants_updates, signature.updates_wording, signature.updates_agreed_at) == (False, "", None)
    released(statement)
    assert send() == 0


# --- with the name withheld


@pytest.fixture
def withheld(client: Client, statement: Statement) -> tuple[User, Signature]:
    two_custodians()
    user = verified_expert()
    return user, cosign(client, statement, user, way="withheld", office="Professor of law", wants_updates="on")


def test_protected_signatory_follows_apart_and_the_row_still_leads_nowhere(
    withheld: tuple[User, Signature], statement: Statement
) -> None:
    user, signature = withheld
    follower = Follower.objects.get()
    assert (signature.is_protected, signature.email, signature.user) == (True, None, None)
    assert (signature.wants_updates, signature.updates_wording, signature.updates_agreed_at) == (False, "", None)
    assert (follower.email, follower.about, follower.wording) == (user.email, statement, str(STATEMENT_WORDING))
    assert follower.email_digest != signature.email_digest
    # Like any follower's, its moments are finer than the day: it does not stand out among them.
    assert follower.confirmed_at.microsecond or follower.confirmed_at.second


def test_mail_to_a_protected_signatory_is_that_to_a_follower(
    withheld: tuple[User, Signature], statement: Statement
) -> None:
    user, signature = withheld
    accept(signature)
    FollowerFactory.create(about=statement, address="other@people.example", wording=str(STATEMENT_WORDING))
    released(statement)
    assert send() == 2
    assert written_to() == sorted(["other@people.example", user.email])
    mine, others = mails_to(user.email)[-1], mails_to("other@people.example")[-1]
    words = ("Professor of law", user.expert_profile.printed_name, "signature", "signed")
    assert not [word for word in words if word in body_of(mine).partition("-- ")[0]]
    assert without_links(body_of(mine)) == without_links(body_of(others))
    assert f"/signatures/{signature.pk}" not in body_of(mine)


def without_links(body: str) -> list[str]:
    return [line for line in body.splitlines() if "/stop/" not in line]


def test_protected_signatory_changes_it_on_the_own_page_and_takes_it_off_with_the_name(
    client: Client, withheld: tuple[User, Signature]
) -> None:
    user, signature = withheld
    change = reverse("petitions:signature_news", args=[signature.pk])
    receipt = reverse("petitions:signature_receipt", args=[signature.pk])
    assert "checked" in client.get(receipt).content.decode().split('name="wants_updates"')[1].split(">")[0]
    assert data_of_account(user, [signature])["signatures"][0]["follows_this_statement"] is True
    client.post(change, {})
    assert not Follower.objects.live().exists()
    client.post(change, {"wants_updates": "on"})
    assert Follower.objects.live().count() == 1
    client.post(reverse("petitions:signature_erase", args=[signature.pk]))
    assert not Follower.objects.live().exists()
    assert not Message.objects.filter(kind="update").exists()


def test_withdrawing_ends_the_news_to_a_protected_signatory(client: Client, withheld: tuple[User, Signature]) -> None:
    client.post(reverse("petitions:signature_withdraw", args=[withheld[1].pk]))
    assert not Follower.objects.live().exists()


def test_protected_signatory_who_ticks_nothing_follows_nothing(statement: Statement) -> None:
    two_custodians()
    sign_withheld(verified_expert(), statement)
    assert not Follower.objects.exists()
