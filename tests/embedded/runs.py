"""`python -m embedded.run` in a folder of its own, until the block ends."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded.machine import ROOT

# On a machine that is busy with other tests too.
SECONDS_TO_START = 240
SECONDS_TO_STOP = 60
CHOSEN = {"DATABASE_URL", "REDIS_URL", "MAILBOX_DIR", "COUNTERSIGN_ENV", "DJANGO_SETTINGS_MODULE"}


def environment(data_dir: Path, **chosen: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name not in CHOSEN}
    return {**inherited, "DATA_DIR": str(data_dir), **chosen}


def processes_of(data_dir: Path) -> list[str]:
    """Every process, ours or an engine, that works on `data_dir`."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            variables = (entry / "environ").read_bytes().split(b"\0")
            at_work = (entry / "cwd").readlink().is_relative_to(data_dir)
        except OSError:
            continue
        if line and (at_work or f"DATA_DIR={data_dir}".encode() in variables):
            found.append(line)
    return found


@contextmanager
def running(data_dir: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    log = data_dir.parent / "output.log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "embedded.run"]
        variables = environment(data_dir, PORT=str(port))
        process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=output, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + SECONDS_TO_START
        while "Ctrl-C stops everything" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        yield process
    finally:
        process.kill()
        process.wait()
        wait_until_nothing_works_on(data_dir)


def status_of(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def wait_until_nothing_works_on(data_dir: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_STOP
    while processes_of(data_dir) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert processes_of(data_dir) == []
