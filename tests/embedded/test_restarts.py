"""What ends by itself is started again: with a growing pause, not for ever, and not what cannot start at all."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from embedded import supervisor as module
from embedded.console import StopError
from embedded.machine import ROOT
from embedded.restarts import MOST, Restarts
from embedded.supervisor import Supervisor

pytestmark = pytest.mark.slow

FOR_EVER = [sys.executable, "-c", "import time\nwhile True: time.sleep(1)"]


@pytest.fixture
def watching() -> Iterator[Supervisor]:
    supervisor = Supervisor(cwd=ROOT, env=os.environ)
    try:
        yield supervisor
    finally:
        supervisor.stop()


def mend_until(supervisor: Supervisor, is_so: Callable[[], bool], *, may_start: bool = True) -> None:
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline
        supervisor.watch(0.02)
        supervisor.mend(may_start=lambda: may_start)


def kill(supervisor: Supervisor, name: str) -> subprocess.Popen[bytes]:
    child = supervisor.watched[name].child
    child.send_signal(signal.SIGKILL)
    child.wait()
    return child


def test_restarts_wait_longer_each_time_and_end_after_five(capsys: pytest.CaptureFixture[str]) -> None:
    now, waited = 1000.0, []
    restarts = Restarts(clock=lambda: now)
    for _ in range(MOST):
        restarts.note_end("It has ended", advice="see there.")
        restarts.note_end("It has ended", advice="see there.")
        began = now
        while not restarts.is_due:
            now += 0.25
        waited.append(now - began)
        restarts.note_start()
    assert waited == [0.5, 1, 2, 4, 8]
    with pytest.raises(StopError, match=r"^It has ended: see there\.$"):
        restarts.note_end("It has ended", advice="see there.")
    lines = capsys.readouterr().out.splitlines()
    assert lines == [f"It has ended: starting it again ({n} of 5 times in 10 minutes)." for n in range(1, 6)]


def test_restarts_of_ten_minutes_ago_do_not_count() -> None:
    now = 1000.0
    restarts = Restarts(clock=lambda: now)
    for _ in range(3 * MOST):
        restarts.note_end("It has ended", advice="see there.")
        restarts.note_start()
        now += 150


def test_supervisor_starts_again_what_was_killed(watching: Supervisor, capsys: pytest.CaptureFixture[str]) -> None:
    watching.start("one", FOR_EVER)
    watching.start("other", FOR_EVER)
    other = watching.watched["other"].child
    killed = kill(watching, "one")
    mend_until(watching, lambda: watching.watched["one"].child is not killed)
    assert watching.watched["one"].child.poll() is None
    assert watching.watched["other"].child is other
    line = "one has ended by itself (exit code -9): starting it again (1 of 5 times in 10 minutes).\n"
    assert capsys.readouterr().out == line


def test_supervisor_waits_for_what_the_process_needs(watching: Supervisor) -> None:
    watching.start("one", FOR_EVER)
    killed = kill(watching, "one")
    began = time.monotonic()
    mend_until(watching, lambda: time.monotonic() > began + 1.5, may_start=False)
    assert watching.watched["one"].child is killed
    mend_until(watching, lambda: watching.watched["one"].child is not killed)


def parent_of(inner: str) -> list[str]:
    """A command that starts another one, whose program is `inner`, and waits."""
    start = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {inner!r}])"
    return [sys.executable, "-c", f"{start}; print('begun', flush=True); time.sleep(60)"]


def left_of(killed: subprocess.Popen[bytes]) -> list[str]:
    """The states of what still works in the process's group; nobody may have buried the dead yet (Z)."""
    stats = [path.read_text().rpartition(")")[2].split() for path in Path("/proc").glob("[0-9]*/stat")]
    return [state for state, _parent, group, *_rest in stats if int(group) == killed.pid and state != "Z"]


def test_supervisor_lets_what_a_killed_process_started_finish(watching: Supervisor, tmp_path: Path) -> None:
    finished = tmp_path / "finished"
    watching.start("one", parent_of(f"import time, pathlib; time.sleep(3); pathlib.Path({str(finished)!r}).touch()"))
    watching.watch(1.5)
    killed = kill(watching, "one")
    mend_until(watching, lambda: watching.watched["one"].child is not killed)
    assert finished.exists()


def test_supervisor_kills_what_does_not_finish(watching: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS_TO_STOP", 1)
    watching.start("one", parent_of("import time; time.sleep(60)"))
    watching.watch(1.5)
    killed = kill(watching, "one")
    assert len(left_of(killed)) == 1
    mend_until(watching, lambda: watching.watched["one"].child is not killed)
    assert left_of(killed) == []


def test_supervisor_stops_at_once_for_what_cannot_start(watching: Supervisor) -> None:
    watching.start("one", [sys.executable, "-c", "raise SystemExit('no such setting')"])
    with pytest.raises(StopError, match=r"^one has ended by itself \(exit code 1\): its last lines say why\.$"):
        mend_until(watching, lambda: False)


def test_supervisor_gives_up_what_ends_again_and_again(
    watching: Supervisor, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "SECONDS_TO_START", 0)
    watching.start("one", [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(StopError, match=r"^one has ended by itself \(exit code 3\): its last lines say why\.$"):
        mend_until(watching, lambda: False)
    assert capsys.readouterr().out.count("starting it again") == MOST


def test_supervisor_stops_what_it_started_again() -> None:
    supervisor = Supervisor(cwd=ROOT, env=os.environ)
    supervisor.start("one", FOR_EVER)
    killed = kill(supervisor, "one")
    mend_until(supervisor, lambda: supervisor.watched["one"].child is not killed)
    began, child = time.monotonic(), supervisor.watched["one"].child
    supervisor.stop()
    assert child.returncode == -signal.SIGTERM
    assert time.monotonic() - began < 10
