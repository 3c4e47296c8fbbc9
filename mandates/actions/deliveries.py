from datetime import datetime

from django.db import transaction

from accounts.models import User
from mandates.actions.history import record_step
from mandates.models import Delivery, LetterStep
from outbox.actions import resolve_uncertain
from outbox.bell import ring_on_commit
from outbox.models import Message

DRAIN_LETTERS = "mandates.drain_letters"


@transaction.atomic
def resolve_delivery(*, delivery: Delivery, outcome: str, note: str, by: User, now: datetime) -> Delivery:
    """A person decides a delivery whose fate is unknown: `sent` (by evidence), `queued` (again) or `cancelled`.

    `note` says on what evidence. Raises `outbox.actions.MessageNotUncertainError` when somebody was faster.
    """
    resolve_uncertain(message=delivery.message, outcome=outcome, by=by, now=now)
    chosen = Message.State(outcome).label
    record_step(delivery.letter, LetterStep.What.RESOLVED, by=by, at=now, note=f"{delivery.mandate}: {chosen}. {note}")
    if outcome == Message.State.QUEUED:
        ring_on_commit(DRAIN_LETTERS)
    delivery.message.refresh_from_db()
    return delivery
