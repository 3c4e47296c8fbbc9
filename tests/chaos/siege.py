"""G1: many letters, and everything that can break breaks at once, until every letter has come to an end."""

import json
import random
import signal
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos import letters
from tests.chaos.budgets import grant, left_of, note
from tests.chaos.cluster import Cluster
from tests.chaos.facts import count_open
from tests.chaos.processes import send

POINTS = ("claim", "claimed", "rcpt", "before_body", "mid_body", "after_dot", "after_250", "committed")
WORKERS, CONCURRENCY = 3, 2
# For the full number of letters; fewer letters meet fewer faults, but some of each kind.
FULL = 20_000
FAULTS = {"kill": 1000, "postgres": 50, "redis": 20, "zombie": 50}
SMTP_CHAOS = {
    "rcpt:451": 0.03,
    "mail:421": 0.005,
    "data:452": 0.005,
    "greet:421": 0.01,
    "dot:450": 0.005,
    "body:hang_up": 0.005,
    "dot:hang_up": 0.01,
    "dot:accept,hang_up": 0.01,
    "dot:accept,garbage": 0.003,
    "dot:accept,delay=0.5": 0.01,
    "dot:delay=0.5": 0.01,
}
SECONDS_BETWEEN_LINES = 5.0


@dataclass
class Siege:
    """`run` makes the letters, lets everything break in proportion to what is done, and waits for the end."""

    cluster: Cluster
    letters: int
    seed: int
    longest: float = 4000
    keys: list[uuid.UUID] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    done: int = 0
    _sleeping: list[tuple[float, int]] = field(default_factory=list)
    _broker_back_at: float = 0.0
    _began: float = field(default_factory=time.time)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        share = min(1.0, self.letters / FULL)
        self.wanted = {kind: max(2, round(number * share)) for kind, number in FAULTS.items()}

    def run(self, tell: Callable[[str], None]) -> None:
        cluster = self.cluster
        cluster.end("worker", "beat", "poller")
        began = time.monotonic()
        self.keys = letters.write_many(self.letters, mandates=min(400, max(8, self.letters // 10)))
        tell(f"{len(self.keys)} letters written in {time.monotonic() - began:.0f} s")
        assert cluster.sink is not None
        cluster.sink.chances(SMTP_CHAOS, seed=self.seed)
        for _ in range(WORKERS):
            cluster.start_worker(concurrency=CONCURRENCY)
        cluster.start_beat()
        cluster.wait_for_workers()
        began = time.monotonic()
        self._rage(tell, began)
        self.seconds = time.monotonic() - began

    @property
    def is_enough(self) -> bool:
        return all(self.counts[kind] >= number for kind, number in self.wanted.items())

    def _rage(self, tell: Callable[[str], None], began: float) -> None:
        looked = told = 0.0
        while (now := time.monotonic()) < began + self.longest:
            if now - looked > 1:
                looked = now
                self.done = len(self.keys) - count_open(self.cluster, self.keys)
                self._count_deaths()
                if self.done == len(self.keys):
                    break
            if now - told > SECONDS_BETWEEN_LINES:
                told = now
                tell(f"{now - began:5.0f} s  {self.done} of {len(self.keys)} letters; {self._faults_so_far()}")
            self._break_something()
            self._mend()
            time.sleep(0.05)
        self._wake(float("inf"))

    def _faults_so_far(self) -> str:
        return ", ".join(f"{self.counts[kind]} {kind}" for kind in self.wanted)

    def _due(self, kind: str) -> bool:
        """Faults keep step with the letters, and are all over when the last tenth begins."""
        progress = min(1.0, (self.done + 1) / (0.9 * len(self.keys)))
        return self.counts[kind] < round(self.wanted[kind] * progress)

    def _break_something(self) -> None:
        if self._due("kill"):
            self._kill()
        if self._due("zombie"):
            self._freeze()
        if self._due("redis") and not self._broker_back_at:
            self._strike_broker()
        if self._due("postgres"):
            self.cluster.crash_database()
            self.counts["postgres"] += 1

    def _kill(self) -> None:
        """Most die at a named point, the others wherever they are; now and then a whole worker."""
        fate = self.dice.random()
        if fate < 0.6:
            point = self.dice.choice(POINTS)
            if left_of(self._budget(point)) == 0:
                grant(self._budget(point), 1)
            return
        workers = self.cluster.workers()
        if not workers:
            return
        victim = self.dice.choice(workers)
        pool = victim.children()
        if fate < 0.64:
            victim.kill()
            note(self.cluster.folder, kind="kill", point="whole worker", pid=victim.pid)
        elif pool:
            pid = self.dice.choice(pool)
            send(pid, signal.SIGKILL)
            note(self.cluster.folder, kind="kill", point="anywhere", pid=pid)

    def _budget(self, point: str) -> Path:
        return self.cluster.folder / "kill" / point

    def _freeze(self) -> None:
        pool = [pid for worker in self.cluster.workers() for pid in worker.children()]
        asleep = {pid for _until, pid in self._sleeping}
        if awake := [pid for pid in pool if pid not in asleep]:
            pid = self.dice.choice(awake)
            send(pid, signal.SIGSTOP)
            lease = self.cluster.waits.lease
            self._sleeping.append((time.monotonic() + lease + self.dice.uniform(0.5, 4), pid))
            note(self.cluster.folder, kind="stop", point="anywhere", pid=pid)
            self.counts["zombie"] += 1

    def _strike_broker(self) -> None:
        if self.dice.random() < 0.5:
            self.cluster.flush_broker()
        else:
            self.cluster.kill_broker()
            self._broker_back_at = time.monotonic() + self.dice.uniform(0.5, 3)
        self.counts["redis"] += 1

    def _mend(self) -> None:
        now = time.monotonic()
        self._wake(now)
        if self._broker_back_at and now > self._broker_back_at:
            self._broker_back_at = 0.0
            self.cluster.revive_broker()
        self.cluster.mend()

    def _wake(self, now: float) -> None:
        for until, pid in [one for one in self._sleeping if one[0] <= now]:
            send(pid, signal.SIGCONT)
            self._sleeping.remove((until, pid))

    def _count_deaths(self) -> None:
        """From the fault log: only who really died counts."""
        log = self.cluster.folder / "faults.jsonl"
        if log.exists():
            faults = [json.loads(line) for line in log.read_text().splitlines()]
            self.counts["kill"] = sum(fault["kind"] == "kill" and fault["at"] >= self._began for fault in faults)
