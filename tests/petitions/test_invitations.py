"""Carrying words forward to the next statement on the same case: who is invited, and how little a link can do."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django import Settings

from petitions.actions import disown_signing, start_update, withdraw_signature
from petitions.errors import NoNextStatementError
from petitions.models import Signature, Statement, Update
from petitions.readers import count_audience
from petitions.updates import invitation_path
from petitions.wordings import SIGNER_WORDING, STATEMENT_WORDING, covers_invitation
from tests.cases.factories import CaseFactory
from tests.petitions.factories import FollowerFactory, StatementFactory
from tests.petitions.mail import body_of, last_code, last_token, mails_to
from tests.petitions.signing import fill, request
from tests.petitions.updating import draft, editor, reader, released, send, written_to

pytestmark = pytest.mark.django_db
ADA = "ada@people.example"


@pytest.fixture
def pair() -> tuple[Statement, Statement]:
    """A closed statement and an open one on the same case."""
    case, first, then = CaseFactory.published(), StatementFactory.open(), StatementFactory.open()
    for statement in (first, then):
        statement.cases.add(case)
    Statement.objects.filter(pk=first.pk).update(state="closed")
    first.refresh_from_db()
    return first, then


def invite(first: Statement, then: Statement) -> Update:
    return released(first, invites_to=then)


def path_of(update: Update) -> str:
    return invitation_path(update.deliveries.get())


# --- who is invited


def test_only_those_whose_words_speak_of_the_next_text_are_invited_and_once(pair: tuple[Statement, Statement]) -> None:
    first, then = pair
    reader(first, ADA)
    with translation.override("fa"):
        reader(first, "fa@people.example", updates_wording=str(SIGNER_WORDING), language="fa")
    reader(first, "old@people.example", updates_wording=str(STATEMENT_WORDING))
    reader(first, "no@people.example", wants_updates=False)
    reader(first, "signed@people.example")
    reader(then, "signed@people.example")
    withdrawn = reader(first, "withdrew@people.example")
    withdraw_signature(signature=withdrawn, now=timezone.now())
    refused = reader(first, "refused@people.example")
    request(then, email=refused.email)
    disown_signing(token=last_token("refused@people.example"), now=timezone.now())
    FollowerFactory.create(about=first, address="follows@people.example")
    assert count_audience(draft(first, invites_to=then), now=timezone.now()).total == 2
    update = invite(first, then)
    assert send() == 2
    assert written_to() == [ADA, "fa@people.example"]
    assert body_of(mails_to(ADA)[-1]).count(path_of_first(update)) == 1
    # A second invitation to the same statement, from this one or another, reaches nobody again.
    invite(first, then)
    assert send(now=timezone.now() + timedelta(days=30)) == 0


def path_of_first(update: Update) -> str:
    return invitation_path(next(row for row in update.deliveries.all() if row.language == "en" and row.message))


def test_invitations_are_staggered(pair: tuple[Statement, Statement], settings: Settings) -> None:
    settings.INVITATIONS_AN_HOUR = 2
    first, then = pair
    for number in range(5):
        reader(first, f"reader{number}@people.example")
    invite(first, then)
    now = timezone.now()
    assert [send(now=now + timedelta(minutes=61) * hour) for hour in range(4)] == [2, 2, 1, 0]


def test_an_invitation_leads_from_what_is_over_to_what_is_open_on_one_case(pair: tuple[Statement, Statement]) -> None:
    first, then = pair
    elsewhere = StatementFactory.open()

    def start(from_: Statement, to: Statement) -> Update:
        return start_update(
            statement=from_, case=None, invites_to=to, original_language="en", by=editor(), now=timezone.now()
        )

    for from_, to in [(then, first), (then, elsewhere), (first, elsewhere), (first, first)]:
        with pytest.raises(NoNextStatementError):
            start(from_, to)
    assert start(first, then).invites_to == then


def test_words_of_consent_are_known_in_each_language_and_no_others() -> None:
    for code in ("en", "fa"):
        with translation.override(code):
            known, other = str(SIGNER_WORDING), str(STATEMENT_WORDING)
        assert (covers_invitation(known), covers_invitation(other)) == (True, False)
    assert not covers_invitation("")


# --- what the link can do


def test_the_link_signs_nothing_and_shows_no_name_until_the_mailbox_is_proved(
    pair: tuple[Statement, Statement],
) -> None:
    first, then = pair
    reader(first, ADA, name="Ada Secret", comment="My own words", country="NL")
    path = path_of(sent(first, then))
    scanner = Client()
    for client in (scanner, Client(enforce_csrf_checks=True)):
        shown = client.get(path).content.decode()
        assert ("Stop executions (1)." in shown, "Ada Secret" in shown, ADA in shown) == (True, False, False)
        client.head(path)
    scanner.post(path, {**fill(then), "name": "Mallory"})
    assert Client(enforce_csrf_checks=True).post(path).status_code == 403
    assert not Signature.objects.filter(statement=then).exists()


def test_with_the_code_one_reads_the_text_sees_ones_words_and_signs_with_fresh_consent(
    pair: tuple[Statement, Statement], client: Client
) -> None:
    first, then = pair
    reader(first, ADA, name="Ada Lovelace", comment="My own words", country="NL", display="initials")
    path = path_of(sent(first, then))
    asked = client.post(f"{path}code/")["Location"]
    assert client.post(asked, {"code": "000000"}).status_code == 422
    assert client.post(asked, {"code": last_code(ADA)})["Location"] == path
    shown = client.get(path).content.decode()
    assert 'value="Ada Lovelace"' in shown
    assert "My own words" in shown
    assert "Stop executions (1)." in shown
    assert "checked" not in shown.split('name="wants_updates"')[1].split(">")[0]
    assert not Signature.objects.filter(statement=then).exists()
    typed: dict[str, Any] = {**fill(then), "name": "Ada King", "display": "full", "email": "mallory@people.example"}
    assert client.post(path, {**typed, "fingerprint": "0" * 64}).status_code == 422
    answer = client.post(path, typed)
    signature = Signature.objects.get(statement=then)
    assert answer["Location"] == reverse("petitions:signature_thanks", args=[signature.pk])
    assert (signature.email, signature.name, signature.state) == (ADA, "Ada King", "accepted")
    # The agreement of the first signature is not carried over.
    assert (signature.wants_updates, signature.updates_wording) == (False, "")
    client.post(path, typed)
    assert Signature.objects.filter(statement=then).count() == 1


def test_a_proof_of_another_mailbox_opens_no_words(pair: tuple[Statement, Statement], client: Client) -> None:
    first, then = pair
    reader(first, ADA, name="Ada Secret")
    path = path_of(sent(first, then))
    reader(first, "mallory@people.example", name="Mallory")
    manage = reverse("petitions:signature_manage", args=[first.slug])
    ticket = client.post(manage, {"email": "mallory@people.example"})["Location"]
    client.post(ticket, {"code": last_code("mallory@people.example")})
    assert "Ada Secret" not in client.get(path).content.decode()
    client.post(path, fill(then))
    assert not Signature.objects.filter(statement=then).exists()


def test_a_stopped_invitation_and_a_withdrawn_signature_carry_nothing(
    pair: tuple[Statement, Statement], client: Client
) -> None:
    first, then = pair
    signature = reader(first, ADA)
    update = sent(first, then)
    path = path_of(update)
    withdraw_signature(signature=signature, now=timezone.now())
    assert client.get(path)["Location"] == reverse("petitions:statement_sign", args=[then.slug])
    Update.objects.filter(pk=update.pk).update(state="stopped")
    assert client.get(path).status_code == 404


def sent(first: Statement, then: Statement) -> Update:
    update = invite(first, then)
    assert send() == 1
    return update
