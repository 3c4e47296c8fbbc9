"""Several waiting signatures decided in one act, with one decision for each; taken back together too."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from petitions.actions.moderating import accept_signature, refuse_signature, undo_decision
from petitions.errors import CannotUndoError, HeldBackError, OwnSignatureError, StateChangedError
from petitions.models import Invalidation, ModerationDecision, Reservation, Signature
from petitions.moderation.clusters import Cluster

# One act is one transaction, and each signatory is written to; what is more is decided in further steps, or by a rule.
MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Together:
    """How many were decided, and how many were left: with a colleague, the own signature, or held back by a rule."""

    batch: uuid.UUID
    decided: int
    left: int


@transaction.atomic
def decide_together(
    *, cluster: Cluster, up_to: int, verdict: str, reason: str, note: str, by: User, now: datetime
) -> Together:
    """Accepts or refuses (`verdict`) the waiting signatures of `cluster` with numbers `up_to` the last one seen.

    200 at most. What came after the page was opened is not touched, nor what was answered or decided since.
    """
    others = Reservation.objects.valid_at(now).exclude(by=by)
    seen = cluster.members.filter(pk__lte=up_to)
    rows = list(seen.exclude(reservation__in=others).select_for_update(of=("self",))[:MOST_AT_ONCE])
    batch, decided = uuid.uuid4(), 0
    for row in rows:
        try:
            _decide_one(row, verdict=verdict, reason=reason, note=note, batch=batch, by=by, now=now)
        except (HeldBackError, OwnSignatureError, StateChangedError):
            continue
        decided += 1
    return Together(batch=batch, decided=decided, left=seen.count())


def _decide_one(
    row: Signature, *, verdict: str, reason: str, note: str, batch: uuid.UUID, by: User, now: datetime
) -> None:
    if verdict == ModerationDecision.Kind.ACCEPT:
        accept_signature(signature=row, seen_state=row.state, note=note, batch=batch, by=by, now=now)
    else:
        refuse_signature(signature=row, seen_state=row.state, reason=reason, note=note, batch=batch, by=by, now=now)


@transaction.atomic
def undo_together(*, batch: uuid.UUID, by: User, now: datetime) -> Together:
    """Takes back each decision of `batch` unless something happened to its signature since.

    Raises `CannotUndoError` for an unknown batch, and for a rule, which is taken back where it was written.
    """
    decisions = ModerationDecision.objects.filter(batch=batch).order_by("pk")
    if not decisions or Invalidation.objects.filter(batch=batch).exists():
        raise CannotUndoError
    restored = 0
    for decision in decisions:
        try:
            undo_decision(decision=decision, by=by, now=now)
        except (CannotUndoError, HeldBackError, OwnSignatureError):
            continue
        restored += 1
    return Together(batch=batch, decided=restored, left=len(decisions) - restored)
