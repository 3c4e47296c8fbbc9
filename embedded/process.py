"""Child processes that never outlive us: each in a session of its own, each told to stop when its parent dies."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from embedded.account import Account, switch

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None

Output = int | IO[bytes]


def start(
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    output: Output,
    account: Account | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
    stdin: Output = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """The started child. `stop_signal` is what it gets from the kernel when this process dies, however it dies.

    Streams are never inherited: a server that held our pipe open would keep `... | tail` from ending.
    """
    return subprocess.Popen(
        argv,
        cwd=cwd,
        env=dict(env),
        stdin=stdin,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=_die_with(os.getpid(), stop_signal),
        **switch(account),
    )


def _die_with(parent: int, stop_signal: signal.Signals) -> Callable[[], None]:
    def prepare() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(stop_signal), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return prepare


def stop(process: subprocess.Popen[bytes], stop_signal: signal.Signals, *, seconds: float) -> bool:
    """Ends the child: `stop_signal`, after `seconds` KILL to its whole group. Whether it went by itself."""
    if process.poll() is None:
        process.send_signal(stop_signal)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        kill_group(process)
        return False
    return True


def kill_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def group_lives(process: subprocess.Popen[bytes]) -> bool:
    """Whether anything that the child started is still there; the child itself, once waited for, does not count."""
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return False
    return True


def working_in(folder: Path, programs: frozenset[str]) -> list[int]:
    """Process ids whose working directory is `folder` and whose program has one of these names; [] without /proc."""
    return [pid for pid in _process_ids() if _cwd(pid) == folder and _program(pid) in programs]


def end_leftovers(folder: Path, programs: frozenset[str], stop_signal: signal.Signals, *, seconds: float) -> bool:
    """Stops what a killed run left working in `folder`; False when something is still there after `seconds`."""
    deadline = time.monotonic() + seconds
    signalled: set[int] = set()
    while left := working_in(folder, programs):
        for pid in left:
            if pid not in signalled:
                _signal(pid, stop_signal)
        signalled.update(left)
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _process_ids() -> list[int]:
    proc = Path("/proc")
    return [int(entry.name) for entry in proc.iterdir() if entry.name.isdigit()] if proc.is_dir() else []


def _cwd(pid: int) -> Path | None:
    try:
        return Path(f"/proc/{pid}/cwd").readlink()
    except OSError:
        return None


def _program(pid: int) -> str:
    """The name under which the program was started. Its file may have another: Debian's redis-server is a link."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""
