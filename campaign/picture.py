"""The statuses of several cases over time, as geometry for a small drawing: one line for each person.

Positions are per cent of the width, so that the drawing needs no scaling and its marks stay round on every screen.
For a right-to-left reader time runs from right to left.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from campaign.people import ShownPerson
from cases.models import Case, StatusEvent
from text.bidi import direction_of
from text.calendars import format_partial

# Room at both ends, so that no mark is cut.
_MARGIN = 2.0


@dataclass(frozen=True)
class Mark:
    """A status taken at a day."""

    x: str
    tone: str


@dataclass(frozen=True)
class Stretch:
    """The time for which a status held; `open` when nothing newer is known."""

    x1: str
    x2: str
    tone: str
    is_open: bool


@dataclass(frozen=True)
class StatusLine:
    person: ShownPerson
    marks: list[Mark]
    stretches: list[Stretch]
    summary: str


@dataclass(frozen=True)
class StatusPicture:
    """`starts` and `ends` are the edges of the time shown, in words; no lines when no day is known."""

    lines: list[StatusLine]
    starts: str
    ends: str


@dataclass(frozen=True)
class _Scale:
    first: date
    last: date
    is_mirrored: bool

    def at(self, day: date) -> str:
        share = (day - self.first) / (self.last - self.first)
        x = _MARGIN + share * (100 - 2 * _MARGIN)
        return f"{100 - x if self.is_mirrored else x:.1f}%"


def draw_statuses(people: Iterable[ShownPerson], language: str) -> StatusPicture:
    """The lines of `people` for a reader of `language`; those of whom no day is known are left out."""
    histories = [(person, _history(person.case)) for person in people]
    days = [entry.on for _person, history in histories for entry in history if entry.on]
    if not days:
        return StatusPicture([], "", "")
    first, last = min(days), max(days)
    scale = _Scale(first, last if last > first else first + timedelta(days=1), direction_of(language) == "rtl")
    lines = [_line(person, history, scale, language) for person, history in histories if history]
    return StatusPicture(lines, format_partial(first, "day", language), format_partial(last, "day", language))


def _history(case: Case) -> list[StatusEvent]:
    """The shown statuses whose day is known, the oldest first."""
    shown: list[StatusEvent] = getattr(case, "shown_statuses", [])
    return [entry for entry in reversed(shown) if entry.on is not None]


def _line(person: ShownPerson, history: list[StatusEvent], scale: _Scale, language: str) -> StatusLine:
    days = [entry.on for entry in history if entry.on]
    ends = [*days[1:], scale.last]
    stretches = [
        Stretch(scale.at(start), scale.at(end), entry.tone, is_open=position == len(history) - 1)
        for position, (entry, start, end) in enumerate(zip(history, days, ends, strict=True))
        if end > start and not entry.is_death
    ]
    marks = [Mark(scale.at(day), entry.tone) for entry, day in zip(history, days, strict=True)]
    told = (f"{format_partial(entry.on, entry.precision, language)}: {entry.get_status_display()}" for entry in history)
    return StatusLine(person, marks, stretches, ". ".join(told))
