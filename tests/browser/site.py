"""The whole site as `make run` starts it: its own engines, web, worker, beat and mailbox, below a folder of its own."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from embedded.ports import free_port

# Every telling of the walk writes to the same mandates, more than a day's real letters.
CAPS = ("PER_MANDATE_WEEK", "PER_RECIPIENT_DAY", "PER_HOUR", "PER_DAY")
ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS_TO_START = 150
SECONDS_TO_STOP = 60


@dataclass(frozen=True)
class Site:
    """Where the site answers, and the accounts of its demonstration."""

    url: str
    data_dir: Path
    process: subprocess.Popen[bytes]

    def account(self, email: str) -> tuple[str, str]:
        """Address and password of a demonstration account."""
        for line in (self.data_dir / "demonstration-accounts.txt").read_text(encoding="utf-8").splitlines():
            words = line.split()
            if email in words:
                return email, words[-1]
        raise LookupError(email)


@contextmanager
def running_site(data_dir: Path) -> Iterator[Site]:
    """`make run`'s own program on a free port; stopped by TERM, which must end it cleanly."""
    port = free_port()
    ours = {"PORT": str(port), "DATA_DIR": str(data_dir), **{f"MANDATES_CAP_{cap}": "1000" for cap in CAPS}}
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "REDIS_URL", "MAILBOX_DIR", "COUNTERSIGN_ENV"} and not name.startswith("PYTEST")
    }
    output = data_dir / "run.log"
    with output.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "embedded", "run"], cwd=ROOT, env={**inherited, **ours}, stdout=log, stderr=log
        )
    try:
        _wait(f"http://127.0.0.1:{port}/health/", process, output)
        yield Site(f"http://127.0.0.1:{port}", data_dir, process)
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=SECONDS_TO_STOP)
    assert code == 0, output.read_text(encoding="utf-8")[-3000:]


def _wait(url: str, process: subprocess.Popen[bytes], output: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310  our own address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise AssertionError(output.read_text(encoding="utf-8")[-3000:])
