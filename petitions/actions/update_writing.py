"""An update on its way to its readers: written, handed in, sent back or released by a second person, stopped."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from cases.models import Case
from outbox.actions import queue_email, recall_messages
from outbox.bell import ring_on_commit
from petitions.counts.milestones import told_with
from petitions.errors import (
    NoNextStatementError,
    NotPublishedError,
    OwnUpdateError,
    TextChangedError,
    UpdateIncompleteError,
    UpdateStateError,
    WordsOvertakenError,
)
from petitions.models import Milestone, Statement, Update, UpdateDelivery, UpdateText
from petitions.news.mail import TEMPLATE, invented, mail_context
from petitions.news.readers import lock_readers, reader_digest
from petitions.texts.reading import is_signable
from text.prose import as_typed

SEND_UPDATES = "petitions.send_updates"
NOT_HANDED_OVER = ["queued", "deferred", "sending"]


@transaction.atomic
def start_update(
    *,
    statement: Statement | None,
    case: Case | None,
    original_language: str,
    by: User,
    now: datetime,
    invites_to: Statement | None = None,
) -> Update:
    """A draft without words, about a statement, a case or both; with `invites_to` an invitation to that statement.

    Raises `NoNextStatementError` unless the statement is closed or handed over, the next one is open, and both are on
    one case.
    """
    if invites_to is not None:
        _require_next(statement, invites_to)
    return Update.objects.create(
        statement=statement,
        case=case,
        invites_to=invites_to,
        original_language=original_language,
        written_by=by,
        created_at=now,
    )


def _require_next(statement: Statement | None, invites_to: Statement) -> None:
    over = {Statement.State.CLOSED, Statement.State.HANDED_OVER}
    if statement is None or statement.state not in over or not is_signable(invites_to):
        raise NoNextStatementError
    if not statement.cases.filter(pk__in=invites_to.cases.all()).exists():
        raise NoNextStatementError


@transaction.atomic
def write_update_text(*, update: Update, language: str, title: str, body: str, by: User) -> UpdateText | None:
    """Puts the words of one language; an empty title and body take that language out. `UpdateStateError` after a draft.

    Words that stay as they were keep their writer.
    """
    update = _lock(update, Update.State.DRAFT)
    if not title and not body:
        update.texts.filter(language=language).delete()
        return None
    text = update.texts.filter(language=language).first()
    if text is not None and (text.title, text.body) == (title, body):
        return text
    text, _created = UpdateText.objects.update_or_create(
        update=update, language=language, defaults={"title": title, "body": body, "written_by": by, "sha256": ""}
    )
    return text


@dataclass(frozen=True)
class TypedWords:
    """What somebody typed in one language, and the `seen_words` that their page had shown before."""

    language: str
    title: str
    body: str
    seen: str


def seen_words(text: UpdateText | None) -> str:
    """The SHA-256 (hexadecimal) of stored words as a form hands them back when nobody changes them; "" of none."""
    return _digest(text.language, text.title, text.body) if text is not None else ""


def _digest(language: str, title: str, body: str) -> str:
    title, body = as_typed(title), as_typed(body)
    return UpdateText(language=language, title=title, body=body).words_digest() if title or body else ""


@transaction.atomic
def write_update(*, update: Update, words: Iterable[TypedWords], by: User) -> None:
    """Puts the languages whose words differ from what the page of `by` had shown, all of them or none.

    Words that stayed as they were shown are left alone, whatever a colleague made of them meanwhile. Raises
    `WordsOvertakenError` when both changed one language, `UpdateStateError` after a draft.
    """
    update = _lock(update, Update.State.DRAFT)
    stored = {text.language: text for text in update.texts.all()}
    changed = [row for row in words if _digest(row.language, row.title, row.body) != row.seen]
    overtaken = {row.language: stored.get(row.language) for row in changed if _is_overtaken(row, stored)}
    if overtaken:
        raise WordsOvertakenError(overtaken)
    for row in changed:
        write_update_text(update=update, language=row.language, title=row.title, body=row.body, by=by)


def _is_overtaken(row: TypedWords, stored: dict[str, UpdateText]) -> bool:
    now = seen_words(stored.get(row.language))
    return now not in {row.seen, _digest(row.language, row.title, row.body)}


@transaction.atomic
def submit_update(*, update: Update, by: User, now: datetime) -> Update:
    """Hands the draft to a second person, with the SHA-256 of each wording; from here the words are fixed.

    Raises `UpdateStateError`, `UpdateIncompleteError` without words in the original language.
    """
    update = _lock(update, Update.State.DRAFT)
    texts = list(update.texts.all())
    if update.original_language not in {text.language for text in texts if text.title and text.body}:
        raise UpdateIncompleteError
    for text in texts:
        text.sha256 = text.words_digest()
        text.save(update_fields=["sha256"])
    update.state = Update.State.IN_REVIEW
    update.returned_because = ""
    update.save(update_fields=["state", "returned_because"])
    return update


@transaction.atomic
def return_update(*, update: Update, reason: str, by: User, now: datetime) -> Update:
    """Back to its writer with a reason; also the writer takes it back so. Raises `UpdateStateError`."""
    update = _lock(update, Update.State.IN_REVIEW)
    update.state = Update.State.DRAFT
    update.returned_because = reason
    update.save(update_fields=["state", "returned_because"])
    return update


@transaction.atomic
def release_update(*, update: Update, seen: str, by: User, now: datetime) -> Update:
    """A second person has read it (`seen` is the `fingerprint` that was on screen): it is public, and goes out.

    Raises `UpdateStateError`, `OwnUpdateError` for who wrote any of it, `TextChangedError`, `NotPublishedError` when
    its statement or case is not on the site.
    """
    update = _lock(update, Update.State.IN_REVIEW)
    _require_second_person(update, by)
    if update.fingerprint() != seen:
        raise TextChangedError
    if not Update.objects.of_public_things().filter(pk=update.pk).exists():
        raise NotPublishedError
    if update.invites_to is not None:
        _require_next(update.statement, update.invites_to)
    update.state = Update.State.RELEASED
    update.released_by, update.released_at = by, now
    update.save(update_fields=["state", "released_by", "released_at"])
    if update.milestone is not None:
        Milestone.objects.filter(pk__in=[row.pk for row in told_with(update.milestone)]).update(told_at=now)
    ring_on_commit(SEND_UPDATES)
    return update


def _require_second_person(update: Update, by: User) -> None:
    if by.pk in {update.written_by_id, *update.texts.values_list("written_by", flat=True)}:
        raise OwnUpdateError


@transaction.atomic
def stop_update(*, update: Update, reason: str, by: User, now: datetime) -> int:
    """No further mail leaves and the page is off the site; how many mails were held back that lay in the outbox.

    One person is enough. Who was held back waits again, and their week has room again. Raises `UpdateStateError`.
    """
    update = _lock(update, Update.State.RELEASED, Update.State.SENDING, Update.State.SENT)
    update.state = Update.State.STOPPED
    update.stopped_by, update.stopped_because = by, reason
    update.save(update_fields=["state", "stopped_by", "stopped_because"])
    written = UpdateDelivery.objects.filter(update=update, state=UpdateDelivery.State.WRITTEN)
    keys = list(written.filter(message__state__in=NOT_HANDED_OVER).values_list("message_id", flat=True))
    recall_messages(keys=keys, reason=f"update {update.pk} was stopped")
    held = list(written.filter(message__in=keys, message__state="cancelled").select_related("message"))
    _give_week_back(held, now=now)
    for row in held:
        row.state, row.message, row.written_at = UpdateDelivery.State.WAITING, None, None
        row.save(update_fields=["state", "message", "written_at"])
    return len(held)


def _give_week_back(held: list[UpdateDelivery], *, now: datetime) -> None:
    addresses = {row.pk: str(row.message.to_address) for row in held if row.message is not None}
    readers = lock_readers(addresses.values(), now=now)
    for row in held:
        reader = readers[reader_digest(addresses[row.pk])]
        if row.written_at in reader.mailed_at:
            reader.mailed_at.remove(row.written_at)
            reader.save(update_fields=["mailed_at"])


@transaction.atomic
def resume_update(*, update: Update, by: User, now: datetime) -> Update:
    """Public again, and the mails that were not written yet go out.

    Raises `UpdateStateError`, and `OwnUpdateError` for who wrote any of it: a colleague may have stopped it for what
    its words do to somebody.
    """
    update = _lock(update, Update.State.STOPPED)
    _require_second_person(update, by)
    update.state = Update.State.SENDING
    update.resumed_by, update.resumed_at = by, now
    update.save(update_fields=["state", "resumed_by", "resumed_at"])
    ring_on_commit(SEND_UPDATES)
    return update


@transaction.atomic
def send_test(*, update: Update, language: str, by: User, now: datetime) -> None:
    """Mails the words of `language` to `by` as a reader would get them, but for the way out, which is a reader's own.

    Raises `UpdateIncompleteError` when there are none.
    """
    if update.text_in(language) is None:
        raise UpdateIncompleteError
    queue_email(
        template=TEMPLATE,
        kind="update_test",
        to=by.email,
        context=mail_context(update, language, invented(language, now)),
        language=language,
        now=now,
    )


def _lock(update: Update, *states: str) -> Update:
    update = Update.objects.select_for_update(of=("self",)).select_related("statement", "invites_to").get(pk=update.pk)
    if update.state not in states:
        raise UpdateStateError
    return update
