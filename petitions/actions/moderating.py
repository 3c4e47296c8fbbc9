"""What a moderator decides. Every decision is a row, is told to the signatory, and can be undone by another row."""

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User, Verification
from outbox.bell import ring_on_commit
from petitions.actions.cosigning import notify_signatory
from petitions.actions.own import COUNT
from petitions.actions.second_look import choose_for_second_look
from petitions.actions.watching import require_second_channel
from petitions.errors import CannotUndoError, HeldBackError, OwnSignatureError, ProofTakenBackError, StateChangedError
from petitions.models import ModerationDecision, Reservation, Signature
from petitions.signatories.protection import is_signatory

Kind = ModerationDecision.Kind
Reason = ModerationDecision.Reason
State = Signature.State

# What a trigger raises by itself, unlike a named constraint (PostgreSQL, appendix A: class 23, no subclass).
_SAID_BY_TRIGGER = "23000"


def accept_signature(
    *, signature: Signature, seen_state: str, by: User, now: datetime, note: str = "", batch: uuid.UUID | None = None
) -> ModerationDecision:
    """Counts a waiting signature. `seen_state` is the state the moderator looked at.

    Raises `StateChangedError` when it is another by now (a colleague decided, the signatory withdrew or answered),
    `OwnSignatureError`, and `HeldBackError`: with the database's words when a rule there forbids it, and for a watched
    name as `SecondChannelMissingError` or `OwnConfirmationError`; `ProofTakenBackError` when staff took the proof back.
    """
    try:
        return _accept(signature, seen_state=seen_state, note=note, batch=batch, by=by, now=now)
    except IntegrityError as error:
        raise _held_back(error) from error


@transaction.atomic
def _accept(
    signature: Signature, *, seen_state: str, note: str, batch: uuid.UUID | None, by: User, now: datetime
) -> ModerationDecision:
    signature = _lock(signature, seen_state=seen_state, allowed={State.PENDING, State.ASKED}, by=by)
    reason = Reason.IDENTITY_PROVED if signature.user_id or signature.is_protected else Reason.NOTHING_AGAINST
    decision = _decide(
        signature, kind=Kind.ACCEPT, after=State.ACCEPTED, reason=reason, note=note, batch=batch, by=by, now=now
    )
    notify_signatory(signature, template="signature_accepted", now=now)
    return decision


@transaction.atomic
def refuse_signature(
    *,
    signature: Signature,
    seen_state: str,
    reason: str,
    note: str,
    by: User,
    now: datetime,
    batch: uuid.UUID | None = None,
) -> ModerationDecision:
    """Refuses a waiting signature for a `ModerationDecision.Reason`; one that counts is taken out of the count instead.

    Raises like `accept_signature`.
    """
    if seen_state == State.ACCEPTED:
        return remove_signature(signature=signature, seen_state=seen_state, reason=reason, note=note, by=by, now=now)
    signature = _lock(signature, seen_state=seen_state, allowed={State.PENDING, State.ASKED}, by=by)
    decision = _decide(
        signature, kind=Kind.REFUSE, after=State.REFUSED, reason=reason, note=note, batch=batch, by=by, now=now
    )
    notify_signatory(signature, template="signature_refused", now=now, decision=decision)
    return decision


@transaction.atomic
def remove_signature(
    *, signature: Signature, seen_state: str, reason: str, note: str, by: User, now: datetime
) -> ModerationDecision:
    """Takes a signature out of the count; it can be answered and undone. Raises like `accept_signature`."""
    signature = _lock(signature, seen_state=seen_state, allowed={State.ACCEPTED}, by=by)
    decision = _decide(signature, kind=Kind.REMOVE, after=State.REMOVED, reason=reason, note=note, by=by, now=now)
    notify_signatory(signature, template="signature_removed", now=now, decision=decision)
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


def undo_decision(*, decision: ModerationDecision, by: User, now: datetime) -> ModerationDecision:
    """Puts a signature back into the state and the place it had before `decision`, and tells the signatory.

    Raises `CannotUndoError` when the decision is an undo, was undone, or something happened to the signature since,
    `OwnSignatureError`, and `HeldBackError` when a rule of the database forbids counting it by now.
    """
    try:
        return _undo(decision, by=by, now=now)
    except IntegrityError as error:
        raise _held_back(error) from error


@transaction.atomic
def _undo(decision: ModerationDecision, *, by: User, now: datetime) -> ModerationDecision:
    signature = (
        Signature.objects.select_for_update(of=("self",))
        .select_related("statement", "text")
        .get(pk=decision.signature_id)
    )
    last = signature.decisions.order_by("-at", "-pk").first()
    if last is None or last.pk != decision.pk or last.kind == Kind.UNDO or signature.state != last.state_after:
        raise CannotUndoError
    if signature.erased_at is not None:
        raise CannotUndoError
    if is_signatory(signature, by):
        raise OwnSignatureError
    undo = _decide(
        signature, kind=Kind.UNDO, after=last.state_before, reason=Reason.MISTAKE, note="", by=by, now=now, undoes=last
    )
    notify_signatory(signature, template="decision_undone", now=now, decision=undo)
    return undo


def _held_back(error: IntegrityError) -> Exception:
    diagnosis = getattr(error.__cause__, "diag", None)
    if diagnosis is None or diagnosis.sqlstate != _SAID_BY_TRIGGER:
        return error
    return HeldBackError(diagnosis.message_primary or "")


def _lock(signature: Signature, *, seen_state: str, allowed: set[State], by: User) -> Signature:
    signature = (
        Signature.objects.select_for_update(of=("self",)).select_related("statement", "text").get(pk=signature.pk)
    )
    if signature.state != seen_state or signature.state not in allowed:
        raise StateChangedError
    if is_signatory(signature, by):
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
    batch: uuid.UUID | None = None,
    undoes: ModerationDecision | None = None,
) -> ModerationDecision:
    if after == State.ACCEPTED:
        require_second_channel(signature, by=by)
        _require_standing_proof(signature)
    decision = ModerationDecision.objects.create(
        signature=signature,
        kind=kind,
        reason=reason,
        note=note,
        state_before=signature.state,
        state_after=after,
        accepted_before=signature.accepted_at,
        batch=batch,
        by=by,
        at=now,
        undoes=undoes,
    )
    signature.state = after
    signature.accepted_at = _accepted_at(signature, undoes=undoes, now=now) if after == State.ACCEPTED else None
    signature.removed_at = now if after == State.REMOVED else None
    signature.save(update_fields=["state", "accepted_at", "removed_at"])
    Reservation.objects.filter(signature=signature).delete()
    if batch is None:
        choose_for_second_look(decision)
    ring_on_commit(COUNT)
    return decision


def _require_standing_proof(signature: Signature) -> None:
    """An expired proof was good on the day of signing; one that staff took back never was."""
    if signature.verification_id is None:
        return
    proof = Verification.objects.select_for_update().get(pk=signature.verification_id)
    if proof.ending == Verification.Ending.REVOKED:
        raise ProofTakenBackError


def _accepted_at(signature: Signature, *, undoes: ModerationDecision | None, now: datetime) -> datetime:
    """Now; but who is put back into the list gets the old place."""
    if undoes is None:
        return now
    if undoes.accepted_before is not None:
        return undoes.accepted_before
    # Decided before the place was kept with the decision.
    accepted = signature.decisions.filter(kind=Kind.ACCEPT).order_by("-at", "-pk").first()
    return accepted.at if accepted else signature.confirmed_at or now
