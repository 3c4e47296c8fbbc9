"""What a person does with a mail that lies in the wrong place, or in none."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.models import User
from mandates.actions.history import lock_letter
from mandates.errors import MailStateError
from mandates.incoming import judge, read_mail
from mandates.models import IncomingMail, Letter, ReplyAlias

State = IncomingMail.State


def attach_mail(
    *, mail: IncomingMail, letter: Letter, by: User, now: datetime, keep_addresses: bool = False
) -> IncomingMail:
    """Put a stray on the approved letter it answers; its sender is judged again, now that the mandates are known.

    `keep_addresses`: from now on mail to the addresses of ours that this one was written to leads there by itself.
    MailStateError unless it is a stray, LetterStateError unless the letter was approved.
    """
    read = read_mail(bytes(mail.raw))
    judgement = judge(read, letter=letter)
    with transaction.atomic():
        letter = lock_letter(letter, Letter.State.APPROVED)
        mail = _lock(mail, State.STRAY)
        mail.letter, mail.matched_by, mail.state = letter, IncomingMail.Match.PERSON, State.WAITING
        mail.verdict, mail.findings = judgement.verdict, list(judgement.findings)
        mail.reason, mail.decided_by, mail.decided_at = "", by, now
        mail.save(
            update_fields=[
                "letter",
                "matched_by",
                "state",
                "verdict",
                "findings",
                "reason",
                "decided_by",
                "decided_at",
            ]
        )
        for address in read.recipients if keep_addresses else []:
            if is_ours_alone(address):
                ReplyAlias.objects.get_or_create(
                    value=address, defaults={"letter": letter, "added_by": by, "added_at": now, "note": "from a stray"}
                )
    return mail


def detach_mail(*, mail: IncomingMail, reason: str, by: User, now: datetime) -> IncomingMail:
    """Take a mail off a letter it does not belong to; it becomes a stray. MailStateError once it is an answer."""
    with transaction.atomic():
        mail = _lock(mail, State.WAITING, State.NOTED)
        mail.letter, mail.matched_by = None, ""
        return _decide(mail, State.STRAY, reason=reason, by=by, now=now, also=("letter", "matched_by"))


def set_mail_aside(*, mail: IncomingMail, reason: str, by: User, now: datetime) -> IncomingMail:
    """A stray that answers nothing is put aside with the reason; `actions.retention` destroys it in the end.

    MailStateError unless it is a stray.
    """
    with transaction.atomic():
        return _decide(_lock(mail, State.STRAY), State.SET_ASIDE, reason=reason, by=by, now=now)


def take_mail_up(*, mail: IncomingMail, reason: str, by: User, now: datetime) -> IncomingMail:
    """Back among the strays: it was put aside too soon. MailStateError once it was destroyed."""
    with transaction.atomic():
        return _decide(_lock(mail, State.SET_ASIDE), State.STRAY, reason=reason, by=by, now=now)


def is_ours_alone(address: str) -> bool:
    """Whether an address lies at the domain of the answers: any other one says nothing about the letter."""
    return bool(settings.REPLY_DOMAIN) and address.lower().endswith(f"@{settings.REPLY_DOMAIN}")


def _lock(mail: IncomingMail, *states: str) -> IncomingMail:
    locked = IncomingMail.objects.select_for_update(of=("self",)).get(pk=mail.pk)
    if locked.state not in states or locked.destroyed_at is not None:
        raise MailStateError
    return locked


def _decide(
    mail: IncomingMail, state: str, *, reason: str, by: User, now: datetime, also: tuple[str, ...] = ()
) -> IncomingMail:
    mail.state, mail.reason, mail.decided_by, mail.decided_at = state, reason, by, now
    mail.save(update_fields=["state", "reason", "decided_by", "decided_at", *also])
    return mail
