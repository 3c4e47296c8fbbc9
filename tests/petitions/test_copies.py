"""“Where your name has been”: what somebody at risk is told before they erase it. Nothing may be missing in it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from petitions import actions
from petitions.actions.amending import sign_new_version
from petitions.models import Handover, Signature, Statement
from petitions.signatories.copies import copies_of
from tests.accounts.factories import UserFactory
from tests.outbox.keys import OpenPGPKey
from tests.petitions.dossiers import built, handed_over, told
from tests.petitions.factories import SignatureFactory, StatementFactory, new_version

pytestmark = pytest.mark.django_db

LIST, MAILS = "The public list", "E-mails we wrote"


def signed(statement: Statement | None = None, **fields: Any) -> Signature:
    return SignatureFactory.accepted(statement=statement or StatementFactory.open(), name="Ada Invented", **fields)


def delivered(statement: Statement, to: str, **asked: Any) -> Handover:
    """A dossier that was handed over to `to`."""
    now = timezone.now()
    one, second = UserFactory.with_role("moderator"), UserFactory.with_role("moderator")
    handover = actions.approve_dossier(handover=built(statement, **asked), by=second, now=now)
    return actions.record_handover(handover=handover, told=told(recipient=to), by=one, now=now)


def places(signature: Signature) -> list[str]:
    """The beginnings of what the page says; of a dossier to whom it went."""
    found = []
    for copy in copies_of(Signature.objects.get(pk=signature.pk)):
        words = str(copy.where)
        found.append(words.split(" to ")[1].split(":")[0] if "dossier" in words else words.split(":")[0])
    return found


def since(signature: Signature) -> datetime:
    return copies_of(Signature.objects.get(pk=signature.pk))[0].since


def leave(signature: Signature, way: str) -> None:
    now, moderator = timezone.now(), UserFactory.with_role("moderator")
    if way == "withdrawn":
        actions.withdraw_signature(signature=signature, now=now)
    elif way == "removed":
        actions.remove_signature(
            signature=signature, seen_state="accepted", reason="duplicate", note="", by=moderator, now=now
        )
    else:
        actions.withdraw_signature(signature=signature, now=now)
        SignatureFactory.create(statement=signature.statement, address=str(signature.email), name="Ada Invented")


@pytest.mark.parametrize("way", ["withdrawn", "removed", "signed anew"])
def test_who_left_still_reads_where_the_name_has_been(way: str) -> None:
    signature = signed()
    handed_over(signature.statement)
    before = places(signature)
    assert before == ["The public list", "E-mails we wrote to you", "Invented High Commissioner"]
    first = signature.confirmed_at
    assert first
    leave(signature, way)
    newest = Signature.objects.latest("pk")
    assert places(newest) == before
    assert abs(since(newest) - first) < timedelta(seconds=60)


def test_who_was_never_counted_is_named_nowhere() -> None:
    statement = StatementFactory.open()
    waiting = SignatureFactory.create(statement=statement)
    signed(statement)
    handed_over(statement)
    assert places(waiting) == ["E-mails we wrote to you"]


def test_who_signed_the_next_version_reads_of_the_dossiers_of_the_one_before() -> None:
    signature = signed()
    statement = signature.statement
    delivered(statement, "First")
    first = signature.confirmed_at
    assert first
    text = new_version(statement).texts.get(language="en")
    now = timezone.now() + timedelta(minutes=3)
    new = sign_new_version(signature=signature, text=text, now=now)
    assert places(new) == ["The public list", "E-mails we wrote to you", "First"]
    assert abs(since(new) - first) < timedelta(seconds=60)
    signed(statement)
    delivered(statement, "Second of others")
    assert places(new)[2:] == ["First"]


def test_dossier_built_after_somebody_left_or_of_another_version_is_not_theirs() -> None:
    signature = signed()
    statement = signature.statement
    other = signed(statement)
    delivered(statement, "With both")
    actions.withdraw_signature(signature=signature, now=timezone.now())
    delivered(statement, "Without")
    assert places(signature)[2:] == ["With both"]
    assert places(other)[2:] == ["With both", "Without"]
    new_version(statement)
    signed(statement)
    delivered(statement, "Newer alone")
    delivered(statement, "All versions", covers_all_versions=True)
    assert places(other)[2:] == ["With both", "Without", "All versions"]
    assert places(signature)[2:] == ["With both"]


def test_hidden_name_is_only_where_it_was_annexed() -> None:
    statement = StatementFactory.open()
    agreed = signed(statement, display="hidden", may_be_annexed=True)
    hidden = signed(statement, display="hidden")
    initials = signed(statement, display="initials")
    delivered(statement, "Without annex")
    delivered(statement, "With annex", annex_key=OpenPGPKey().public)
    assert places(hidden) == ["E-mails we wrote to you"]
    assert places(agreed) == ["E-mails we wrote to you", "With annex"]
    assert places(initials)[2:] == ["Without annex", "With annex"]
