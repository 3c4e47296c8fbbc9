"""The bells of this package. Each looks at the rows and does what is due; ringing twice changes nothing."""

import logging
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from petitions import actions
from petitions.counts import counting
from petitions.models import RecountReport
from petitions.moderation import name_words, traits
from petitions.transparency import checkpoints

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


@shared_task(name="petitions.open_due_statements")
def open_due_statements() -> None:
    actions.open_due_statements(now=timezone.now())


@shared_task(name="petitions.close_past_statements")
def close_past_statements() -> None:
    actions.close_past_statements(now=timezone.now())


@shared_task(name="petitions.ask_signatories")
def ask_signatories() -> None:
    actions.ask_signatories(now=timezone.now())


@shared_task(name="petitions.note_milestones")
def note_milestones() -> None:
    actions.note_milestones(now=timezone.now())


@shared_task(name="petitions.run_retention")
def run_retention() -> None:
    actions.run_retention(now=timezone.now())


@shared_task(name="petitions.lapse_openings")
def lapse_openings() -> None:
    actions.lapse_openings(now=timezone.now())


@shared_task(name="petitions.build_checkpoint")
def build_checkpoint() -> None:
    checkpoints.build_checkpoint(now=timezone.now())


@shared_task(name="petitions.send_updates")
def send_updates() -> None:
    actions.send_updates(now=timezone.now())


@shared_task(name="petitions.heed_failures")
def heed_failures() -> None:
    actions.heed_failures(now=timezone.now())


@shared_task(name="petitions.forget_readers")
def forget_readers() -> None:
    actions.forget_readers(now=timezone.now())


@shared_task(name="petitions.note_traits")
def note_traits() -> None:
    # A statement that grew while no worker ran is caught up with in a few rings, none of them long.
    for _round in range(10):
        if traits.note_traits() < traits.BATCH:
            break
    for _round in range(10):
        if name_words.note_name_words() < name_words.BATCH:
            break


@shared_task(name="petitions.forget_traits")
def forget_traits() -> None:
    traits.forget_traits()
    # What was signed before anything was noted, and what a rule on a newer statement has left behind.
    for _round in range(200):
        if traits.note_traits(from_the_first=True) < traits.BATCH:
            break
    name_words.forget_name_words()
    for _round in range(200):
        if name_words.note_name_words(from_the_first=True) < name_words.BATCH:
            break


@shared_task(name="petitions.carry_out_invalidations")
def carry_out_invalidations() -> None:
    actions.carry_out_invalidations(clock=timezone.now)


@shared_task(name="petitions.tell_of_queue")
def tell_of_queue() -> None:
    actions.tell_of_queue(now=timezone.now())


@shared_task(name="petitions.build_dossiers")
def build_dossiers() -> None:
    while (handover := actions.claim_dossier(now=timezone.now())) is not None:
        actions.build_dossier(handover=handover)


@shared_task(name="petitions.destroy_stale_dossiers")
def destroy_stale_dossiers() -> None:
    actions.destroy_stale_files(now=timezone.now())
