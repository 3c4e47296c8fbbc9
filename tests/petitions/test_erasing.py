"""The danger button: afterwards nothing in the database, nor in Redis, leads to the person."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from outbox.addresses import unseal
from outbox.models import Message
from petitions.actions import (
    accept_signature,
    answer_moderator,
    ask_signatory,
    confirm_code,
    cosign_statement,
    erase_signature,
    record_second_channel,
    refuse_signature,
    undo_decision,
    withdraw_signature,
)
from petitions.actions.cosigning import Organisation
from petitions.counts.counting import count_signatures
from petitions.errors import CannotUndoError, LinkRefusedError
from petitions.models import (
    Follower,
    ModerationDecision,
    SecondChannel,
    SecondLook,
    Signature,
    SigningMailbox,
    Statement,
    Tally,
)
from tests.accounts.factories import UserFactory
from tests.petitions.factories import FollowerFactory, SignatureFactory, StatementFactory, verified_expert
from tests.petitions.mail import last_code
from tests.petitions.signing import request, sign

pytestmark = pytest.mark.django_db

CANARIES = {
    "name": "Kanarya Singvogel",
    "email": "kanarya.singvogel@canary.example",
    "comment": "because canaries sing xyzzyx",
    "affiliation": "University of Canary Wharfage",
    "title": "Reader in canaryology",
    "organisation": "Canaries Without Cages",
    "authority": "minutes of the canary assembly",
    "original": "قناری آوازخوان",
}
# The account and its profile are not the signature: they are private, and stay the person's own.
ALLOWED = {"accounts_user", "accounts_expertprofile", "accounts_verification", "account_emailaddress"}


def needles() -> list[bytes]:
    """Every canary in the forms in which it could lie somewhere."""
    found = []
    for word in CANARIES.values():
        for text in (word, word.casefold(), word[::-1]):
            for raw in (text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")):
                found += [raw, raw.hex().encode(), base64.b64encode(raw)[:-4], json.dumps(text)[1:-1].encode()]
    return found


def cells() -> Iterator[tuple[str, bytes]]:
    """Every value of every table as bytes; of what we sealed also what is in it."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  names from this database only
            for row in cursor.fetchall():
                for value in row:
                    if isinstance(value, bytes | memoryview):
                        yield table, bytes(value)
                        yield table, opened(bytes(value))
                    elif value is not None:
                        yield table, (json.dumps(value) if isinstance(value, dict | list) else str(value)).encode()


def opened(value: bytes) -> bytes:
    try:
        return unseal(value)
    except Exception:
        return b""


def places() -> set[str]:
    """The tables, or Redis, in which a canary is found."""
    wanted = needles()
    found = {table for table, value in cells() if any(needle in value for needle in wanted)}
    store = redis.Redis.from_url(settings.REDIS_URL)
    for key in store.scan_iter(count=1000):
        dumped = store.dump(key) or b""
        if any(needle in bytes(key) + bytes(dumped) for needle in wanted):
            found.add("redis")
    return found


def sign_as_public(client: Client, statement: Statement) -> Signature:
    fields = {"name": CANARIES["name"], "email": CANARIES["email"], "comment": CANARIES["comment"]}
    ticket = request(statement, **fields, wants_updates=True, updates_wording="Write to me")
    signature = confirm_code(ticket=ticket, code=last_code(CANARIES["email"]), now=timezone.now())
    sign(client, statement, **fields)  # a second ticket waits with what was typed
    return signature


def test_t1_danger_button_leaves_nothing_of_a_member_of_the_public(client: Client) -> None:
    statement, moderator = StatementFactory.open(), UserFactory.with_role("moderator")
    signature = sign_as_public(client, statement)
    FollowerFactory.create(about=statement, address=CANARIES["email"])
    decision = refuse_signature(
        signature=signature,
        seen_state="accepted",
        reason="not_a_name",
        note=f"Is {CANARIES['name']} a name?",
        by=moderator,
        now=timezone.now(),
    )
    signature.refresh_from_db()
    answer_moderator(signature=signature, text=f"I am {CANARIES['name']}.", now=timezone.now())
    before = places()
    assert {"petitions_signature", "petitions_signingticket", "petitions_follower", "outbox_message"} <= before
    assert {"petitions_moderationdecision", "petitions_signatoryanswer"} <= before

    signature.refresh_from_db()
    copies = erase_signature(signature=signature, now=timezone.now())
    assert places() == set()
    assert [str(copy.where)[:14] for copy in copies] == ["The public lis", "E-mails we wro"]
    row = Signature.objects.get()
    assert (row.state, row.name, row.email_digest, row.user_id) == ("withdrawn", "", None, None)
    assert Follower.objects.get().stopped_at is not None
    assert ModerationDecision.objects.get(pk=decision.pk).reason == "not_a_name"
    assert not Message.objects.filter(state__in=["queued", "deferred", "sending"]).exists()


