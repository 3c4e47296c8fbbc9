"""Moderators are told when too much waits: one mail a day to each, through the outbox."""

from datetime import datetime

from django.db import transaction

from accounts.models import StaffRole, User
from outbox.actions import queue_email
from petitions.models import QueueAlarm
from petitions.moderation.waiting import read_waiting


@transaction.atomic
def tell_of_queue(*, now: datetime) -> int:
    """Writes to every moderator when the queue is over its limit, once a day; how many were written to."""
    waiting = read_waiting(now=now)
    if not waiting.is_too_much or waiting.oldest_at is None:
        return 0
    figures = {"waiting": waiting.number, "oldest_at": waiting.oldest_at, "told_at": now}
    _alarm, is_new = QueueAlarm.objects.get_or_create(on=now.date(), defaults=figures)
    if not is_new:
        return 0
    people = User.objects.filter(is_active=True, staff_roles__role=StaffRole.Role.MODERATOR).distinct()
    for person in people:
        queue_email(
            template="petitions/emails/queue_waits",
            to=person.email,
            context={"waiting": waiting},
            language=person.language,
            priority=6,
            now=now,
        )
    return len(people)
