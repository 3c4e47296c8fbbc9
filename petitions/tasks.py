"""The bells of this package. Each looks at the rows and does what is due; ringing twice changes nothing."""

import logging
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from petitions import actions, counting
from petitions.models import RecountReport

logger = logging.getLogger(__name__)


@shared_task(name="petitions.count_signatures")
def count_signatures() -> None:
    counting.count_signatures(pause=timedelta(seconds=settings.COUNT_PAUSE_SECONDS))


@shared_task(name="petitions.audit_counts")
def audit_counts() -> None:
    _log(actions.audit_counts(now=timezone.now()))


@shared_task(name="petitions.recount_signatures")
def recount_signatures() -> None:
    _log(actions.recount_signatures(now=timezone.now()))


def _log(report: RecountReport | None) -> None:
    for difference in report.differences.select_related("statement") if report else ():
        logger.error("A count was wrong and is repaired: %s", difference)


@shared_task(name="petitions.forget_unconfirmed")
def forget_unconfirmed() -> None:
    actions.forget_unconfirmed(now=timezone.now())
