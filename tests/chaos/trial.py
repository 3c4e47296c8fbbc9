"""What a scenario is, and what it works with: letters, faults, the verdict, and what it must show."""

import time
import uuid
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import connections

from tests.chaos import letters
from tests.chaos.budgets import grant, left_of
from tests.chaos.cluster import Cluster
from tests.chaos.facts import count_open, patiently, read_rows
from tests.chaos.journal import Acceptance, read_journal
from tests.chaos.judge import Row, Verdict, judge
from tests.chaos.processes import wait_until
from tests.chaos.sink_control import SinkControl


class SkippedError(Exception):
    """This machine cannot show it; the reason is printed and the scenario is counted apart."""


@dataclass
class Finding:
    """What one scenario showed. It passed when there is no complaint and it was not skipped."""

    id: str
    title: str
    figures: dict[str, Any] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    skipped: str = ""
    seconds: float = 0.0
    # Whether its letters count in the figures of the whole run; those of a control are wrong on purpose.
    is_judged: bool = True

    @property
    def outcome(self) -> str:
        return "failed" if self.complaints else "skipped" if self.skipped else "passed"

    @property
    def facts(self) -> dict[str, Any]:
        return {**asdict(self), "outcome": self.outcome}


@dataclass
class Trial:
    """One scenario at work on the cluster. `cycles` scales how often a fault is made."""

    cluster: Cluster
    finding: Finding
    cycles: int
    seed: int
    keys: list[uuid.UUID] = field(default_factory=list)

    @property
    def sink(self) -> SinkControl:
        assert self.cluster.sink is not None
        return self.cluster.sink

    def approve(self, count: int) -> list[uuid.UUID]:
        """Letters to one mandate each, through the project's own actions; the messages' keys."""
        connections.close_all()  # The last crash may have ended our own.
        keys = letters.approve(count)
        self.keys += keys
        return keys

    def approve_facing(self, *faults: str, mandates: int = 1) -> str:
        """One approved letter whose (first) addressee's mail server answers with `faults`; its Message-ID."""
        message_id, keys = letters.approve_facing(self.sink.script, faults, mandates=mandates)
        self.keys += keys
        return message_id

    def write_many(self, count: int, *, mandates: int = 100) -> list[uuid.UUID]:
        """As `approve`, in bulk, to that many mandates."""
        connections.close_all()
        keys = letters.write_many(count, mandates=mandates)
        self.keys += keys
        return keys

    def write_large(self, megabytes: int) -> str:
        """One letter with an attachment of that size; its Message-ID."""
        key, message_id = letters.write_large(megabytes)
        self.keys.append(key)
        return message_id

    def rows(self, keys: Collection[uuid.UUID] | None = None) -> list[Row]:
        return read_rows(self.cluster, self.keys if keys is None else keys)

    def acceptances(self) -> list[Acceptance]:
        return read_journal(self.cluster.folder / "journal.jsonl")

    def verdict(self) -> Verdict:
        """What became of our letters, once the mail server has nothing left to take: a second copy may come last."""
        wait_until(lambda: self.sink.state()["pending"] == 0, seconds=40)
        verdict = judge(self.rows(), self.acceptances(), others_may_be_there=True)
        self.finding.figures.update(verdict.figures)
        return verdict

    def wait_until_over(self, *, seconds: float = 60, also_over: Collection[str] = ()) -> bool:
        """Whether all came to an end within `seconds`."""
        return wait_until(
            lambda: count_open(self.cluster, self.keys, also_over=also_over) == 0, seconds=seconds, every=0.1
        )

    def delays(self) -> list[float]:
        """Seconds from approval to acceptance, of each letter that was taken."""
        accepted = {acceptance.message_id: acceptance.at for acceptance in self.acceptances()}
        created = patiently(
            lambda: self.cluster.query(
                "SELECT message_id, extract(epoch FROM created_at)::float FROM outbox_message WHERE id = ANY(%s)",
                self.keys,
            )
        )
        return [accepted[str(name)] - float(str(at)) for name, at in created if name in accepted]

    def must_be_committing_first(self) -> None:
        """No mail leaves before its row said, on disk, that it is about to."""
        taken = {acceptance.message_id: acceptance.at for acceptance in self.acceptances()}
        for row in self.rows():
            if row.message_id in taken:
                before = [at for state, at in row.moves if state == "committing" and at <= taken[row.message_id]]
                self.must(before, f"{row.message_id} left without a row that said so")

    def wait_until_taken(self, count: int, *, seconds: float = 30) -> bool:
        """Whether the mail server took `count` of our letters within `seconds`."""
        mine = {row.message_id for row in self.rows()}
        return wait_until(
            lambda: sum(acceptance.message_id in mine for acceptance in self.acceptances()) >= count, seconds=seconds
        )

    def allow(self, how: str, point: str, times: int) -> None:
        """Whoever passes `point` from now on dies (`kill`) or freezes (`stop`), `times` in all."""
        grant(self.cluster.folder / how / point, times)

    def left(self, how: str, point: str) -> int:
        return left_of(self.cluster.folder / how / point)

    def must(self, condition: object, words: str) -> None:
        """`words` say what must hold; a complaint when it does not."""
        if not condition:
            self.finding.complaints.append(words)

    def must_be_clean(self, *, seconds: float = 60) -> Verdict:
        """Every letter comes to an end, taken once, its bytes the approved ones."""
        self.wait_until_over(seconds=seconds)
        verdict = self.verdict()
        self.must(verdict.is_clean, f"nothing may be lost, doubled or left open: {verdict}")
        return verdict

    def show(self, **figures: Any) -> None:
        self.finding.figures.update(figures)


Play = Callable[[Trial], None]


@dataclass(frozen=True)
class Scenario:
    id: str
    title: str
    play: Play
    is_control: bool = False

    def run(self, cluster: Cluster, *, cycles: int, seed: int) -> Finding:
        """Play it and clear up. An error of the harness is a complaint, never a pass."""
        finding = Finding(self.id, self.title, is_judged=not self.is_control)
        trial = Trial(cluster, finding, cycles, seed)
        began = time.monotonic()
        connections.close_all()
        try:
            self.play(trial)
        except SkippedError as reason:
            finding.skipped = str(reason)
        except Exception as error:
            finding.complaints.append(f"the scenario itself broke: {type(error).__name__}: {error}")
        if not self.is_control:
            cluster.judged += trial.keys
        finding.seconds = round(time.monotonic() - began, 1)
        return finding


_SCENARIOS: dict[str, Scenario] = {}


def scenario(id: str, title: str) -> Callable[[Play], Play]:
    """Registers a function as the scenario `id` of the plan."""

    def register(play: Play) -> Play:
        _SCENARIOS[id] = Scenario(id, title, play)
        return play

    return register


def control(id: str, title: str) -> Callable[[Play], Play]:
    """Registers a control: something done wrong on purpose, which must come out wrong."""

    def register(play: Play) -> Play:
        _SCENARIOS[id] = Scenario(id, title, play, is_control=True)
        return play

    return register


def all_scenarios() -> list[Scenario]:
    return list(_SCENARIOS.values())
