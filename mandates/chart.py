"""The chart of "sent and answered": letters and answers per month, drawn on the server as SVG.

Only numbers: positions and sizes. Colours and words come from the page, and a table beside it says the same.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from mandates.sent import SentLetter

MONTHS = 12
WIDTH, HEIGHT = 480, 200
LEFT, BOTTOM, TOP = 24, 26, 20
# On a narrow screen twelve names of months would touch: every second one stands there, the latest always.
NAMED_EVERY = 2


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
    is_named: bool
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
    months = []
    for index, first in enumerate(firsts):
        place = MONTHS - 1 - index if is_mirrored else index
        bars = _bars(place, sent[first] * scale, answers[first] * scale, is_mirrored=is_mirrored)
        is_named = (MONTHS - 1 - index) % NAMED_EVERY == 0
        months.append(Month(first, sent[first], answers[first], is_named, *bars))
    lines = [Line(number, round(HEIGHT - BOTTOM - number * scale, 1)) for number in range(0, top + step, step)]
    return Chart(months, [line for line in lines if line.y >= 0])


def _bars(place: int, sent: float, answered: float, *, is_mirrored: bool) -> tuple[float, Bar, Bar]:
    """The middle of the slot at `place`, and its two bars of these heights in reading order."""
    slot = (WIDTH - LEFT) / MONTHS
    # The numbers of the lines stand where reading begins.
    x = place * slot + (0 if is_mirrored else LEFT)
    first, then = (x + slot * 0.52, x + slot * 0.16) if is_mirrored else (x + slot * 0.16, x + slot * 0.52)
    return round(x + slot / 2, 1), _bar(first, slot * 0.32, sent), _bar(then, slot * 0.32, answered)


def _bar(x: float, width: float, height: float) -> Bar:
    return Bar(round(x, 1), round(HEIGHT - BOTTOM - height, 1), round(width, 1), round(height, 1))


def _months_up_to(today: date) -> list[date]:
    """The first days of the last twelve months, the oldest first."""
    number = today.year * 12 + today.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(number - MONTHS + 1, number + 1)]
