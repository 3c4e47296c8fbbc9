"""What became of the letters: the database's rows held against the mail server's journal."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

from tests.chaos.journal import Acceptance

# States in which the outbox says that the mail server has the letter, or that nothing more will happen to it.
TAKEN = {"sent", "bounced"}
OVER = TAKEN | {"failed", "cancelled"}


@dataclass(frozen=True)
class Row:
    """One delivery as the database has it. `moves` are the states it went through, in order, with their times."""

    message_id: str
    state: str
    sha256: str
    recipient: str
    attempts: int = 0
    moves: tuple[tuple[str, float], ...] = ()

    @property
    def times_flagged(self) -> int:
        return sum(state == "uncertain" for state, _at in self.moves)


@dataclass(frozen=True)
class Verdict:
    """Message-IDs by what is wrong with them, and counts.

    lost: the row says taken, the server has nothing; or the row is still underway. denied: the server has it and the
    row says failed or cancelled. duplicates: taken twice or more. unresolved: still `uncertain`. altered: other bytes
    than the approved ones. misdirected: another recipient, or several. foreign: taken, and no row knows it.
    """

    letters: int = 0
    accepted: int = 0
    lost: list[str] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    unresolved: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    misdirected: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    flagged: int = 0
    times_flagged: int = 0
    max_attempts: int = 0

    @property
    def is_clean(self) -> bool:
        """Nothing lost, doubled, changed or misdirected, and nothing left open."""
        return self.is_honest and not self.unresolved

    @property
    def is_honest(self) -> bool:
        """As `is_clean`, but letters may wait for a person."""
        wrong = (self.lost, self.denied, self.duplicates, self.altered, self.misdirected, self.foreign)
        return not any(wrong)

    @property
    def figures(self) -> dict[str, int]:
        return {name: len(value) if isinstance(value, list) else value for name, value in asdict(self).items()}

    def __str__(self) -> str:
        shown = ("letters", "lost", "duplicates", "flagged", "unresolved")
        also = ("denied", "altered", "misdirected", "foreign")
        figures = self.figures
        parts = [f"{figures[name]} {name}" for name in shown]
        return ", ".join(parts + [f"{figures[name]} {name}" for name in also if figures[name]])


def judge(rows: Sequence[Row], acceptances: Iterable[Acceptance], *, others_may_be_there: bool = False) -> Verdict:
    """Hold `rows` against the journal. `others_may_be_there`: it also has letters that are not ours to judge."""
    by_id: dict[str, list[Acceptance]] = {}
    for acceptance in acceptances:
        by_id.setdefault(acceptance.message_id, []).append(acceptance)
    known = {row.message_id for row in rows}
    verdict = Verdict(
        letters=len(rows),
        accepted=sum(len(by_id.get(message_id, [])) for message_id in known),
        foreign=[] if others_may_be_there else sorted(set(by_id) - known),
        flagged=sum(row.times_flagged > 0 for row in rows),
        times_flagged=sum(row.times_flagged for row in rows),
        max_attempts=max((row.attempts for row in rows), default=0),
    )
    for row in rows:
        _judge_row(row, by_id.get(row.message_id, []), verdict)
    return verdict


def _judge_row(row: Row, taken: list[Acceptance], verdict: Verdict) -> None:
    if len(taken) > 1:
        verdict.duplicates.append(row.message_id)
    if row.state == "uncertain":
        verdict.unresolved.append(row.message_id)
    elif row.state not in OVER or (row.state in TAKEN and not taken):
        verdict.lost.append(row.message_id)
    elif row.state not in TAKEN and taken:
        verdict.denied.append(row.message_id)
    if any(acceptance.sha256 != row.sha256 for acceptance in taken):
        verdict.altered.append(row.message_id)
    if any(acceptance.recipients != (row.recipient,) for acceptance in taken):
        verdict.misdirected.append(row.message_id)


def windows(rows: Iterable[Row]) -> list[float]:
    """Seconds that each handing over took: from `committing` to whatever came next."""
    return [
        after - at
        for row in rows
        for (state, at), (_next, after) in zip(row.moves, row.moves[1:], strict=False)
        if state == "committing"
    ]


def recoveries(outages: Iterable[float], acceptances: Iterable[Acceptance]) -> list[float]:
    """Seconds from the end of each outage to the next letter taken; those after which none came are left out."""
    moments = sorted(acceptance.at for acceptance in acceptances)
    waits = []
    for outage in outages:
        after = next((moment for moment in moments if moment >= outage), None)
        if after is not None:
            waits.append(after - outage)
    return waits


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of `values` lie; 0 when there are none. Rounded to milliseconds."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 3)


def spread(values: Sequence[float]) -> dict[str, float]:
    return {
        "p50": percentile(values, 0.5),
        "p99": percentile(values, 0.99),
        "max": round(max(values, default=0.0), 3),
        "of": len(values),
    }


def count_states(rows: Iterable[Row]) -> Counter[str]:
    return Counter(row.state for row in rows)
