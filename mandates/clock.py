"""The 60-day clock of an answer.

A State is asked to answer a communication of the Special Procedures within 60 days, and letter and answer stay
confidential for about as long (OHCHR, communications database and reporting). We count from the mandate's letter to the
Government where its date is known, else from our own: then the clock says only how long we have been waiting.
"""

from dataclasses import dataclass
from datetime import date, timedelta

REPLY_DAYS = 60


@dataclass(frozen=True)
class Clock:
    """`days` are the days left while `state` is "running", the days since the due day when "overdue", and the days
    the answer took when "answered"."""

    state: str
    started_on: date
    due_on: date
    days: int
    counts_from_communication: bool
    answered_on: date | None = None

    @property
    def elapsed(self) -> int:
        """Days gone by of the 60, for a progress bar."""
        return min(REPLY_DAYS, REPLY_DAYS - self.days) if self.state == "running" else REPLY_DAYS


def read_clock(
    *, sent_on: date, communication_on: date | None = None, answered_on: date | None = None, today: date
) -> Clock:
    """Where a letter sent on `sent_on` stands on the day `today`.

    `communication_on`: day of the mandate's letter to the Government, if known; `answered_on`: day the State's answer
    came, if it did. The 60th day itself still counts as running.
    """
    started_on = communication_on or sent_on
    due_on = started_on + timedelta(days=REPLY_DAYS)
    left = (due_on - today).days
    if answered_on is not None:
        state, days = "answered", max((answered_on - started_on).days, 0)
    elif left >= 0:
        state, days = "running", left
    else:
        state, days = "overdue", -left
    return Clock(state, started_on, due_on, days, communication_on is not None, answered_on)
