"""The processes that the harness torments: how they are started, found, killed, frozen and waited for."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from embedded import process
from embedded.machine import ROOT

# As root the worker would fill its log with a warning about unpickling, which it does not do.
_SILENT = ("-W", "ignore:You're running the worker with superuser privileges")
_CELERY = (sys.executable, *_SILENT, "-m", "celery", "--app", "tests.chaos.site", "--quiet")


@dataclass
class Child:
    """One process of ours, in a session of its own."""

    name: str
    popen: subprocess.Popen[bytes]
    log: Path
    argv: Sequence[str] = field(repr=False, default=())
    env: Mapping[str, str] = field(repr=False, default_factory=dict)

    @property
    def pid(self) -> int:
        return self.popen.pid

    @property
    def is_running(self) -> bool:
        return self.popen.poll() is None

    def children(self) -> list[int]:
        """The process ids of its own children: a worker's pool."""
        path = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        try:
            return [int(word) for word in path.read_text().split()]
        except OSError:
            return []

    def kill(self) -> None:
        """SIGKILL to it and to all its children at once."""
        for pid in [self.pid, *self.children()]:
            send(pid, signal.SIGKILL)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self.popen.wait()

    def stop(self, *, seconds: float = 30) -> float:
        """SIGTERM, and how long it took to end; killed when it takes more than `seconds`."""
        began = time.monotonic()
        for pid in [self.pid, *self.children()]:
            send(pid, signal.SIGCONT)
        process.stop(self.popen, signal.SIGTERM, seconds=seconds)
        return time.monotonic() - began

    def said(self, words: str) -> int:
        """How often `words` stand in its log."""
        return self.log.read_text(errors="replace").count(words) if self.log.exists() else 0


def send(pid: int, number: signal.Signals) -> None:
    """A signal to one process; none when it is gone."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def start(name: str, argv: Sequence[str], *, env: Mapping[str, str], log: Path) -> Child:
    with log.open("ab") as output:
        popen = process.start(argv, cwd=ROOT, env=env, output=output)
    return Child(name, popen, log, argv, env)


def worker_command(concurrency: int) -> list[str]:
    """As in production: prefork, late acknowledgement (a setting)."""
    return [*_CELERY, "worker", "--concurrency", str(concurrency), "--queues", "celery", "--without-gossip"]


def beat_command(schedule: Path) -> list[str]:
    return [*_CELERY, "beat", "--schedule", str(schedule), "--pidfile="]


def poller_command(seconds: float) -> list[str]:
    return [sys.executable, "-m", "tests.chaos.poller", str(seconds)]


def sink_command(folder: Path, port: int, idle: float) -> list[str]:
    return [sys.executable, "-m", "tests.chaos.sink", str(folder), str(port), str(idle)]


def wait_until(true: Callable[[], bool], *, seconds: float, every: float = 0.05) -> bool:
    """Whether `true()` came true within `seconds`."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True
