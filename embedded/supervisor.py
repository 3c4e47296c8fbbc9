"""The site's own processes: started together, their lines shown under their names, mended, stopped together."""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from io import IOBase
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from embedded import process
from embedded.console import StopError, say
from embedded.restarts import Restarts

if TYPE_CHECKING:
    from _typeshed import FileDescriptorLike

# A worker that is asked to stop finishes the task at hand first.
SECONDS_TO_STOP = 20
# One that ends so soon, by a decision of its own, has something wrong with it that another start does not mend.
SECONDS_TO_START = 20
ADVICE = "its last lines say why."


@dataclass
class Watched:
    """One process under its name, whichever life it is in."""

    argv: Sequence[str]
    child: subprocess.Popen[bytes]
    began_at: float
    restarts: Restarts = field(default_factory=Restarts)

    @property
    def could_not_start(self) -> bool:
        code = self.child.returncode
        is_early = self.restarts.is_first_life and time.monotonic() - self.began_at < SECONDS_TO_START
        return is_early and code is not None and code >= 0


class Supervisor:
    def __init__(self, *, cwd: Path, env: Mapping[str, str]) -> None:
        self.cwd = cwd
        self.env = env
        self.watched: dict[str, Watched] = {}
        self._unfinished: dict[str, bytes] = {}
        self._selector = selectors.DefaultSelector()

    def start(self, name: str, argv: Sequence[str]) -> None:
        self.watched[name] = Watched(argv, self._launch(name, argv), time.monotonic())

    def watch(self, seconds: float) -> None:
        """Shows what the children say within `seconds`."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._show(left)

    def require_all(self) -> None:
        """StopError when one of them has ended."""
        for name, watched in self.watched.items():
            if watched.child.poll() is not None:
                self._give_up(name, watched)

    def mend(self, *, may_start: Callable[[], bool]) -> None:
        """Starts again what has ended by itself, once `may_start` says that it finds what it needs.

        StopError when one could not start at all, or has ended too often.
        """
        for name, watched in self.watched.items():
            if watched.child.poll() is None:
                continue
            if watched.could_not_start:
                self._give_up(name, watched)
            watched.restarts.note_end(_ended(name, watched), advice=ADVICE)
            if watched.restarts.is_due and _has_left_nothing(watched) and may_start():
                watched.child, watched.began_at = self._launch(name, watched.argv), time.monotonic()
                watched.restarts.note_start()

    def stop(self) -> None:
        """Asks all to end, waits, kills those that do not end; shows their last lines."""
        children = [watched.child for watched in self.watched.values()]
        for child in children:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + SECONDS_TO_STOP
        while time.monotonic() < deadline and any(child.poll() is None for child in children):
            self._show(0.1)
        for child in children:
            process.kill_group(child)
        self._show(0)
        for key in list(self._selector.get_map().values()):
            self._close(key.fileobj)
        self._selector.close()

    def _launch(self, name: str, argv: Sequence[str]) -> subprocess.Popen[bytes]:
        child = process.start(argv, cwd=self.cwd, env=self.env, output=subprocess.PIPE)
        self._unfinished[name] = b""
        assert child.stdout is not None  # noqa: S101  for the type checker: a pipe was asked for
        self._selector.register(child.stdout, selectors.EVENT_READ, name)
        return child

    def _give_up(self, name: str, watched: Watched) -> NoReturn:
        self._show(0)
        raise StopError(f"{_ended(name, watched)}: {ADVICE}")

    def _show(self, seconds: float) -> None:
        if not self._selector.get_map():
            time.sleep(seconds)
        for key, _events in self._selector.select(seconds):
            chunk = os.read(key.fd, 65536)
            if not chunk:
                self._close(key.fileobj)
            *lines, rest = (self._unfinished[key.data] + chunk).split(b"\n")
            self._unfinished[key.data] = rest
            for line in lines:
                say(f"{key.data:<8}| {line.decode(errors='replace')}")

    def _close(self, pipe: "FileDescriptorLike") -> None:
        self._selector.unregister(pipe)
        if isinstance(pipe, IOBase):
            pipe.close()


def _ended(name: str, watched: Watched) -> str:
    return f"{name} has ended by itself (exit code {watched.child.returncode})"


def _has_left_nothing(watched: Watched) -> bool:
    """Whether what the process started has ended too. It gets a while: a letter may be on its way out."""
    if process.group_lives(watched.child):
        if watched.restarts.seconds_since_end < SECONDS_TO_STOP:
            return False
        process.kill_group(watched.child)
    return True
