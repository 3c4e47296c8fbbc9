"""The site's own processes: started together, their lines shown under their names, stopped together."""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from embedded import process
from embedded.console import StopError, say

# A worker that is asked to stop finishes the task at hand first.
SECONDS_TO_STOP = 20


class Supervisor:
    def __init__(self, *, cwd: Path, env: Mapping[str, str]) -> None:
        self.cwd = cwd
        self.env = env
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self._unfinished: dict[str, bytes] = {}
        self._selector = selectors.DefaultSelector()

    def start(self, name: str, argv: Sequence[str]) -> None:
        child = process.start(argv, cwd=self.cwd, env=self.env, output=subprocess.PIPE)
        self.children[name] = child
        self._unfinished[name] = b""
        assert child.stdout is not None  # noqa: S101  for the type checker: a pipe was asked for
        self._selector.register(child.stdout, selectors.EVENT_READ, name)

    def watch(self, seconds: float) -> None:
        """Shows what the children say within `seconds`; StopError when one of them has ended."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._show(left)
        for name, child in self.children.items():
            if child.poll() is not None:
                self._show(0)
                raise StopError(f"{name} has ended by itself (exit code {child.returncode}): its last lines say why.")

    def stop(self) -> None:
        """Asks all to end, waits, kills those that do not end; shows their last lines."""
        for child in self.children.values():
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + SECONDS_TO_STOP
        while time.monotonic() < deadline and any(child.poll() is None for child in self.children.values()):
            self._show(0.1)
        for child in self.children.values():
            process.kill_group(child)
        self._show(0)
        self._selector.close()
        for child in self.children.values():
            if child.stdout is not None:
                child.stdout.close()

    def _show(self, seconds: float) -> None:
        if not self._selector.get_map():
            time.sleep(seconds)
        for key, _events in self._selector.select(seconds):
            chunk = os.read(key.fd, 65536)
            if not chunk:
                self._selector.unregister(key.fileobj)
            *lines, rest = (self._unfinished[key.data] + chunk).split(b"\n")
            self._unfinished[key.data] = rest
            for line in lines:
                say(f"{key.data:<8}| {line.decode(errors='replace')}")
