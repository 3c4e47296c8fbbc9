"""Letters that a mandate had lately: an update is welcome, the same again is not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cases.models import Case
from mandates.models import Delivery, Letter, Mandate
from outbox.models import Message
from petitions.models import StatementVersion

QUIET_DAYS = 30
NEVER_LEFT = [Message.State.CANCELLED, Message.State.FAILED]


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

    What was cancelled or failed before it left does not count.
    """
    rows = Delivery.objects.filter(created_at__gte=now - timedelta(days=QUIET_DAYS))
    if case is not None:
        rows = rows.filter(letter__case=case)
    else:
        rows = rows.filter(letter__statement_version__statement=version.statement if version else None)
    rows = rows.exclude(message__state__in=NEVER_LEFT).select_related("letter", "mandate")
    found: dict[int, RecentLetter] = {}
    for row in rows.order_by("-created_at", "pk"):
        recent = found.setdefault(row.letter_id, RecentLetter(row.letter, row.created_at, []))
        recent.mandates.append(row.mandate)
    return list(found.values())
