"""Editors at their desk: updates in each state, and what their readers got."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from cases.models import Case
from outbox.models import Message
from petitions.actions import (
    release_update,
    send_updates,
    start_update,
    submit_update,
    write_update_text,
)
from petitions.models import Signature, Statement, Update
from petitions.news.wordings import SIGNER_WORDING
from tests.accounts.factories import UserFactory
from tests.petitions.factories import SignatureFactory, StatementFactory

WORDS = {"en": ("Handed over", "The text was **handed over**."), "fa": ("تحویل داده شد", "متن تحویل داده شد.")}


def editor(**fields: Any) -> User:
    return UserFactory.with_role("case_editor", **fields)


def draft(
    statement: Statement | None = None,
    *,
    case: Case | None = None,
    by: User | None = None,
    words: dict[str, tuple[str, str]] = WORDS,
    **fields: Any,
) -> Update:
    """A draft with words; of a new open statement unless told otherwise."""
    by = by or editor()
    if statement is None and case is None:
        statement = StatementFactory.open()
    update = start_update(statement=statement, case=case, original_language="en", by=by, now=timezone.now(), **fields)
    for language, (title, body) in words.items():
        write_update_text(update=update, language=language, title=title, body=body, by=by)
    return update


def in_review(statement: Statement | None = None, **fields: Any) -> Update:
    update = draft(statement, **fields)
    return submit_update(update=update, by=update.written_by, now=timezone.now())


def released(statement: Statement | None = None, *, now: datetime | None = None, **fields: Any) -> Update:
    update = in_review(statement, **fields)
    return release_update(update=update, seen=update.fingerprint(), by=editor(), now=now or timezone.now())


def reader(statement: Statement, address: str, **fields: Any) -> Signature:
    """A counted signatory who agreed to news."""
    fields = {"wants_updates": True, "updates_wording": str(SIGNER_WORDING), **fields}
    return SignatureFactory.accepted(statement=statement, address=address, **fields)


def send(*, now: datetime | None = None, **options: int) -> int:
    return send_updates(now=now or timezone.now(), **options)


def written_to() -> list[str]:
    """The addresses that updates were written to and not held back, sorted."""
    mails = Message.objects.filter(kind="update").exclude(state="cancelled")
    return sorted(str(mail.to_address) for mail in mails)
