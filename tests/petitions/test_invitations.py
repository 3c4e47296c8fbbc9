"""Carrying words forward to the next statement on the same case: who is invited, and how little a link can do."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django import Settings

from outbox.models import Message
from petitions.actions import (
    disown_signing,
    resume_update,
    start_update,
    stop_update,
    update_sending,
    withdraw_signature,
)
from petitions.errors import NoNextStatementError
from petitions.models import Signature, Statement, Update
from petitions.moderation.rush import find_rush
from petitions.news.readers import count_audience
from petitions.news.stopping import invitation_path
from petitions.news.wordings import SIGNER_WORDING, STATEMENT_WORDING, covers_invitation
from petitions.views import invitations
from tests.cases.factories import CaseFactory
from tests.petitions.factories import FollowerFactory, StatementFactory, new_version
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


# --- a stopped one, and many


def leave(mails: QuerySet[Message]) -> None:
    """The mail server has them."""
    now = timezone.now()
    mails.update(state="sending", lease_token=uuid4(), lease_expires_at=now)
    mails.update(state="committing")
    mails.update(state="sent", sent_at=now, lease_token=None, lease_expires_at=None)


def test_a_corrected_invitation_reaches_those_whom_the_stopped_one_did_not(
    pair: tuple[Statement, Statement], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(update_sending, "BATCH", 2)
    first, then = pair
    addresses = [f"reader{number}@people.example" for number in range(5)]
    for address in addresses:
        reader(first, address)
    wrong, now = invite(first, then), timezone.now()
    for _step in range(4):
        update_sending._take_step(wrong.pk, now=now)
    assert len(written_to()) == 2
    leave(Message.objects.filter(kind="update"))
    stop_update(update=wrong, reason="The wrong day.", by=editor(), now=now)
    right = released(first, invites_to=then, words={"en": ("The right day", "Come.")})
    later = now + timedelta(hours=1)
    assert send(now=later) == 3
    assert written_to() == addresses
    assert sorted(str(row.message.to_address) for row in right.deliveries.all() if row.message) == addresses[2:]
    # The stopped one goes on without them.
    resume_update(update=wrong, by=editor(), now=later)
    assert send(now=later + timedelta(days=8)) == 0
    assert written_to() == addresses


def test_a_batch_of_invitations_asks_as_often_for_ten_readers_as_for_two(pair: tuple[Statement, Statement]) -> None:
    first, then = pair
    now = timezone.now()

    def asked(number: int) -> list[int]:
        for place in range(number):
            reader(first, f"reader{number}-{place}@people.example")
        update, counted = invite(first, then), []
        for _step in range(2):
            with CaptureQueriesContext(connection) as queries:
                update_sending._take_step(update.pk, now=now + timedelta(days=8 * number))
            counted.append(len(queries) - sum('INSERT INTO "outbox_message"' in query["sql"] for query in queries))
        return counted

    assert asked(2) == asked(10)
    assert len(written_to()) == 12
    with CaptureQueriesContext(connection) as few:
        count_audience(draft(first, invites_to=then), now=now)
    for place in range(10):
        reader(first, f"more{place}@people.example")
    with CaptureQueriesContext(connection) as many:
        count_audience(draft(first, invites_to=then), now=now)
    assert len(few) == len(many)


# --- what was typed is kept


def proved(first: Statement, then: Statement, client: Client) -> str:
    """The page of ADA's invitation after the code was typed."""
    reader(first, ADA, name="Ada Lovelace")
    path = path_of(sent(first, then))
    asked = client.post(f"{path}code/")["Location"]
    client.post(asked, {"code": last_code(ADA)})
    return path


def test_what_was_typed_stays_when_the_petition_closed_meanwhile(
    pair: tuple[Statement, Statement], client: Client
) -> None:
    first, then = pair
    path = proved(first, then, client)
    typed = fill(then, name="Ada King", comment="Typed with care")
    Statement.objects.filter(pk=then.pk).update(state="closed")
    answer = client.post(path, typed)
    shown = answer.content.decode()
    assert (answer.status_code, "Typed with care" in shown, "takes no more signatures" in shown) == (422, True, True)
    # Who only opens it is led on, as before; and a stranger sees no words.
    assert client.get(path).status_code == 302
    assert Client().post(path, typed).status_code == 302
    assert not Signature.objects.filter(statement=then).exists()


def test_what_was_typed_stays_when_a_new_version_opens_within_the_second(
    pair: tuple[Statement, Statement], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, then = pair
    path, typed = proved(first, then, client), fill(then, name="Ada King", comment="Typed with care")

    def and_a_colleague_opens_version_two(**about: Any) -> str:
        new_version(then)
        return find_rush(**about)

    with monkeypatch.context() as patch:
        patch.setattr(invitations, "find_rush", and_a_colleague_opens_version_two)
        answer = client.post(path, typed)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "The text was changed after you opened this page." in shown
    assert "Typed with care" in shown
    assert "Spare the lives, version 2" in shown
    assert not Signature.objects.filter(statement=then).exists()
    # The page holds the new text's fingerprint: the next press signs what is on screen.
    assert fill(then)["fingerprint"] in shown
    client.post(path, {**typed, "fingerprint": fill(then)["fingerprint"]})
    assert Signature.objects.get(statement=then).version_number == 2
