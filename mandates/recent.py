"""Letters that a mandate had lately: an update is welcome, the same again is not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from cases.models import Case
from mandates.models import Delivery, Letter, Mandate
from outbox.models import Message
from petitions.models import StatementVersion

QUIET_DAYS = 30
# A returned letter left, and its mandate does not have it: to write again is right.
NOT_THERE = [Message.State.CANCELLED, Message.State.FAILED, Message.State.BOUNCED]


@dataclass(frozen=True)
class RecentLetter:
    """A letter of the last 30 days, when it was approved, and the mandates it went or is on its way to."""

    letter: Letter
    approved_at: datetime
    mandates: list[Mandate]


def letters_lately(
    *, case: Case | None = None, version: StatementVersion | None = None, now: datetime
) -> list[RecentLetter]:
    """Letters on `case`, or handing over the statement of `version`, in the last 30 days, the latest first.

    What was held back, refused or returned does not count: it reached nobody.
    """
    statement = version.statement if version else None
    rows = _rows(now)
    rows = rows.filter(letter__case=case) if case else rows.filter(letter__statement_version__statement=statement)
    return _gathered(rows)


def latest_by_case(cases: Iterable[Case], *, now: datetime) -> dict[int, RecentLetter]:
    """The latest letter of the last 30 days on each of `cases` that had one, by the case's pk, in one query."""
    found: dict[int, RecentLetter] = {}
    for recent in _gathered(_rows(now).filter(letter__case__in=list(cases))):
        if recent.letter.case_id is not None:
            found.setdefault(recent.letter.case_id, recent)
    return found


def _rows(now: datetime) -> QuerySet[Delivery]:
    rows = Delivery.objects.filter(created_at__gte=now - timedelta(days=QUIET_DAYS))
    return rows.exclude(message__state__in=NOT_THERE).select_related("letter", "mandate").order_by("-created_at", "pk")


def _gathered(rows: Iterable[Delivery]) -> list[RecentLetter]:
    found: dict[int, RecentLetter] = {}
    for row in rows:
        recent = found.setdefault(row.letter_id, RecentLetter(row.letter, row.created_at, []))
        recent.mandates.append(row.mandate)
    return list(found.values())
