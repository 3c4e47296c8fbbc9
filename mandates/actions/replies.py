from datetime import date, datetime, timedelta
from typing import TypedDict, Unpack

from django.db import transaction

from accounts.models import User
from mandates.actions.history import lock_letter
from mandates.clock import REPLY_DAYS
from mandates.errors import ForgedMailError, MailStateError
from mandates.models import IncomingMail, Letter, Mandate, Reply, ReplyRelease

State = IncomingMail.State


class ReplyWords(TypedDict, total=False):
    """What else an answer says. `reference` is the UN's own (`AL IRN 14/2021`) or empty, which the database checks;
    `communication_on` is the day of the mandate's letter to the Government, from which the 60 days count;
    `vouched_for` says how the sender of a forged mail was checked otherwise."""

    mandate: Mandate | None
    reference: str
    communication_on: date | None
    text: str
    document_name: str
    document_sha256: str
    vouched_for: str


@transaction.atomic
def record_reply(
    *,
    letter: Letter,
    kind: str,
    received_on: date,
    by: User,
    now: datetime,
    mail: IncomingMail | None = None,
    public_summary: str = "",
    **words: Unpack[ReplyWords],
) -> Reply:
    """An answer came to an approved letter. Entries are never changed: a correction is another entry.

    `mail` is the mail it came in; one that is forged cannot become an answer unless `vouched_for` is given
    (ForgedMailError). `public_summary` becomes a proposal that a second person must release. LetterStateError unless
    the letter was approved, MailStateError when the mail does not lie on it.
    """
    letter = lock_letter(letter, Letter.State.APPROVED)
    is_forged = mail is not None and mail.is_forged
    if is_forged and kind != Reply.Kind.NONE and not words.get("vouched_for"):
        raise ForgedMailError
    reply = Reply.objects.create(
        letter=letter,
        kind=kind,
        received_on=received_on,
        mail=mail,
        is_forged=is_forged,
        recorded_by=by,
        recorded_at=now,
        **words,
    )
    if mail is not None:
        _close(mail, letter=letter, kind=kind, by=by, now=now)
    if public_summary and kind != Reply.Kind.NONE:
        _propose(reply, public_summary, by=by, now=now)
    return reply


def _propose(reply: Reply, summary: str, *, by: User, now: datetime) -> ReplyRelease:
    reference_from = confidential_until(reply)
    return ReplyRelease.objects.create(
        reply=reply, summary=summary, reference_from=reference_from, written_by=by, written_at=now
    )


def confidential_until(reply: Reply) -> date:
    """The first day on which the UN's reference and dates may be public by themselves: letters between mandates and
    Governments stay confidential for 60 days (OHCHR, communications reporting)."""
    return (reply.communication_on or reply.received_on) + timedelta(days=REPLY_DAYS)


def _close(mail: IncomingMail, *, letter: Letter, kind: str, by: User, now: datetime) -> None:
    """The mail has been read by a person. MailStateError when it lies on another letter, or on none."""
    locked = IncomingMail.objects.select_for_update(of=("self",)).get(pk=mail.pk)
    if locked.destroyed_at is not None:
        raise MailStateError
    if locked.letter_id != letter.pk or locked.state not in {State.WAITING, State.NOTED, State.ANSWERED}:
        raise MailStateError
    is_answer = kind != Reply.Kind.NONE or locked.state == State.ANSWERED
    locked.state = State.ANSWERED if is_answer else State.NOTED
    locked.decided_by, locked.decided_at = by, now
    locked.save(update_fields=["state", "decided_by", "decided_at"])
