"""Following a case or a statement without an account: an address, a code from its mailbox, news until it is stopped.

What the page answers never depends on whether an address follows already; only the mailbox learns anything.
"""

import json
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from cases.models import Case
from petitions.actions.codes import (
    block_mailbox,
    find_link,
    find_ticket,
    lock_mailbox,
    lock_ticket,
    open_ticket,
    prove_by_code,
    prove_by_link,
    send_code,
)
from petitions.errors import LinkRefusedError, NotPublishedError
from petitions.models import Follower, Signature, SigningMailbox, SigningTicket, Statement
from petitions.models.about import as_fields
from petitions.signatories.mailboxes import follower_digest, signatory_digest
from petitions.texts.reading import is_published

FOLLOWING = (SigningTicket.Purpose.FOLLOW,)
SHOWS_NO_NAME = Q(display=Signature.Display.HIDDEN) | Q(is_protected=True)
# Of a signature reduced to what is public, which wants no news or none any more: nothing asks for these.
KEPT_FOR_NEWS = Q(anonymised_at__isnull=False, erased_at__isnull=True, wants_updates=False) & (
    Q(email__isnull=False) | (SHOWS_NO_NAME & (Q(email_digest__isnull=False) | Q(user__isnull=False)))
)


@transaction.atomic
def request_following(*, about: Statement | Case, address: str, wording: str, language: str, now: datetime) -> str:
    """Keeps what was agreed to and mails a code; returns the ticket (43 characters) that names the tab.

    The same happens for an address that follows already and for one that must not be written to (no mail). Raises
    `NotPublishedError`.
    """
    if not is_published(about):
        raise NotPublishedError
    mailbox = lock_mailbox(about=about, digest=follower_digest(about=about, address=address))
    typed = json.dumps({"email": address, "name": "", "wording": wording})
    ticket, secret = open_ticket(mailbox, purpose=SigningTicket.Purpose.FOLLOW, typed=typed, language=language, now=now)
    send_code(mailbox, ticket=ticket, address=address, now=now)
    return secret


def find_following(*, secret: str) -> SigningTicket | None:
    """The ticket of a tab in which somebody asked to follow; None when it is unknown or the case is off the site."""
    ticket = find_ticket(secret=secret, purposes=FOLLOWING)
    return ticket if ticket is not None and is_published(ticket.mailbox.about) else None


def find_following_link(*, token: str, now: datetime) -> SigningTicket:
    """The ticket behind a mailed link that is still good. Raises `LinkRefusedError`, also for a case off the site."""
    ticket = find_link(token=token, now=now, purposes=FOLLOWING)
    if not is_published(ticket.mailbox.about):
        raise LinkRefusedError
    return ticket


def follow_by_code(*, ticket: SigningTicket, code: str, now: datetime) -> Follower:
    """Follows, by the typed code; one row however often or in parallel it is done. Raises `CodeRefusedError`."""
    return prove_by_code(ticket=ticket, code=code, now=now, then=_follow)


def follow_by_link(*, token: str, now: datetime) -> Follower:
    """Follows, by the secret of the mailed link, after a button was pressed. Raises `LinkRefusedError`."""
    return prove_by_link(ticket=find_following_link(token=token, now=now), now=now, then=_follow)


@transaction.atomic
def follow_by_account(*, about: Statement | Case, user: User, wording: str, language: str, now: datetime) -> Follower:
    """Follows with the address of an account, which is proved; the row leads to no account and looks like any other.

    Who once said "not me" about this mailbox and now asks for news signed in is heard. One row however often.
    """
    digest = follower_digest(about=about, address=user.email)
    mailbox = lock_mailbox(about=about, digest=digest)
    if mailbox.blocked_at is not None:
        mailbox.blocked_at = None
        mailbox.save(update_fields=["blocked_at"])
    follower = _find(mailbox)
    if follower is not None:
        return follower
    return Follower.objects.create(
        **as_fields(about),
        email=user.email,
        email_digest=digest,
        language=language,
        wording=wording,
        agreed_at=now,
        confirmed_at=now,
    )


@transaction.atomic
def disown_following(*, token: str, now: datetime) -> None:
    """ "This was not me": forgets what was typed, ends what follows, never writes to that mailbox about this again.

    Raises `LinkRefusedError`.
    """
    _ticket, mailbox = lock_ticket(find_link(token=token, now=now, purposes=FOLLOWING))
    _erase(mailbox.about, bytes(mailbox.email_digest), now=now)
    block_mailbox(mailbox, now=now)


@transaction.atomic
def stop_following(*, about: Statement | Case, digest: bytes, now: datetime) -> None:
    """Erases the address of who follows `about` from the mailbox of `digest`; doing it twice changes nothing.

    News to the same mailbox as a signatory of the same statement stops too; the signature stays. Links and codes that
    were mailed before are forgotten: an old mail cannot begin the news again.
    """
    # The mailbox first, like those who confirm: a link pressed at this moment waits, and cannot undo the stop.
    mailboxes = SigningMailbox.objects.select_for_update().filter(**as_fields(about), email_digest=digest)
    mailbox = mailboxes.first()
    _erase(about, digest, now=now)
    if mailbox is not None:
        mailbox.tickets.all().delete()


def _erase(about: Statement | Case, digest: bytes, *, now: datetime) -> None:
    followers = Follower.objects.live().filter(**as_fields(about), email_digest=digest)
    follower = followers.first()
    if follower is not None and isinstance(about, Statement):
        signed = signatory_digest(statement=about, address=str(follower.email))
        end_news(Signature.objects.filter(statement=about, email_digest=signed))
    followers.update(email=None, email_digest=None, stopped_at=now)


def end_news(rows: QuerySet[Signature]) -> None:
    """No more news to these signatures, in the caller's transaction, which locked their mailboxes before.

    Of those that retention reduced to what is public the address goes too, which was left for the news alone; and of
    those that show no name also what leads to their bearer.
    """
    locked = rows.filter(wants_updates=True).select_for_update(of=("self",)).order_by("pk")
    keys = list(locked.values_list("pk", flat=True))
    Signature.objects.filter(pk__in=keys).update(wants_updates=False)
    forget_addresses(keys)


def forget_addresses(keys: Collection[int]) -> int:
    """Takes out of reduced signatures that want no news what retention kept for the news alone; how many changed."""
    rows = Signature.objects.filter(KEPT_FOR_NEWS, pk__in=keys)
    return rows.filter(SHOWS_NO_NAME).update(email=None, email_digest=None, user=None) + rows.update(email=None)


def _find(mailbox: SigningMailbox) -> Follower | None:
    return Follower.objects.live().filter(**as_fields(mailbox.about), email_digest=mailbox.email_digest).first()


def _follow(ticket: SigningTicket, now: datetime) -> Follower | None:
    mailbox, follower = ticket.mailbox, _find(ticket.mailbox)
    if ticket.used_at is not None or ticket.typed is None or not is_published(mailbox.about):
        return follower
    if follower is None:
        typed = json.loads(ticket.typed)
        follower = Follower.objects.create(
            **as_fields(mailbox.about),
            email=typed["email"],
            email_digest=mailbox.email_digest,
            language=ticket.language,
            wording=typed["wording"],
            agreed_at=ticket.created_at,
            confirmed_at=now,
        )
    ticket.used_at = now
    ticket.typed = None
    ticket.save(update_fields=["used_at", "typed", "used_code_digest"])
    return follower
