"""The chart of a count: what entered it and what left it, drawn on the server as SVG.

Only numbers: positions and sizes. Colours and words come from the page, and a table beside it says the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from petitions.counts.series import Span

WIDTH, HEIGHT = 480, 200
LEFT, RIGHT, BOTTOM, TOP = 40, 14, 26, 20
# On a narrow screen more names than these would touch.
NAMES = 6


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Slot:
    """One span of time with its two bars; `is_named` where its name stands below."""

    span: Span
    is_named: bool
    middle: float
    counted_bar: Bar
    gone_bar: Bar


@dataclass(frozen=True)
class Line:
    """A line across at a round number."""

    number: int
    y: float


@dataclass(frozen=True)
class Chart:
    unit: str
    slots: list[Slot]
    lines: list[Line]
    width: int = WIDTH
    height: int = HEIGHT
    base: int = HEIGHT - BOTTOM


def draw_chart(spans: Sequence[Span], *, unit: str, is_mirrored: bool = False) -> Chart | None:
    """`spans` of one `unit`: "hour", "day", "week", "month"; None for nothing. `is_mirrored`: time runs to the left."""
    top = max((max(span.counted, span.gone) for span in spans), default=0)
    if top == 0:
        return None
    step = _round_step(top)
    scale = (HEIGHT - BOTTOM - TOP) / (step * -(-top // step))
    every = -(-len(spans) // NAMES)
    slots = []
    for index, span in enumerate(spans):
        from_end = len(spans) - 1 - index
        place = from_end if is_mirrored else index
        bars = _bars(place, len(spans), span.counted * scale, span.gone * scale, is_mirrored=is_mirrored)
        slots.append(Slot(span, from_end % every == 0, *bars))
    lines = [Line(number, round(HEIGHT - BOTTOM - number * scale, 1)) for number in range(0, top + step, step)]
    return Chart(unit, slots, [line for line in lines if line.y >= 0])


def _round_step(top: int) -> int:
    """1, 2 or 5 and noughts, so that at most five lines reach `top`."""
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            if step * 5 >= top:
                return step
        size *= 10


def _bars(place: int, number: int, counted: float, gone: float, *, is_mirrored: bool) -> tuple[float, Bar, Bar]:
    """The middle of the slot at `place` of `number`, and its two bars of these heights in reading order."""
    slot = (WIDTH - LEFT - RIGHT) / number
    # The numbers of the lines stand where reading begins; at the end half of the last name needs room.
    x = place * slot + (RIGHT if is_mirrored else LEFT)
    wide, narrow = slot * 0.6, slot * 0.25
    first, then = (x + slot * 0.35, x + slot * 0.08) if is_mirrored else (x + slot * 0.05, x + slot * 0.67)
    return round(x + slot / 2, 1), _bar(first, wide, counted), _bar(then, narrow, gone)


def _bar(x: float, width: float, height: float) -> Bar:
    return Bar(round(x, 1), round(HEIGHT - BOTTOM - height, 1), round(width, 1), round(height, 1))
