"""The bells of this package. Each looks at the rows and does what is due; ringing twice changes nothing."""

import logging

from celery import shared_task
from django.utils import timezone

from petitions import actions, counting

logger = logging.getLogger(__name__)


@shared_task(name="petitions.count_signatures")
def count_signatures() -> None:
    counting.count_signatures()


@shared_task(name="petitions.recount_signatures")
def recount_signatures() -> None:
    for difference in counting.recount_signatures():
        logger.error(
            "The count of %s was wrong and is repaired: shown %s, true %s",
            difference.statement,
            difference.shown,
            difference.true,
        )


@shared_task(name="petitions.forget_unconfirmed")
def forget_unconfirmed() -> None:
    actions.forget_unconfirmed(now=timezone.now())


@shared_task(name="petitions.send_updates")
def send_updates() -> None:
    actions.send_updates(now=timezone.now())


@shared_task(name="petitions.heed_failures")
def heed_failures() -> None:
    actions.heed_failures(now=timezone.now())


@shared_task(name="petitions.forget_readers")
def forget_readers() -> None:
    actions.forget_readers(now=timezone.now())
