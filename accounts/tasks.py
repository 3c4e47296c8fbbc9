"""The bells of this package. Each looks at the rows and does what is due; ringing twice changes nothing."""

from celery import shared_task
from django.utils import timezone

from accounts import actions


@shared_task(name="accounts.remind_expiring")
def remind_expiring() -> None:
    actions.remind_expiring(now=timezone.now())
