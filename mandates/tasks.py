"""The bells of the letters and their answers. Each looks at the rows and does what is due; twice changes nothing."""

import logging

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from mandates import actions
from mandates.incoming.mailbox import MailboxError
from mandates.sending import may_leave
from outbox import delivery
from outbox.models import Message

logger = logging.getLogger(__name__)


@shared_task(name="mandates.drain_letters")
def drain_letters() -> None:
    delivery.drain(lane=Message.Lane.LETTERS, may_leave=may_leave)


@shared_task(name="mandates.poll_replies")
def poll_replies() -> None:
    if not settings.REPLY_MAILBOX:
        return
    try:
        actions.poll_replies(url=settings.REPLY_MAILBOX, done_folder=settings.REPLY_MAILBOX_DONE, now=timezone.now())
    except MailboxError as error:
        logger.warning("The mailbox of the answers cannot be read now: %s", type(error).__name__)


@shared_task(name="mandates.file_arrived")
def file_arrived() -> None:
    actions.file_arrived(now=timezone.now())


@shared_task(name="mandates.tell_overdue")
def tell_overdue() -> None:
    actions.tell_overdue(now=timezone.now())


@shared_task(name="mandates.tell_news")
def tell_news() -> None:
    actions.tell_news(now=timezone.now())


@shared_task(name="mandates.destroy_settled_mail")
def destroy_settled_mail() -> None:
    actions.destroy_settled_mail(now=timezone.now())
