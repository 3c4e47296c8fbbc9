"""What a moderator decides. Every decision is a row, is told to the signatory, and can be undone by another row."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from outbox.bell import ring_on_commit
from petitions.actions.cosigning import notify_signatory
from petitions.actions.own import COUNT
from petitions.actions.watching import require_second_channel
from petitions.errors import CannotUndoError, OwnSignatureError, StateChangedError
from petitions.models import ModerationDecision, Signature

Kind = ModerationDecision.Kind
Reason = ModerationDecision.Reason
State = Signature.State


@transaction.atomic
def accept_signature(
    *, signature: Signature, seen_state: str, by: User, now: datetime, note: str = ""
) -> ModerationDecision:
    """Counts a waiting signature. `seen_state` is the state the moderator looked at.

    Raises `StateChangedError` when it is another by now (a colleague decided, the signatory withdrew or answered),
    `OwnSignatureError`, and for a watched name `SecondChannelMissingError` or `OwnConfirmationError`.
    """
    signature = _lock(signature, seen_state=seen_state, allowed={State.PENDING, State.ASKED}, by=by)
    reason = Reason.IDENTITY_PROVED if signature.user_id else Reason.NOTHING_AGAINST
    decision = _decide(signature, kind=Kind.ACCEPT, after=State.ACCEPTED, reason=reason, note=note, by=by, now=now)
    notify_signatory(signature, template="signature_accepted", now=now)
    return decision


@transaction.atomic
def refuse_signature(
    *, signature: Signature, seen_state: str, reason: str, note: str, by: User, now: datetime
) -> ModerationDecision:
    """Refuses a signature, counted or waiting, for a `ModerationDecision.Reason`. Raises like `accept_signature`."""
    allowed = {State.PENDING, State.ASKED, State.ACCEPTED}
    signature = _lock(signature, seen_state=seen_state, allowed=allowed, by=by)
    decision = _decide(signature, kind=Kind.REFUSE, after=State.REFUSED, reason=reason, note=note, by=by, now=now)
    notify_signatory(signature, template="signature_refused", now=now, decision=decision)
    return decision


@transaction.atomic
def ask_signatory(*, signature: Signature, seen_state: str, note: str, by: User, now: datetime) -> ModerationDecision:
    """Asks the signatory the question in `note`; the signature waits for the answer. Raises like `accept_signature`."""
    signature = _lock(signature, seen_state=seen_state, allowed={State.PENDING}, by=by)
    decision = _decide(
        signature, kind=Kind.ASK, after=State.ASKED, reason=Reason.MORE_NEEDED, note=note, by=by, now=now
    )
    notify_signatory(signature, template="signature_question", now=now, decision=decision)
    return decision


@transaction.atomic
def undo_decision(*, decision: ModerationDecision, by: User, now: datetime) -> ModerationDecision:
    """Puts a signature back into the state it had before `decision`, and tells the signatory.

    Raises `CannotUndoError` when the decision is an undo, was undone, or something happened to the signature since.
    """
    signature = (
        Signature.objects.select_for_update(of=("self",))
        .select_related("statement", "text")
        .get(pk=decision.signature_id)
    )
    last = signature.decisions.order_by("-at", "-pk").first()
    if last is None or last.pk != decision.pk or last.kind == Kind.UNDO or signature.state != last.state_after:
        raise CannotUndoError
    if signature.user_id == by.pk:
        raise OwnSignatureError
    undo = _decide(
        signature, kind=Kind.UNDO, after=last.state_before, reason=Reason.MISTAKE, note="", by=by, now=now, undoes=last
    )
    notify_signatory(signature, template="decision_undone", now=now, decision=undo)
    return undo


def _lock(signature: Signature, *, seen_state: str, allowed: set[State], by: User) -> Signature:
    signature = (
        Signature.objects.select_for_update(of=("self",)).select_related("statement", "text").get(pk=signature.pk)
    )
    if signature.state != seen_state or signature.state not in allowed:
        raise StateChangedError
    if signature.user_id == by.pk:
        raise OwnSignatureError
    return signature


def _decide(
    signature: Signature,
    *,
    kind: str,
    after: str,
    reason: str,
    note: str,
    by: User,
    now: datetime,
    undoes: ModerationDecision | None = None,
) -> ModerationDecision:
    if after == State.ACCEPTED:
        require_second_channel(signature, by=by)
    decision = ModerationDecision.objects.create(
        signature=signature,
        kind=kind,
        reason=reason,
        note=note,
        state_before=signature.state,
        state_after=after,
        by=by,
        at=now,
        undoes=undoes,
    )
    signature.state = after
    signature.accepted_at = _accepted_at(signature, undoes=undoes, now=now) if after == State.ACCEPTED else None
    signature.save(update_fields=["state", "accepted_at"])
    ring_on_commit(COUNT)
    return decision


def _accepted_at(signature: Signature, *, undoes: ModerationDecision | None, now: datetime) -> datetime:
    """Now; but who is put back into the list gets the old place."""
    if undoes is None:
        return now
    accepted = signature.decisions.filter(kind=Kind.ACCEPT).order_by("-at", "-pk").first()
    return accepted.at if accepted else signature.confirmed_at or now
