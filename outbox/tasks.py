"""The bells of the outbox. Each looks at the rows and does what is due; ringing twice changes nothing."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from outbox import actions, delivery, leasing, retention
from outbox.models import Message


@shared_task(name="outbox.drain_post")
def drain_post() -> None:
    delivery.drain(lane=Message.Lane.POST, most=settings.OUTBOX_POST_DRAINS)


@shared_task(name="outbox.release_expired_leases")
def release_expired_leases() -> None:
    leasing.release_expired_leases()


@shared_task(name="outbox.resolve_by_evidence")
def resolve_by_evidence() -> None:
    actions.resolve_by_evidence(now=timezone.now())


@shared_task(name="outbox.sound_alarms")
def sound_alarms() -> None:
    actions.sound_alarms(now=timezone.now())


@shared_task(name="outbox.forget_old_messages")
def forget_old_messages() -> None:
    retention.forget_old_messages(now=timezone.now())
