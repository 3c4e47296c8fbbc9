"""The bell of the letters. Looks at the rows and sends what is due; ringing twice sends nothing twice."""

from celery import shared_task

from mandates.sending import may_leave
from outbox import delivery
from outbox.models import Message


@shared_task(name="mandates.drain_letters")
def drain_letters() -> None:
    delivery.drain(lane=Message.Lane.LETTERS, may_leave=may_leave)
