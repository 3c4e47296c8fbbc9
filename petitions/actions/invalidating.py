"""Bulk invalidation: proposed by one person, released by another, carried out in batches, taken back exactly.

A worker may be killed at any moment: each batch is one transaction with its place, and the next worker goes on there.
Nobody is written to, neither when it runs nor when it is taken back: a mail to each of 50,000 mailboxes that one source
made would be the flood this is against. Whoever signed reads it on the own page, and can answer there.
"""

from collections.abc import Callable, Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Case, OuterRef, QuerySet, Subquery, Value, When

from accounts.models import User
from outbox.bell import ring_on_commit
from petitions.actions.own import COUNT
from petitions.errors import SecondPersonError, StateChangedError
from petitions.models import Invalidation, ModerationDecision, Reservation, Signature, Sparing
from petitions.moderation.rules import reached_by
from petitions.moderation.traits import note_traits

Kind = ModerationDecision.Kind
Reason = ModerationDecision.Reason
State = Invalidation.State

BATCH = 500
CARRY_OUT = "petitions.carry_out_invalidations"


def propose_invalidation(*, rule: Invalidation, by: User, now: datetime) -> Invalidation:
    """Saves a rule, with how many it reaches now; nothing happens to them yet."""
    prepare_rule(rule)
    rule.proposed_by, rule.proposed_at, rule.previewed = by, now, reached_by(rule).count()
    rule.save()
    return rule


def prepare_rule(rule: Invalidation) -> None:
    """Notes what the worker has not noted yet of the statement's signatures, so that the count is whole."""
    while note_traits(statement_id=rule.statement_id):
        pass


@transaction.atomic
def spare_signatures(
    *, rule: Invalidation, signatures: Collection[Signature], reason: str, by: User, now: datetime
) -> int:
    """Has `rule` leave `signatures` alone, and says why; how many of them it would have reached until now.

    Only before the release: the second person reads who is spared. Raises `StateChangedError`.
    """
    rule = _lock(rule, State.PROPOSED)
    reached = list(reached_by(rule).filter(pk__in=[row.pk for row in signatures]))
    Sparing.objects.bulk_create(Sparing(rule=rule, signature=row, reason=reason, by=by, at=now) for row in reached)
    rule.previewed = reached_by(rule).count()
    rule.save(update_fields=["previewed"])
    return len(reached)


@transaction.atomic
def release_invalidation(*, rule: Invalidation, by: User, now: datetime) -> Invalidation:
    """Lets the worker begin. Raises `SecondPersonError` for who wrote the rule, `StateChangedError`."""
    rule = _lock(rule, State.PROPOSED)
    if rule.proposed_by_id == by.pk:
        raise SecondPersonError
    rule.state, rule.released_by, rule.released_at = State.RUNNING, by, now
    rule.save(update_fields=["state", "released_by", "released_at"])
    ring_on_commit(CARRY_OUT)
    return rule


@transaction.atomic
def stop_invalidation(*, rule: Invalidation, by: User, now: datetime) -> Invalidation:
    """Stops a rule before or while it runs, after the batch that is under way; what was done can be taken back."""
    rule = _lock(rule, State.PROPOSED, State.RUNNING)
    rule.state, rule.stopped_by, rule.stopped_at = State.STOPPED, by, now
    rule.save(update_fields=["state", "stopped_by", "stopped_at"])
    return rule


@transaction.atomic
def reverse_invalidation(*, rule: Invalidation, by: User, now: datetime) -> Invalidation:
    """Lets the worker put back what the rule changed; needs no second person. Raises `StateChangedError`."""
    rule = _lock(rule, State.DONE, State.STOPPED)
    if not rule.changed:
        raise StateChangedError
    rule.state, rule.reversed_by = State.REVERSING, by
    rule.save(update_fields=["state", "reversed_by"])
    ring_on_commit(CARRY_OUT)
    return rule


def carry_out_invalidations(*, clock: Callable[[], datetime], most_batches: int = 100) -> int:
    """Does up to `most_batches` batches of what was released; how many. Ringing twice, or at once, changes nothing."""
    done = 0
    while done < most_batches and _one_batch(now=clock()):
        done += 1
    return done


@transaction.atomic
def _one_batch(*, now: datetime) -> bool:
    moving = Invalidation.objects.filter(state__in=[State.RUNNING, State.REVERSING])
    # A rule that another worker has in hand is locked, and its person who stops it waits for one batch only.
    rule = moving.select_for_update(skip_locked=True).order_by("released_at", "pk").first()
    if rule is None:
        return False
    if rule.state == State.RUNNING:
        _invalidate_some(rule, now=now)
    else:
        _restore_some(rule, now=now)
    ring_on_commit(COUNT)
    return True


