"""Taking a name off everywhere: the signatory's danger button, and what retention does to old rows.

What stays is a tombstone: that somebody signed this version, in which state it ended. It is no longer counted: with the
digest goes the only thing that stops one mailbox from being counted twice.
"""

from collections.abc import Collection
from datetime import datetime

from django.contrib.postgres.functions import RandomUUID
from django.db import transaction
from django.db.models import BinaryField, Func, QuerySet

from accounts.models import User
from outbox.actions import forget_messages_to
from outbox.bell import ring_on_commit
from petitions.actions.following import stop_following
from petitions.actions.own import COUNT
from petitions.models import (
    Follower,
    HandoverLine,
    ModerationDecision,
    NameWords,
    SealedName,
    SecondChannel,
    SecondLook,
    SignatoryAnswer,
    Signature,
    SignatureTrait,
    SigningMailbox,
    SigningTicket,
    Sparing,
    Statement,
    UpdateDelivery,
    UpdateReader,
)
from petitions.models.identity import ERASED, ERASED_REFERENCES
from petitions.news.readers import reader_digest
from petitions.signatories.copies import Copy, copies_of, rows_of
from petitions.signatories.mailboxes import follower_digest
from petitions.transparency.leaves import forget_nonces

State = Signature.State
DOUBTED = {State.REFUSED, State.ASKED, State.REMOVED}


@transaction.atomic
def erase_signature(*, signature: Signature, now: datetime, account: User | None = None) -> list[Copy]:
    """Takes everything that leads to a signatory out of the database, at once; returns where copies have gone before.

    Every signature of the same mailbox or account below the statement is erased, those withdrawn earlier too; its
    tickets, its following of the statement and our e-mails to it go with it. Doing it twice changes nothing. The
    mailbox may sign anew; after a refusal, a question or a removal a person looks at that first. `account`: whose it
    is, if signed in; the row of a protected signatory holds no address by which to find what follows.
    """
    statement = signature.statement
    digest = bytes(signature.email_digest) if signature.email_digest else None
    # Mailboxes before signatures, like those who confirm: a link pressed at this moment waits, and brings nothing back.
    mailbox = _mailboxes(statement, digest).first() if digest else None
    # Whose they are is asked before the news ends, which takes the digest out of rows that retention reduced.
    own = [row.pk for row in rows_of(signature)]
    address = account.email if account is not None and signature.is_protected else signature.email
    if address:
        _forget_following(statement, address=address, now=now)
    same = rows_of(signature) | Signature.objects.filter(pk__in=own, erased_at=None)
    rows = list(same.select_for_update(of=("self",)).order_by("pk"))
    current = next((row for row in rows if row.pk == signature.pk), None)
    if current is None:
        return []
    copies = copies_of(current)
    if mailbox is not None:
        _forget_mailbox(mailbox, is_doubted=any(row.state in DOUBTED for row in rows), now=now)
    empty_rows([row.pk for row in rows], now=now)
    if digest:
        # Only now: who was writing to the mailbox held the deliveries just emptied, and has committed the mail.
        forget_messages_to(digest=digest)
    if signature.email is not None:
        UpdateReader.objects.filter(digest=reader_digest(signature.email)).delete()
    ring_on_commit(COUNT)
    return copies


def empty_rows(keys: Collection[int], *, now: datetime) -> int:
    """Makes tombstones of signatures whose rows are locked, and empties what hangs on them; how many rows changed."""
    rows = Signature.objects.filter(pk__in=keys, erased_at=None)
    SealedName.objects.filter(signature__in=keys, destroyed_at=None).update(
        ciphertext=None, first_share=None, second_share=None, destroyed_at=now
    )
    # The lines of the public log stay; nobody can show any more whose they are.
    forget_nonces(keys)
    left = dict.fromkeys(ERASED_REFERENCES)
    live = rows.filter(state__in=[State.PENDING, State.ASKED, State.ACCEPTED])
    ended = {"state": State.WITHDRAWN, "withdrawn_at": now, "accepted_at": None}
    number = live.update(**ERASED, **left, **ended, erased_at=now)
    number += rows.update(**ERASED, **left, erased_at=now)
    SignatureTrait.objects.filter(signature__in=keys).delete()
    HandoverLine.objects.filter(signature__in=keys).delete()
    _forget_deliveries(UpdateDelivery.objects.filter(signature__in=keys))
    empty_words(keys)
    SigningTicket.objects.filter(signature__in=keys).delete()
    return number


def empty_words(keys: Collection[int]) -> None:
    """Takes away what moderators and signatories wrote about signatures that are erased, or reduced to what is public.

    That something was asked, answered and decided stays.
    """
    ModerationDecision.objects.filter(signature__in=keys).exclude(note="").update(note="")
    SignatoryAnswer.objects.filter(decision__signature__in=keys).exclude(text="").update(text="")
    SecondChannel.objects.filter(signature__in=keys).exclude(what="").update(what="")
    SecondLook.objects.filter(decision__signature__in=keys).exclude(settlement="").update(settlement="")
    Sparing.objects.filter(signature__in=keys).exclude(reason="").update(reason="")
    # What is left of a public name is noted again.
    NameWords.objects.filter(signature__in=keys).delete()


def _forget_deliveries(rows: QuerySet[UpdateDelivery]) -> None:
    """What is left of an update's delivery says that somebody got it; a digest of nothing takes the mailbox's place.

    Waits for who is writing to them at this moment.
    """
    rows.filter(state=UpdateDelivery.State.WAITING).update(state=UpdateDelivery.State.PASSED_OVER)
    nothing = Func(
        RandomUUID(),
        function="sha256",
        template="%(function)s(%(expressions)s::text::bytea)",
        output_field=BinaryField(),
    )
    rows.update(signature=None, follower=None, digest=nothing)


def _mailboxes(statement: Statement, digest: bytes) -> QuerySet[SigningMailbox]:
    return SigningMailbox.objects.select_for_update(of=("self",)).filter(statement=statement, email_digest=digest)


def _forget_mailbox(mailbox: SigningMailbox, *, is_doubted: bool, now: datetime) -> None:
    if not is_doubted and mailbox.blocked_at is None:
        mailbox.delete()
        return
    mailbox.tickets.all().delete()
    mailbox.code_digest = None
    mailbox.doubted_at = now if is_doubted else mailbox.doubted_at
    mailbox.save(update_fields=["code_digest", "doubted_at"])


def _forget_following(statement: Statement, *, address: str, now: datetime) -> None:
    digest = follower_digest(about=statement, address=address)
    followers = list(Follower.objects.filter(statement=statement, email_digest=digest))
    stop_following(about=statement, digest=digest, now=now)
    _mailboxes(statement, digest).filter(blocked_at=None).delete()
    _forget_deliveries(UpdateDelivery.objects.filter(follower__in=followers))
    forget_messages_to(digest=digest)