def test_t1_danger_button_leaves_nothing_of_an_expert_outside_the_own_account() -> None:
    statement = StatementFactory.open(kind="organisations")
    user = verified_expert(
        printed_name=CANARIES["name"],
        original_name=CANARIES["original"],
        title=CANARIES["title"],
        affiliation=CANARIES["affiliation"],
        honorific="Prof. Canary",
        sort_key="Singvogel, Kanarya",
        ror_id="https://ror.org/05dxps055",
    )
    type(user).objects.filter(pk=user.pk).update(email=CANARIES["email"])
    user.refresh_from_db()
    version = statement.current_version()
    text = version.text_to_sign("en") if version else None
    assert text is not None
    signature = cosign_statement(
        statement=statement,
        text=text,
        language="en",
        by=user,
        now=timezone.now(),
        signing_as=Organisation(CANARIES["organisation"], "Chair of canaries", CANARIES["authority"]),
    )
    accept_signature(signature=signature, seen_state="pending", by=UserFactory.create(), now=timezone.now())
    assert {"petitions_signature", "outbox_message"} <= places()
    copies = erase_signature(signature=Signature.objects.get(), now=timezone.now())
    assert places() <= ALLOWED
    assert len(copies) == 2


def test_danger_button_takes_the_name_off_every_page_and_leaves_the_figures_checkable(client: Client) -> None:
    statement = StatementFactory.open()
    signature = sign_as_public(client, statement)
    others = [SignatureFactory.accepted(statement=statement) for _ in range(2)]
    count_signatures()
    before = Tally.objects.get(statement=statement)
    listed = reverse("petitions:statement_signatories", args=[statement.slug])
    assert CANARIES["name"] in client.get(listed).content.decode()
    erase_signature(signature=signature, now=timezone.now())
    count_signatures()
    after = Tally.objects.get(statement=statement)
    page = client.get(listed).content.decode()
    assert CANARIES["name"] not in page
    assert "1 signatory whose name was removed" in page
    assert others[0].name in page
    assert (before.counted, before.withdrawn) == (3, 0)
    assert (after.counted, after.withdrawn) == (2, 1)
    assert (
        CANARIES["name"]
        not in client.get(reverse("petitions:statement_detail", args=[statement.slug])).content.decode()
    )


def test_pages_ask_first_and_get_erases_nothing(client: Client) -> None:
    statement = StatementFactory.open()
    owner = UserFactory.create()
    signature = SignatureFactory.accepted(statement=statement, user=owner, name=CANARIES["name"])
    url = reverse("petitions:signature_erase", args=[signature.pk])
    assert client.get(url).status_code == 404
    assert client.post(url).status_code == 404
    client.force_login(owner)
    assert "Take my name off everywhere, now" in client.get(url).content.decode()
    assert not Signature.objects.erased().exists()
    page = client.post(url).content.decode()
    assert "Your name is off" in page
    assert "The public list" in page
    assert Signature.objects.erased().get() == signature
    assert client.get(url).status_code == 404


def test_everything_of_the_same_mailbox_goes_and_it_may_sign_anew(client: Client) -> None:
    statement = StatementFactory.open()
    first = sign_as_public(client, statement)
    withdraw_signature(signature=first, now=timezone.now())
    second = sign_as_public(client, statement)
    erase_signature(signature=second, now=timezone.now())
    assert set(Signature.objects.values_list("state", "name")) == {("withdrawn", "")}
    assert not SigningMailbox.objects.exists()
    erase_signature(signature=second, now=timezone.now())
    third = sign_as_public(client, statement)
    assert third.state == "accepted"


def test_erasing_leads_past_no_moderator_who_refused() -> None:
    statement = StatementFactory.open()
    signature = SignatureFactory.accepted(statement=statement, address="ada@people.example")
    request(statement)
    refuse_signature(
        signature=signature,
        seen_state="accepted",
        reason="abusive",
        note="",
        by=UserFactory.create(),
        now=timezone.now(),
    )
    erase_signature(signature=Signature.objects.get(), now=timezone.now())
    assert Signature.objects.get().state == "removed"
    ticket = request(statement, email="ada@people.example")
    again = confirm_code(ticket=ticket, code=last_code("ada@people.example"), now=timezone.now())
    assert (again.state, again.review_reason) == ("pending", "doubted")


def test_s5_link_mailed_before_the_danger_button_brings_nothing_back(client: Client) -> None:
    statement = StatementFactory.open()
    signature = sign_as_public(client, statement)
    waiting = request(statement, email=CANARIES["email"])
    erase_signature(signature=signature, now=timezone.now())
    with pytest.raises((LinkRefusedError, type(waiting).DoesNotExist, SigningMailbox.DoesNotExist)):
        confirm_code(ticket=waiting, code="000000", now=timezone.now())
    assert Signature.objects.counted().count() == 0