def _invalidate_some(rule: Invalidation, *, now: datetime) -> None:
    reached = reached_by(rule).filter(pk__gt=rule.cursor).order_by("pk")
    rows = list(reached.select_for_update(of=("self",)).only("pk", "state", "accepted_at")[:BATCH])
    ModerationDecision.objects.bulk_create([_ledger_row(row, rule=rule, now=now) for row in rows])
    numbers = [row.pk for row in rows]
    refused, removed = Value(Signature.State.REFUSED), Value(Signature.State.REMOVED)
    counted = When(state=Signature.State.ACCEPTED, then=removed)
    since = Case(When(state=Signature.State.ACCEPTED, then=Value(now)), default=None)
    Signature.objects.filter(pk__in=numbers).update(
        state=Case(counted, default=refused), removed_at=since, accepted_at=None
    )
    Reservation.objects.filter(signature__in=numbers).delete()
    rule.changed += len(rows)
    rule.cursor = numbers[-1] if numbers else rule.cursor
    if len(rows) < BATCH:
        rule.state, rule.done_at = State.DONE, now
    rule.save(update_fields=["changed", "cursor", "state", "done_at"])


def _ledger_row(row: Signature, *, rule: Invalidation, now: datetime) -> ModerationDecision:
    counted = row.state == Signature.State.ACCEPTED
    return ModerationDecision(
        signature=row,
        kind=Kind.REMOVE if counted else Kind.REFUSE,
        reason=Reason.BULK,
        state_before=row.state,
        state_after=Signature.State.REMOVED if counted else Signature.State.REFUSED,
        accepted_before=row.accepted_at,
        batch=rule.batch,
        by_id=_actor(rule.released_by_id),
        at=now,
    )


def _restore_some(rule: Invalidation, *, now: datetime) -> None:
    ledger = ModerationDecision.objects.filter(batch=rule.batch, pk__gt=rule.reversal_cursor).order_by("pk")
    decisions = list(ledger[:BATCH])
    still = Signature.objects.filter(pk__in=[decision.signature_id for decision in decisions]).order_by("pk")
    rows = {row.pk: row for row in still.select_for_update(of=("self",)).only("pk", "state")}
    moved = set(_moved_since(decisions))
    unmoved = [
        decision
        for decision in decisions
        if decision.pk not in moved and rows[decision.signature_id].state == decision.state_after
    ]
    restored = _put_back(unmoved, rule=rule, now=now)
    rule.restored += restored
    rule.left_alone += len(decisions) - restored
    rule.reversal_cursor = decisions[-1].pk if decisions else rule.reversal_cursor
    if len(decisions) < BATCH:
        rule.state, rule.reversed_at = State.REVERSED, now
    rule.save(update_fields=["restored", "left_alone", "reversal_cursor", "state", "reversed_at"])


def _moved_since(decisions: list[ModerationDecision]) -> QuerySet[ModerationDecision, int]:
    """Those after which something else was decided on the same signature, whatever its state is again."""
    later = ModerationDecision.objects.filter(signature=OuterRef("signature"), pk__gt=OuterRef("pk")).values("pk")[:1]
    ours = ModerationDecision.objects.filter(pk__in=[decision.pk for decision in decisions])
    return ours.annotate(later=Subquery(later)).filter(later__isnull=False).values_list("pk", flat=True)


def _put_back(decisions: list[ModerationDecision], *, rule: Invalidation, now: datetime) -> int:
    """Restores all at once; where the database holds one back (a rule made since), one by one without it."""
    try:
        with transaction.atomic():
            return _put_back_at_once(decisions, rule=rule, now=now)
    except IntegrityError:
        if len(decisions) == 1:
            return 0
    return sum(_put_back([decision], rule=rule, now=now) for decision in decisions)


def _put_back_at_once(decisions: list[ModerationDecision], *, rule: Invalidation, now: datetime) -> int:
    undone = [
        ModerationDecision(
            signature_id=decision.signature_id,
            kind=Kind.UNDO,
            reason=Reason.MISTAKE,
            state_before=decision.state_after,
            state_after=decision.state_before,
            by_id=_actor(rule.reversed_by_id),
            at=now,
            undoes=decision,
        )
        for decision in decisions
    ]
    ModerationDecision.objects.bulk_create(undone)
    ours = ModerationDecision.objects.filter(pk__in=[decision.pk for decision in decisions])
    mine = ours.filter(signature=OuterRef("pk"))
    return Signature.objects.filter(pk__in=[decision.signature_id for decision in decisions]).update(
        state=Subquery(mine.values("state_before")),
        accepted_at=Subquery(mine.values("accepted_before")),
        removed_at=None,
    )


def _lock(rule: Invalidation, *allowed: str) -> Invalidation:
    rule = Invalidation.objects.select_for_update().get(pk=rule.pk)
    if rule.state not in allowed:
        raise StateChangedError
    return rule


def _actor(number: int | None) -> int:
    if number is None:
        raise StateChangedError
    return number
