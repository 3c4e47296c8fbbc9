"""The site outlives the death of what it stands on: `kill -9` of Redis, of PostgreSQL, of its own processes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from redis import Redis, RedisError

from embedded import postgres, redis
from embedded.account import engine_account, engine_room
from embedded.machine import ROOT
from embedded.ports import free_port
from embedded.process import working_in
from embedded.secrets import keep_secrets
from tests.embedded.places import ask, open_folder
from tests.embedded.runs import SECONDS_TO_STOP, environment, processes_of, running, status_of

SECONDS_TO_RECOVER = 60
AGAIN = "starting it again (1 of 5 times in 10 minutes)."


def wait_for(is_so: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_RECOVER
    while not is_so():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.2)


def database_of(data_dir: Path) -> str:
    port = json.loads((data_dir / "ports.json").read_text())[postgres.NAME]
    return postgres.url(port, keep_secrets(data_dir / "secrets.env")["POSTGRES_PASSWORD"])


def redis_answers(data_dir: Path) -> bool:
    port = json.loads((data_dir / "ports.json").read_text())[redis.NAME]
    with Redis.from_url(redis.url(port, keep_secrets(data_dir / "secrets.env")["REDIS_PASSWORD"])) as client:
        try:
            return bool(client.ping())
        except RedisError:
            return False


def kill_engine(folder: Path, programs: frozenset[str]) -> None:
    """The server itself: of PostgreSQL's processes the one whose number its lock file names."""
    lock = folder / "postmaster.pid"
    pid = int(lock.read_text().split()[0]) if lock.exists() else working_in(folder, programs)[0]
    os.kill(pid, signal.SIGKILL)


def kill_worker(data_dir: Path) -> None:
    """The worker's first process."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line, variables = (entry / "cmdline").read_bytes(), (entry / "environ").read_bytes()
            session = int((entry / "stat").read_text().rpartition(")")[2].split()[3])
        except OSError:
            continue
        if b"celery" in line and b"\0worker\0" in line and f"DATA_DIR={data_dir}".encode() in variables.split(b"\0"):
            os.kill(session, signal.SIGKILL)  # each child of the supervisor leads a session of its own
            return
    raise AssertionError("no worker")


def send_mail(data_dir: Path, port: int, to: str) -> None:
    """An e-mail into the outbox; the worker sends it, once beat has rung through Redis."""
    command = [sys.executable, "-m", "embedded.manage", "sendtestemail", to]
    subprocess.run(command, cwd=ROOT, env=environment(data_dir, PORT=str(port)), check=True, capture_output=True)


def has_arrived(data_dir: Path, to: str) -> bool:
    return any(to.encode() in path.read_bytes() for path in (data_dir / "mailbox" / "new").iterdir())


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_run_outlives_its_engines_and_its_worker_with_its_data() -> None:
    with open_folder() as folder:
        data_dir, log, port = folder / "var", folder / "output.log", free_port()
        with running(data_dir, port) as site:
            room = engine_room(data_dir, engine_account())
            url = database_of(data_dir)
            kill_engine(room / "redis", redis.PROGRAMS)
            wait_for(lambda: "Redis" in log.read_text() and AGAIN in log.read_text(), log)
            wait_for(lambda: redis_answers(data_dir), log)
            send_mail(data_dir, port, "after-redis@people.example")
            wait_for(lambda: has_arrived(data_dir, "after-redis@people.example"), log)

            ask(url, "CREATE TABLE kept AS SELECT 7 AS number")
            kill_engine(room / "postgres", postgres.PROGRAMS)
            wait_for(lambda: log.read_text().count(AGAIN) == 2, log)
            wait_for(lambda: status_of(port, "/health/") == 200, log)
            assert ask(url, "SELECT number FROM kept") == 7
            assert [status_of(port, path) for path in ("/", "/fa/", "/mailbox/")] == [200] * 3

            kill_worker(data_dir)
            wait_for(lambda: "worker has ended by itself (exit code -9)" in log.read_text(), log)
            send_mail(data_dir, port, "after-worker@people.example")
            wait_for(lambda: has_arrived(data_dir, "after-worker@people.example"), log)

            began = time.monotonic()
            site.send_signal(signal.SIGTERM)
            assert site.wait(SECONDS_TO_STOP) == 0
            assert time.monotonic() - began < 30
            assert processes_of(data_dir) == []