def test_erased_row_stays_erased_and_is_not_undone() -> None:
    signature = SignatureFactory.accepted()
    moderator = UserFactory.create()
    refusal = refuse_signature(
        signature=signature, seen_state="accepted", reason="abusive", note="", by=moderator, now=timezone.now()
    )
    erase_signature(signature=Signature.objects.get(), now=timezone.now())
    with pytest.raises(CannotUndoError):
        undo_decision(decision=refusal, by=moderator, now=timezone.now())
    for change in ({"name": "Back"}, {"erased_at": None}, {"state": "accepted", "accepted_at": timezone.now()}):
        with pytest.raises(Exception, match=r"Cannot update|constraint"), transaction.atomic():
            Signature.objects.update(**change)


def test_question_and_note_can_be_emptied_of_erased_signatures_only() -> None:
    signature = SignatureFactory.create()
    decision = ask_signatory(
        signature=signature, seen_state="pending", note="Who?", by=UserFactory.create(), now=timezone.now()
    )
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        ModerationDecision.objects.filter(pk=decision.pk).update(note="")
    erase_signature(signature=signature, now=timezone.now())
    assert ModerationDecision.objects.get().note == ""
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        ModerationDecision.objects.filter(pk=decision.pk).update(reason="abusive")


def test_identity_is_frozen_by_the_database() -> None:
    signature = SignatureFactory.accepted(affiliation="Example University")
    for change in ({"affiliation": "Elsewhere"}, {"name": "Other"}, {"category": "judge"}, {"honorific": "Dr."}):
        with pytest.raises(IntegrityError, match="as it was on the day of signing"), transaction.atomic():
            Signature.objects.filter(pk=signature.pk).update(**change)
    Signature.objects.filter(pk=signature.pk).update(display="initials")


def test_mail_that_waits_is_stopped_and_what_is_on_its_way_is_emptied_later(client: Client) -> None:
    statement = StatementFactory.open()
    signature = sign_as_public(client, statement)
    now = timezone.now()
    flying = Message.objects.order_by("created_at").first()
    assert flying is not None
    lease = {"lease_token": flying.pk, "lease_expires_at": now + timedelta(minutes=5)}
    Message.objects.filter(pk=flying.pk).update(state="sending", **lease)
    Message.objects.filter(pk=flying.pk).update(state="committing")
    elsewhere: Any = SignatureFactory.accepted(address=CANARIES["email"])
    erase_signature(signature=signature, now=now)
    flying.refresh_from_db()
    assert (flying.state, flying.is_to_forget, flying.raw is not None) == ("committing", True, True)
    assert set(Message.objects.exclude(pk=flying.pk).values_list("state", "raw")) == {("cancelled", None)}
    elsewhere.refresh_from_db()
    assert elsewhere.email == CANARIES["email"]


def test_t1_danger_button_takes_what_was_said_about_the_person(client: Client) -> None:
    signature = SignatureFactory.create(review_reason="watched", name="Famous Canary")
    record_second_channel(
        signature=signature,
        channel="switchboard",
        finding="confirmed",
        what="Called Famous Canary at the institute",
        by=UserFactory.create(),
        now=timezone.now(),
    )
    decision = accept_signature(signature=signature, seen_state="pending", by=UserFactory.create(), now=timezone.now())
    look = SecondLook.objects.create(
        decision=decision,
        first_by=decision.by,
        chosen_at=timezone.now(),
        by=UserFactory.create(),
        verdict="refuse",
        looked_at=timezone.now(),
        settled_by=UserFactory.create(),
        settled_at=timezone.now(),
        settlement="We both know Famous Canary",
    )
    channel = SecondChannel.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        SecondChannel.objects.update(what="")
    with pytest.raises(IntegrityError), transaction.atomic():
        SecondChannel.objects.create(
            signature=signature, channel="video", finding="denied", what="", by=decision.by, at=timezone.now()
        )
    erase_signature(signature=signature, now=timezone.now())
    channel.refresh_from_db()
    look.refresh_from_db()
    assert (channel.what, channel.finding, look.settlement, look.verdict) == ("", "confirmed", "", "refuse")


def test_everything_of_the_mailbox_goes_also_what_retention_had_reduced() -> None:
    statement, now = StatementFactory.open(), timezone.now()
    address = {"statement": statement, "address": CANARIES["email"]}
    news = {"wants_updates": True, "updates_wording": "Write"}
    earlier = SignatureFactory.accepted(**address, **news, display="hidden")
    Signature.objects.filter(pk=earlier.pk).update(
        anonymised_at=now, state="withdrawn", withdrawn_at=now, accepted_at=None
    )
    current = SignatureFactory.accepted(**address)
    FollowerFactory.create(about=statement, address=CANARIES["email"])
    erase_signature(signature=current, now=now)
    assert Signature.objects.erased().count() == 2
    assert places() == set()
