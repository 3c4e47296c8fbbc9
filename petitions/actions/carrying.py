"""Carrying words forward: who signed a statement signs the next one on the same case with the words of the first.

The invitation's link alone opens nothing: the mailbox is proved by a code, then the text is read, then a button signs.
"""

import json
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from petitions.actions.codes import find_signature, lock_mailbox, open_ticket
from petitions.actions.signing import Typed, confirm_proved, request_management, require_signable
from petitions.errors import NotInvitedError
from petitions.models import Signature, SigningTicket, UpdateDelivery, VersionText
from petitions.moderation.review import find_review_reason
from petitions.signatories.mailboxes import signatory_digest


def request_words(*, invitation: UpdateDelivery, language: str, now: datetime) -> str:
    """Mails a code to the mailbox that was invited; returns the ticket (43 characters) that names the tab.

    Raises `NotInvitedError` when the earlier signature is withdrawn or its address gone.
    """
    signature = _earlier(invitation)
    return request_management(statement=signature.statement, address=str(signature.email), language=language, now=now)


def _earlier(invitation: UpdateDelivery) -> Signature:
    signature = invitation.signature
    if signature is None or signature.state != Signature.State.ACCEPTED or not signature.email:
        raise NotInvitedError
    return signature


@transaction.atomic
def carry_forward(
    *, invitation: UpdateDelivery, text: VersionText, typed: Typed, language: str, rush: str, now: datetime
) -> Signature:
    """Signs the statement invited to, for who proved the mailbox within the hour and pressed the button under its text.

    `typed.email` is the proved address whatever was typed. Who signed already gets that signature back: one row in
    parallel and twice too. Raises `NotInvitedError`, also for a mailbox that said "not me", `StatementClosedError`,
    `TextChangedError`.
    """
    earlier, statement = _earlier(invitation), invitation.update.invites_to
    if statement is None:
        raise NotInvitedError
    address = str(earlier.email)
    digest = signatory_digest(statement=statement, address=address)
    mailbox = lock_mailbox(about=statement, digest=digest)
    if mailbox.blocked_at is not None:
        raise NotInvitedError
    signed = find_signature(mailbox)
    if signed is not None:
        return signed
    require_signable(statement, text)
    ticket, _secret = open_ticket(
        mailbox,
        purpose=SigningTicket.Purpose.SIGN,
        text=text,
        typed=json.dumps({**asdict(typed), "email": address}),
        review_reason=find_review_reason(name=typed.name, comment=typed.comment, rush=rush),
        language=language,
        now=now,
    )
    signature = confirm_proved(ticket, now)
    if signature is None:
        raise NotInvitedError
    return signature
