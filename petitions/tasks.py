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


@shared_task(name="petitions.build_dossiers")
def build_dossiers() -> None:
    while (handover := actions.claim_dossier(now=timezone.now())) is not None:
        actions.build_dossier(handover=handover)


@shared_task(name="petitions.destroy_stale_dossiers")
def destroy_stale_dossiers() -> None:
    actions.destroy_stale_files(now=timezone.now())
