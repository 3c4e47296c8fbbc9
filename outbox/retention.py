"""What is forgotten, and when: codes and notices lose their words and their recipient after 30 days; letters stay."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from outbox.models import Message

KEPT_FOR = timedelta(days=30)
BATCH = 500


def forget_old_messages(*, now: datetime) -> int:
    """Empty the bytes and the address of finished `retry` messages older than 30 days, or whose recipient was erased.

    Returns how many.
    """
    forgotten = 0
    while batch := _forget_batch(now - KEPT_FOR):
        forgotten += batch
    return forgotten


def _forget_batch(before: datetime) -> int:
    """One short transaction, so that stopping between two batches leaves nothing half done."""
    with transaction.atomic():
        is_due = Q(created_at__lt=before) | Q(is_to_forget=True)
        old = Message.objects.finished().filter(is_due, policy=Message.Policy.RETRY, raw__isnull=False)
        keys = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
        return Message.objects.filter(pk__in=keys).update(
            raw=None, to_address=None, recipient_digest=None, is_to_forget=False
        )
