"""One step of the work: a program that runs to its end while we show that it moves."""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from embedded import process
from embedded.console import StopError, say
from embedded.explain import explain

SECONDS_BETWEEN_SIGNS_OF_LIFE = 5.0


@contextmanager
def step(name: str) -> Iterator[None]:
    """Says what begins, and how long it took."""
    say(f"{name} ...", end="")
    began = time.monotonic()
    try:
        yield
    except BaseException:
        say()
        raise
    say(f" {time.monotonic() - began:.1f} s")


def run_step(name: str, argv: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path) -> str:
    """The output of a program that must succeed; StopError with the cause in one line when it does not.

    The whole output is kept in `log` when it failed. A long step says every five seconds what it is doing.
    """
    with step(name):
        child = process.start(argv, cwd=cwd, env=env, output=subprocess.PIPE)
        try:
            output = _follow(child)
        except BaseException:
            process.stop(child, signal.SIGTERM, seconds=10)
            raise
        if child.wait() != 0:
            log.parent.mkdir(parents=True, exist_ok=True)
            log.write_text(output)
            raise StopError(explain(output, otherwise=f"{name} failed (whole output: {log})"))
    return output


def _follow(child: subprocess.Popen[bytes]) -> str:
    assert child.stdout is not None  # noqa: S101  for the type checker: a pipe was asked for
    began = last_sign = time.monotonic()
    output = bytearray()
    with child.stdout as pipe, selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            if selector.select(1.0):
                chunk = os.read(pipe.fileno(), 65536)
                if not chunk:
                    return output.decode(errors="replace")
                output += chunk
            now = time.monotonic()
            if now - last_sign >= SECONDS_BETWEEN_SIGNS_OF_LIFE:
                last_sign = now
                say(f"\n  {now - began:3.0f} s  {_last_line(output)}", end="")


def _last_line(output: bytearray) -> str:
    lines = output[-4000:].decode(errors="replace").split("\n")[:-1]
    return next((line.strip()[:100] for line in reversed(lines) if line.strip()), "")
