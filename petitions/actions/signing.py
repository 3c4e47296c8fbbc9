"""The public signs: a form, a code from the mailbox, a counted signature. No account.

What the page answers never depends on whether an address signed before; only the mailbox learns that.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from petitions.actions.codes import (
    block_mailbox,
    find_link,
    find_signature,
    lock_mailbox,
    lock_ticket,
    open_ticket,
    prove_by_code,
    prove_by_link,
    send_code,
)
from petitions.actions.guards import hold_open
from petitions.errors import LinkRefusedError, StatementClosedError, TextChangedError
from petitions.models import (
    ModerationDecision,
    Signature,
    SigningMailbox,
    SigningTicket,
    Statement,
    StatementVersion,
    VersionText,
)
from petitions.models.signature import LONGEST_KEY
from petitions.moderation.review import find_review_reason, mailed_name
from petitions.moderation.watching import find_watched
from petitions.signatories.mailboxes import signatory_digest
from petitions.signatories.names import binding_of
from petitions.texts.reading import is_signable
from text.names import search_key


@dataclass(frozen=True)
class Typed:
    """What a member of the public filled in, cleaned; `updates_wording` are the words agreed to, or ""."""

    email: str
    name: str
    country: str = ""
    display: str = Signature.Display.FULL
    may_be_annexed: bool = False
    comment: str = ""
    wants_updates: bool = False
    updates_wording: str = ""


@transaction.atomic
def request_signature(
    *, statement: Statement, text: VersionText, typed: Typed, language: str, rush: str, now: datetime
) -> str:
    """Keeps what was typed and mails a code; returns the ticket (43 characters) that names the tab.

    Nothing is signed yet. The same happens for an address that signed before (its mail says so) and for one that must
    not be written to (no mail). Raises `StatementClosedError`, `TextChangedError`.
    """
    require_signable(statement, text)
    digest = signatory_digest(statement=statement, address=typed.email)
    mailbox = lock_mailbox(about=statement, digest=digest)
    reason = find_review_reason(name=typed.name, comment=typed.comment, rush=rush)
    ticket, secret = open_ticket(
        mailbox, text=text, typed=json.dumps(asdict(typed)), review_reason=reason, language=language, now=now
    )
    send_code(mailbox, ticket=ticket, address=typed.email, name=mailed_name(typed.name), now=now)
    return secret


@transaction.atomic
def request_management(*, statement: Statement, address: str, language: str, now: datetime) -> str:
    """Mails a code that opens the signature made from `address`; returns the ticket. Same answer when there is none."""
    mailbox = lock_mailbox(about=statement, digest=signatory_digest(statement=statement, address=address))
    ticket, secret = open_ticket(
        mailbox,
        purpose=SigningTicket.Purpose.MANAGE,
        typed=json.dumps({"email": address, "name": ""}),
        language=language,
        now=now,
    )
    send_code(mailbox, ticket=ticket, address=address, now=now)
    return secret


def confirm_code(*, ticket: SigningTicket, code: str, now: datetime) -> Signature:
    """Confirms by the typed code and returns the signature; counted once however often or in parallel it is done.

    Raises `CodeRefusedError` (wrong, too old, tried five times: not told apart), `StatementClosedError`.
    """
    return prove_by_code(ticket=ticket, code=code, now=now, then=confirm_proved)


def confirm_link(*, token: str, now: datetime) -> Signature:
    """Confirms by the secret of the mailed link, after a button was pressed. Raises `LinkRefusedError`."""
    return prove_by_link(ticket=find_link(token=token, now=now), now=now, then=confirm_proved)


@transaction.atomic
def disown_signing(*, token: str, now: datetime) -> None:
    """ "This was not me": forgets what was typed and never writes to that mailbox about this statement again.

    A signature that was confirmed stays; it is withdrawn by its owner. Raises `LinkRefusedError`.
    """
    _ticket, mailbox = lock_ticket(find_link(token=token, now=now))
    if find_signature(mailbox) is not None:
        raise LinkRefusedError
    block_mailbox(mailbox, now=now)


def what_is_signed(ticket: SigningTicket) -> Typed | None:
    """What confirming `ticket` would sign; None when it signs nothing, or nothing more."""
    if ticket.purpose != SigningTicket.Purpose.SIGN or ticket.typed is None:
        return None
    return Typed(**json.loads(ticket.typed))


def confirm_proved(ticket: SigningTicket, now: datetime) -> Signature | None:
    """What `ticket` leads to now that its mailbox is proved and locked: its signature, a new one, or None."""
    if ticket.used_at is not None:
        return ticket.signature
    signature = find_signature(ticket.mailbox)
    if signature is None and ticket.purpose == SigningTicket.Purpose.SIGN:
        signature = _create_signature(ticket, now=now)
    if signature is None:
        return None
    ticket.signature = signature
    ticket.used_at = now
    ticket.typed = None
    ticket.save(update_fields=["signature", "used_at", "typed", "used_code_digest"])
    return signature


def _create_signature(ticket: SigningTicket, *, now: datetime) -> Signature:
    typed, statement = what_is_signed(ticket), ticket.mailbox.statement
    if typed is None or ticket.text is None or statement is None:
        raise LinkRefusedError
    require_signable(statement, ticket.text)
    # A watched name goes first: only this reason keeps the signature back until a second channel has confirmed it.
    watched = Signature.ReviewReason.WATCHED if find_watched([typed.name]) else ""
    reason = watched or ticket.review_reason or _earlier_doubt(ticket.mailbox)
    state = Signature.State.PENDING if reason else Signature.State.ACCEPTED
    signature = Signature(
        statement=statement,
        text=ticket.text,
        version_number=ticket.text.version.number,
        text_language=ticket.text.language,
        text_sha256=ticket.text.sha256,
        **asdict(typed),
        email_digest=ticket.mailbox.email_digest,
        search_key=search_key(typed.name)[:LONGEST_KEY],
        language=ticket.language,
        state=state,
        proof=Signature.Proof.EMAIL_CODE,
        proved_on=now.date(),
        review_reason=reason,
        created_at=now,
        confirmed_at=now,
        accepted_at=now if state == Signature.State.ACCEPTED else None,
    )
    signature.name_binding = binding_of(signature)
    signature.save(force_insert=True)
    return signature


def _earlier_doubt(mailbox: SigningMailbox) -> str:
    """Withdrawing, or erasing, and signing again leads past no moderator who refused, removed, or had no answer."""
    if mailbox.doubted_at is not None:
        return Signature.ReviewReason.DOUBTED
    earlier = ModerationDecision.objects.filter(
        signature__statement=mailbox.statement_id, signature__email_digest=mailbox.email_digest
    )
    last = earlier.order_by("-at", "-pk").first()
    doubts = {Signature.State.REFUSED, Signature.State.ASKED, Signature.State.REMOVED}
    doubted = last is not None and last.state_after in doubts
    return Signature.ReviewReason.DOUBTED if doubted else ""


def require_signable(statement: Statement, text: VersionText) -> StatementVersion:
    """The newest version; raises `StatementClosedError`, or `TextChangedError` when `text` is not of it.

    What it finds holds until the transaction ends.
    """
    hold_open(statement)
    if not is_signable(statement):
        raise StatementClosedError
    version = statement.current_version()
    if version is None or text.version_id != version.pk:
        raise TextChangedError
    return version
