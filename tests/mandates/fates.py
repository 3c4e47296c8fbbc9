"""What becomes of a letter's copies, brought about step by step as the outbox does."""

import uuid
from datetime import datetime, timedelta

from django.utils import timezone

from mandates.models import Delivery, Letter
from outbox.actions import record_bounce
from outbox.models import Message


def bring(delivery: Delivery, state: str, *, at: datetime | None = None, reply: str = "") -> None:
    """Take the queued message of `delivery` to `state`, along the arrows that the database allows."""
    at = at or timezone.now()
    rows = Message.objects.filter(pk=delivery.message_id)
    if state == "cancelled":
        rows.update(state=state, last_reply=reply)
        return
    rows.update(state="sending", lease_token=uuid.uuid4(), lease_expires_at=at + timedelta(minutes=15), attempts=1)
    free = {"lease_token": None, "lease_expires_at": None, "last_reply": reply}
    if state in {"deferred", "failed"}:
        rows.update(state=state, **free)
        return
    rows.update(state="committing")
    if state == "uncertain":
        rows.update(state=state, **free)
        return
    rows.update(state="sent", sent_at=at, **free)
    if state == "bounced":
        record_bounce(message_id=delivery.message.message_id, report="Action: failed\nStatus: 5.1.1", now=at)


def bring_all(letter: Letter, state: str, *, days_ago: int = 0, reply: str = "") -> Letter:
    """Every copy of an approved letter, so many days ago; the letter."""
    for delivery in letter.deliveries.select_related("message"):
        bring(delivery, state, at=timezone.now() - timedelta(days=days_ago), reply=reply)
    return letter
