"""The 60-day clock."""

from datetime import date

import pytest

from mandates.clock import read_clock

SENT = date(2026, 1, 10)


@pytest.mark.parametrize(
    ("today", "state", "days"),
    [
        (date(2026, 1, 10), "running", 60),
        (date(2026, 3, 10), "running", 1),
        (date(2026, 3, 11), "running", 0),
        (date(2026, 3, 12), "overdue", 1),
    ],
)
def test_clock_runs_sixty_days_from_our_letter(today: date, state: str, days: int) -> None:
    clock = read_clock(sent_on=SENT, today=today)
    assert (clock.state, clock.days, clock.due_on) == (state, days, date(2026, 3, 11))
    assert not clock.counts_from_communication


def test_clock_counts_from_the_communication_when_known() -> None:
    clock = read_clock(sent_on=SENT, communication_on=date(2026, 2, 1), today=date(2026, 3, 20))
    assert (clock.state, clock.days, clock.started_on) == ("running", 13, date(2026, 2, 1))
    assert clock.counts_from_communication


def test_clock_stops_at_the_answer() -> None:
    clock = read_clock(sent_on=SENT, answered_on=date(2026, 2, 9), today=date(2027, 1, 1))
    assert (clock.state, clock.days) == ("answered", 30)
