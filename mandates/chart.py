"""The chart of "sent and answered": letters and answers per month, drawn on the server as SVG.

Only numbers: positions and sizes. Colours and words come from the page, and a table beside it says the same.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from mandates.sent import SentLetter

MONTHS = 12
WIDTH, HEIGHT = 720, 220
LEFT, BOTTOM, TOP = 36, 30, 12


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Month:
    """One month: `first` is its first day; what left and what was answered; and the two bars."""

    first: date
    sent: int
    answered: int
    middle: float
    sent_bar: Bar
    answered_bar: Bar


@dataclass(frozen=True)
class Line:
    """A line across at a round number."""

    number: int
    y: float


@dataclass(frozen=True)
class Chart:
    months: list[Month]
    lines: list[Line]
    width: int = WIDTH
    height: int = HEIGHT
    base: int = HEIGHT - BOTTOM


def draw_chart(letters: list[SentLetter], *, today: date, is_mirrored: bool = False) -> Chart | None:
    """The last twelve months up to `today`; None when nothing left in them. `is_mirrored`: time runs to the left."""
    firsts = _months_up_to(today)
    sent = Counter(letter.sent_on.replace(day=1) for letter in letters)
    answers = Counter(reply.received_on.replace(day=1) for letter in letters for reply in letter.replies)
    top = max((*(sent[m] for m in firsts), *(answers[m] for m in firsts)), default=0)
    if top == 0:
        return None
    step = max(1, -(-top // 4))
    scale = (HEIGHT - BOTTOM - TOP) / (step * -(-top // step))
    slot = (WIDTH - LEFT) / MONTHS
    months = []
    for index, first in enumerate(firsts):
        place = MONTHS - 1 - index if is_mirrored else index
        # The numbers of the lines stand where reading begins.
        x = place * slot + (0 if is_mirrored else LEFT)
        pair = [
            _bar(x + slot * 0.16, slot * 0.32, sent[first] * scale),
            _bar(x + slot * 0.52, slot * 0.32, answers[first] * scale),
        ]
        if is_mirrored:
            pair = [
                _bar(x + slot * 0.52, slot * 0.32, sent[first] * scale),
                _bar(x + slot * 0.16, slot * 0.32, answers[first] * scale),
            ]
        months.append(Month(first, sent[first], answers[first], round(x + slot / 2, 1), *pair))
    lines = [Line(number, round(HEIGHT - BOTTOM - number * scale, 1)) for number in range(0, top + step, step)]
    return Chart(months, [line for line in lines if line.y >= 0])


def _bar(x: float, width: float, height: float) -> Bar:
    return Bar(round(x, 1), round(HEIGHT - BOTTOM - height, 1), round(width, 1), round(height, 1))


def _months_up_to(today: date) -> list[date]:
    """The first days of the last twelve months, the oldest first."""
    number = today.year * 12 + today.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(number - MONTHS + 1, number + 1)]
