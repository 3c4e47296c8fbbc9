"""One mailbox below one thing: its lock, its tickets, its code, and how it is proved by a code or a link.

What a proved mailbox then does (sign, open a signature, follow) the other actions say.
"""

import json
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction

from cases.models import Case
from outbox.actions import DRAIN_POST, queue_email
from outbox.bell import ring_on_commit
from petitions.errors import CodeRefusedError, LinkRefusedError
from petitions.models import Signature, SigningMailbox, SigningTicket, Statement
from petitions.models.about import as_fields
from petitions.moderation.review import mailed_name
from petitions.news.readers import note_reached
from petitions.signatories import pace
from petitions.signatories.mailboxes import code_digest, is_same, new_code, new_secret, secret_digest
from petitions.texts.reading import is_published, title_met

Done = TypeVar("Done")
# Whom a mail that is taken back is counted to.
NOBODY = "nobody@countersign.invalid"
SIGNING = (SigningTicket.Purpose.SIGN, SigningTicket.Purpose.MANAGE)


def lock_mailbox(*, about: Statement | Case, digest: bytes) -> SigningMailbox:
    """The row of a mailbox, made when it is new, locked until the transaction ends."""
    mailbox, _created = SigningMailbox.objects.select_for_update().get_or_create(
        **as_fields(about), email_digest=digest
    )
    return mailbox


def lock_ticket(ticket: SigningTicket) -> tuple[SigningTicket, SigningMailbox]:
    """`ticket` and its mailbox afresh, the mailbox locked first: everything about one mailbox happens in turn."""
    mailboxes = SigningMailbox.objects.select_for_update(of=("self",)).select_related("statement", "case__person")
    mailbox = mailboxes.get(pk=ticket.mailbox_id)
    ticket = SigningTicket.objects.select_related("text__version", "signature__statement").get(pk=ticket.pk)
    ticket.mailbox = mailbox
    return ticket, mailbox


def open_ticket(mailbox: SigningMailbox, *, now: datetime, **fields: Any) -> tuple[SigningTicket, str]:
    """A new ticket, and its secret, which is kept nowhere."""
    secret = new_secret()
    digest = secret_digest(secret, purpose="ticket")
    return SigningTicket.objects.create(mailbox=mailbox, ticket_digest=digest, created_at=now, **fields), secret


def find_ticket(*, secret: str, purposes: Collection[str] = SIGNING) -> SigningTicket | None:
    """The ticket that names a tab, or None when it is unknown, was forgotten, or serves something else."""
    digest = secret_digest(secret, purpose="ticket")
    tickets = SigningTicket.objects.select_related("mailbox__statement", "mailbox__case__person", "text")
    return tickets.filter(ticket_digest=digest, purpose__in=purposes).first()


def find_link(*, token: str, now: datetime, purposes: Collection[str] = SIGNING) -> SigningTicket:
    """The ticket behind a mailed link that is still good, used or not. Raises `LinkRefusedError`."""
    digest = secret_digest(token, purpose="link")
    tickets = SigningTicket.objects.select_related(
        "mailbox__statement", "mailbox__case__person", "text__version", "signature"
    )
    ticket = tickets.filter(link_digest=digest, link_expires_at__gt=now, purpose__in=purposes).first()
    if ticket is None:
        raise LinkRefusedError
    return ticket


def find_signature(mailbox: SigningMailbox) -> Signature | None:
    """The signature made from this mailbox that was not withdrawn."""
    signatures = Signature.objects.live().select_related("statement", "text")
    return signatures.filter(statement=mailbox.statement_id, email_digest=mailbox.email_digest).first()


def send_code(mailbox: SigningMailbox, *, ticket: SigningTicket, address: str, now: datetime, name: str = "") -> None:
    """Mails a fresh code and a link for `ticket`, if this mailbox may be written to now; the old code dies.

    What the mail says depends on whether the mailbox signed before; who asked for it never learns that, nor from the
    time it takes whether a mail leaves: where none may, the same is done and taken back.
    """
    may_send = _may_send(mailbox, now=now)
    within_pace = pace.may_mail(address=address if may_send else NOBODY, now=now)
    with transaction.atomic():
        _write_code(mailbox, ticket=ticket, address=address, now=now, name=name)
        if not (may_send and within_pace):
            transaction.set_rollback(True)
    if not (may_send and within_pace):
        # The bell of the mail that was taken back went with it.
        ring_on_commit(DRAIN_POST)


def _write_code(mailbox: SigningMailbox, *, ticket: SigningTicket, address: str, now: datetime, name: str) -> None:
    code, token = new_code(), new_secret()
    SigningMailbox.objects.filter(pk=mailbox.pk).update(
        code_digest=code_digest(mailbox, code),
        code_expires_at=now + SigningMailbox.LIFE_OF_CODE,
        wrong_tries=0,
        mails_sent=mailbox.mails_sent + 1 if mailbox.mails_on == now.date() else 1,
        mails_on=now.date(),
        sent_at=now,
    )
    SigningTicket.objects.filter(pk=ticket.pk).update(
        link_digest=secret_digest(token, purpose="link"), link_expires_at=now + SigningTicket.LIFE_OF_LINK
    )
    queue_email(
        template=f"petitions/emails/{_template_for(mailbox, ticket)}",
        to=address,
        context={
            "code": code,
            "token": token,
            "name": name,
            "about": mailbox.about,
            "title": title_met(mailbox.about, ticket.text, ticket.language),
        },
        language=ticket.language,
        now=now,
        priority=0,
        recipient_digest=bytes(mailbox.email_digest),
    )


