"""What signatories do with their own signature."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from outbox.bell import ring_on_commit
from petitions.actions.following import end_news, follow_by_account, stop_following
from petitions.errors import NothingToAnswerError, StateChangedError
from petitions.models import (
    ModerationDecision,
    NameWords,
    SignatoryAnswer,
    Signature,
    SigningMailbox,
    Statement,
)
from petitions.moderation.watching import find_watched
from petitions.signatories.mailboxes import follower_digest
from petitions.signatories.names import PRINTED, print_name, require_bound

State, WATCHED = Signature.State, Signature.ReviewReason.WATCHED
COUNT = "petitions.count_signatures"
# Nothing more happens to such a signature; who signed a newer version acts on the signature there.
OVER = {Signature.State.WITHDRAWN, Signature.State.SUPERSEDED}


@transaction.atomic
def withdraw_signature(*, signature: Signature, now: datetime, account: User | None = None) -> Signature:
    """Takes the name off the list and the signature out of the count; doing it twice changes nothing.

    The news to the signatory end with it; those to a protected one, whose row holds no address, by that of `account`.
    Links and codes that were mailed before are forgotten: an old mail cannot bring the signature back.
    """
    # The mailbox first, like those who confirm: a link pressed at this moment waits, and cannot stop the withdrawal.
    mailboxes = SigningMailbox.objects.select_for_update().filter(
        statement=signature.statement_id, email_digest=signature.email_digest
    )
    mailbox = mailboxes.first()
    signature = _lock(signature)
    if signature.state in OVER:
        return signature
    signature.state = Signature.State.WITHDRAWN
    signature.withdrawn_at = now
    signature.accepted_at = signature.removed_at = None
    signature.save(update_fields=["state", "withdrawn_at", "accepted_at", "removed_at"])
    if mailbox is not None:
        mailbox.tickets.all().delete()
    if signature.is_protected and account is not None:
        _change_following(signature.statement, wording="", by=account, language="", now=now)
    ring_on_commit(COUNT)
    return signature


@transaction.atomic
def change_display(
    *, signature: Signature, display: str, now: datetime, may_be_annexed: bool | None = None
) -> Signature:
    """Shows the name in full, as initials, or not at all (a value of `Signature.Display`).

    `may_be_annexed`: whether an addressee may learn it in confidence all the same; None leaves that as it is.
    A name that came onto the watch list while it was not shown waits for a second channel before it is.
    Raises `StateChangedError` when the signature is over, `WrongNameError` when what is sealed is not what was signed.
    """
    signature = _lock(signature)
    if signature.state in OVER:
        raise StateChangedError
    require_bound(signature)
    is_shown_from_now_on = display == Signature.Display.FULL != signature.display
    signature.display = display
    print_name(signature)
    if is_shown_from_now_on:
        _hold_watched(signature)
    if may_be_annexed is not None:
        signature.may_be_annexed = may_be_annexed
    signature.save(update_fields=["display", "may_be_annexed", "state", "accepted_at", "review_reason", *PRINTED])
    # What is printed otherwise is noted otherwise, by the worker.
    NameWords.objects.filter(signature=signature).delete()
    ring_on_commit(COUNT)
    return signature


def _hold_watched(signature: Signature) -> None:
    stands = signature.state in {State.ACCEPTED, State.PENDING, State.ASKED} and signature.review_reason != WATCHED
    if not stands or not find_watched([signature.own_name, signature.original_name]):
        return
    signature.review_reason = WATCHED
    if signature.state == State.ACCEPTED:
        signature.state, signature.accepted_at = State.PENDING, None


@transaction.atomic
def answer_moderator(*, signature: Signature, text: str, now: datetime) -> SignatoryAnswer:
    """Answers the last question, refusal or removal; the signature waits for a moderator again.

    Raises `NothingToAnswerError` when none waits for an answer.
    """
    signature = _lock(signature)
    decision = decision_to_answer(signature)
    if decision is None:
        raise NothingToAnswerError
    answer = SignatoryAnswer.objects.create(decision=decision, text=text, at=now)
    signature.state = Signature.State.PENDING
    signature.removed_at = None
    signature.save(update_fields=["state", "removed_at"])
    return answer


def decision_to_answer(signature: Signature) -> ModerationDecision | None:
    """The question, the refusal or the removal that holds now and was not answered yet."""
    answerable = {Signature.State.ASKED, Signature.State.REFUSED, Signature.State.REMOVED}
    if signature.state not in answerable or signature.erased_at is not None:
        return None
    return (
        signature.decisions.filter(state_after=signature.state, answer=None)
        .exclude(kind=ModerationDecision.Kind.UNDO)
        .order_by("-at", "-pk")
        .first()
    )


def _lock(signature: Signature) -> Signature:
    return Signature.objects.select_for_update(of=("self",)).select_related("statement").get(pk=signature.pk)


@transaction.atomic
def change_news(*, signature: Signature, wording: str, by: User | None, language: str, now: datetime) -> None:
    """Begins the news to a signatory who agreed to `wording`, or stops it for "".

    `by`: whose account it is, None for who proved the mailbox by a code. Who withheld the name follows the statement
    with the address of that account instead: their row holds none. Raises `StateChangedError` when the signature is
    over, or no address is kept.
    """
    signature = _lock(signature)
    if signature.is_protected:
        if by is None or (wording and signature.state in OVER):
            raise StateChangedError
        _change_following(signature.statement, wording=wording, by=by, language=language, now=now)
    elif not wording:
        stop_updates(signature=signature, now=now)
    elif signature.state in OVER or signature.email is None:
        raise StateChangedError
    elif not (signature.wants_updates and signature.updates_wording):
        signature.wants_updates, signature.updates_wording, signature.updates_agreed_at = True, wording, now
        signature.save(update_fields=["wants_updates", "updates_wording", "updates_agreed_at"])


def _change_following(statement: Statement, *, wording: str, by: User, language: str, now: datetime) -> None:
    if wording:
        follow_by_account(about=statement, user=by, wording=wording, language=language, now=now)
    else:
        stop_following(about=statement, digest=follower_digest(about=statement, address=by.email), now=now)


@transaction.atomic
def stop_updates(*, signature: Signature, now: datetime) -> Signature:
    """No more news of the statement to this mailbox, also when it follows it besides; the signature stays.

    Whichever of its signatures the link was of: the mail may be older than the one on the newest version.
    """
    signature = Signature.objects.select_related("statement").get(pk=signature.pk)
    of_mailbox = Q(pk=signature.pk)
    if signature.email_digest is not None:
        of_mailbox |= Q(statement=signature.statement_id, email_digest=signature.email_digest)
    # The mailbox first, like those who confirm and erase: only then the signatures.
    if signature.email is not None:
        digest = follower_digest(about=signature.statement, address=signature.email)
        stop_following(about=signature.statement, digest=digest, now=now)
    end_news(Signature.objects.filter(of_mailbox))
    signature.refresh_from_db()
    return signature
