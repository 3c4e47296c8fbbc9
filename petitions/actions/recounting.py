"""The recount: every night over every published statement, and at once where figures contradict each other."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from outbox.actions import queue_email
from petitions.counts.counting import find_unbalanced, recount_statement
from petitions.models import RecountDifference, RecountReport, Statement


def recount_signatures(*, now: datetime) -> RecountReport:
    """Counts every published statement from its signatures, repairs what was wrong, and reports it.

    Each statement in a transaction of its own, so that the minute's sweep never waits long.
    """
    return _recount(Statement.objects.published().order_by("pk"), cause=RecountReport.Cause.NIGHTLY, now=now)


def audit_counts(*, now: datetime) -> RecountReport | None:
    """Recounts the statements whose figures contradict each other; None, and nothing done, when there is none."""
    unbalanced = find_unbalanced()
    return _recount(unbalanced, cause=RecountReport.Cause.IMBALANCE, now=now) if unbalanced else None


def _recount(statements: Iterable[Statement], *, cause: str, now: datetime) -> RecountReport:
    report = RecountReport.objects.create(cause=cause, began_at=now)
    for statement in statements:
        _recount_one(report, statement, now=now)
    RecountReport.objects.filter(pk=report.pk).update(ended_at=timezone.now())
    report.refresh_from_db()
    return report


@transaction.atomic
def _recount_one(report: RecountReport, statement: Statement, *, now: datetime) -> None:
    """The repair, its row in the report and the alarm are one transaction: none is there without the others."""
    recounted = recount_statement(statement=statement)
    rows = RecountReport.objects.filter(pk=report.pk)
    rows.update(statements=F("statements") + 1, signatures=F("signatures") + recounted.signatures)
    if recounted.difference is None:
        return
    is_first = not report.differences.exists()
    difference = RecountDifference.objects.create(
        report=report, statement=statement, shown=recounted.difference.shown, true=recounted.difference.true
    )
    if is_first:
        _sound_alarm(difference, now=now)


def _sound_alarm(difference: RecountDifference, *, now: datetime) -> None:
    """One mail to each moderator for each report, however much was wrong."""
    for moderator in User.objects.filter(staff_roles__role="moderator", is_active=True).order_by("pk"):
        queue_email(
            template="petitions/emails/count_was_wrong",
            to=moderator.email,
            context={"statement": difference.statement},
            language=moderator.language,
            now=now,
        )