@transaction.atomic
def resend_code(*, ticket: SigningTicket, now: datetime) -> bool:
    """Mails a new code for an open ticket, unless one left within the last minute or five left today.

    Nothing is mailed about what is not on the site now. False when the ticket was forgotten in the meantime.
    """
    try:
        ticket, mailbox = lock_ticket(ticket)
    except (SigningTicket.DoesNotExist, SigningMailbox.DoesNotExist):
        return False
    if ticket.typed is not None and is_published(mailbox.about):
        typed = json.loads(ticket.typed)
        send_code(mailbox, ticket=ticket, address=typed["email"], name=mailed_name(typed["name"]), now=now)
    return True


def prove_by_code(
    *, ticket: SigningTicket, code: str, now: datetime, then: Callable[[SigningTicket, datetime], Done | None]
) -> Done:
    """What `then` makes of the ticket when `code` is right, under the mailbox's lock; in parallel and twice too.

    Raises `CodeRefusedError` (wrong, too old, tried five times, or nothing came of it: not told apart).
    """
    with transaction.atomic():
        ticket, mailbox = lock_ticket(ticket)
        # A wrong try is committed, therefore nothing is raised in here.
        address = _address_of(ticket)
        done = _do(ticket, then, now=now) if _match_code(mailbox, ticket=ticket, code=code, now=now) else None
    if done is None:
        raise CodeRefusedError
    if address:
        pace.mailbox_proved(address=address, now=now)
    return done


@transaction.atomic
def prove_by_link(
    *, ticket: SigningTicket, now: datetime, then: Callable[[SigningTicket, datetime], Done | None]
) -> Done:
    """What `then` makes of a ticket found by its link, after a button was pressed. Raises `LinkRefusedError`."""
    ticket, mailbox = lock_ticket(ticket)
    address = _address_of(ticket)
    done = _do(ticket, then, now=now) if mailbox.blocked_at is None else None
    if done is None:
        raise LinkRefusedError
    if address:
        pace.mailbox_proved(address=address, now=now)
    return done


def _do(ticket: SigningTicket, then: Callable[[SigningTicket, datetime], Done | None], *, now: datetime) -> Done | None:
    """What `then` makes of a ticket whose mailbox is proved: news that failed to reach it may be tried again."""
    if address := _address_of(ticket):
        note_reached(address=address)
    return then(ticket, now)


def block_mailbox(mailbox: SigningMailbox, *, now: datetime) -> None:
    """Forgets what was typed for a locked mailbox, and never writes to it about this thing again."""
    mailbox.tickets.all().delete()
    mailbox.blocked_at = now
    mailbox.code_digest = None
    mailbox.save(update_fields=["blocked_at", "code_digest"])


def _address_of(ticket: SigningTicket) -> str:
    """The address that was typed; "" once the ticket is used."""
    return str(json.loads(ticket.typed)["email"]) if ticket.typed is not None else ""


def _match_code(mailbox: SigningMailbox, *, ticket: SigningTicket, code: str, now: datetime) -> bool:
    """Whether `code` is the live one, or the one this ticket was used with; counts a wrong try."""
    given = code_digest(mailbox, code)
    expired = mailbox.code_expires_at is None or mailbox.code_expires_at <= now
    if mailbox.blocked_at or expired or mailbox.wrong_tries >= SigningMailbox.WRONG_TRIES:
        return False
    if is_same(ticket.used_code_digest, given):
        return True
    if ticket.used_at is None and is_same(mailbox.code_digest, given):
        # Good once: from now on only this ticket, which is used, knows it again.
        ticket.used_code_digest = given
        mailbox.code_digest = None
        mailbox.save(update_fields=["code_digest"])
        return True
    mailbox.wrong_tries += 1
    mailbox.save(update_fields=["wrong_tries"])
    return False


def _may_send(mailbox: SigningMailbox, *, now: datetime) -> bool:
    if mailbox.blocked_at is not None:
        return False
    has_live_code = mailbox.code_digest is not None and mailbox.wrong_tries < SigningMailbox.WRONG_TRIES
    if has_live_code and mailbox.sent_at and now - mailbox.sent_at < SigningMailbox.PAUSE:
        return False
    return mailbox.mails_on != now.date() or mailbox.mails_sent < SigningMailbox.MAILS_A_DAY


def _template_for(mailbox: SigningMailbox, ticket: SigningTicket) -> str:
    if ticket.purpose == SigningTicket.Purpose.FOLLOW:
        return "confirm_following"
    if find_signature(mailbox) is not None:
        return "already_signed"
    return "confirm_signature" if ticket.purpose == SigningTicket.Purpose.SIGN else "no_signature"


def forget_unconfirmed(*, now: datetime) -> int:
    """Deletes what was typed and not confirmed within seven days, and mailboxes nothing is known of any more."""
    too_old = now - SigningTicket.LIFE
    deleted, _by_model = SigningTicket.objects.filter(created_at__lt=too_old).delete()
    SigningMailbox.objects.filter(doubted_at__lt=now - SigningMailbox.LIFE_OF_DOUBT).update(doubted_at=None)
    idle = SigningMailbox.objects.filter(
        tickets=None, blocked_at=None, doubted_at=None, sent_at__lt=now - timedelta(days=1)
    )
    with transaction.atomic():
        locked = list(idle.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True))
        # Looked at again under the lock: somebody may have opened a ticket in the meantime.
        idle.filter(pk__in=locked).delete()
    return deleted
