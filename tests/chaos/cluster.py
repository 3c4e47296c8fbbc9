"""One throw-away site: PostgreSQL and Redis that can be killed, the mail server, workers and beat, on 127.0.0.1."""

import secrets
import shutil
import signal
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import redis as redis_client

from embedded import postgres, process, redis, server
from embedded.account import Account, engine_account, engine_room, system_room
from embedded.ports import Ports, free_port, is_free
from tests.chaos import processes
from tests.chaos.budgets import note
from tests.chaos.processes import Child, send, wait_until
from tests.chaos.sink_control import SinkControl

CAPS = ("MANDATE_WEEK", "RECIPIENT_DAY", "HOUR", "DAY")


@dataclass(frozen=True)
class Waits:
    """The scale of a run in seconds; see `outbox.patience` for what each is in production."""

    connect: float = 2.0
    command: float = 2.0
    body: float = 0.8
    after_dot: float = 1.5
    lease: float = 3.0
    drain: float = 2.0
    minute: float = 1.0
    poll: float = 0.5
    sweep: float = 1.0
    evidence: float = 1.0
    sink_idle: float = 1.5
    grace: float = 5.0

    @property
    def environment(self) -> dict[str, str]:
        names = ("connect", "command", "body", "after_dot", "lease", "drain")
        return {
            "OUTBOX_PATIENCE": ",".join(f"{name}={getattr(self, name)}" for name in names),
            "OUTBOX_MINUTE": str(self.minute),
            "OUTBOX_POLL_SECONDS": str(self.poll),
            "OUTBOX_SWEEP_SECONDS": str(self.sweep),
            "EVIDENCE_SECONDS": str(self.evidence),
            "EVIDENCE_GRACE": str(self.grace),
        }


WAITS = Waits()


@dataclass
class Cluster:
    folder: Path
    account: Account | None
    room: Path
    secrets: dict[str, str]
    ports: Ports
    waits: Waits = WAITS
    database: server.Server | None = None
    broker: server.Server | None = None
    sink: SinkControl | None = None
    children: list[Child] = field(default_factory=list)
    urls: dict[str, str] = field(default_factory=dict)
    outages: list[tuple[str, float]] = field(default_factory=list)
    # The letters of every scenario that is no control.
    judged: list[uuid.UUID] = field(default_factory=list)

    def environment(self, **changes: str) -> dict[str, str]:
        values = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore",
            "COUNTERSIGN_ENV": "test",
            "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
            "CHAOS_FOLDER": str(self.folder),
            "DATA_DIR": str(self.folder),
            "MANDATES_MODE": "live",
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(self.mail_port),
            "SMTP_STARTTLS": "0",
            "EVIDENCE_LOG": str(self.folder / "mainlog"),
            "LOG_LEVEL": "WARNING",
            # Workers die here of our hand, not of a letter: none is poison but in L31.
            "OUTBOX_MOST_CRASHES": "1000",
            # Caps are L29's subject; elsewhere they would only make letters wait.
            **{f"MANDATES_CAP_PER_{name}": "1000000" for name in CAPS},
            **self.secrets,
            **self.waits.environment,
            **self.urls,
        }
        return {**values, **changes}

    @property
    def mail_port(self) -> int:
        return self.ports.remembered("sink")

    def start_database(self) -> None:
        self.database, self.urls["DATABASE_URL"] = postgres.start(
            room=self.room,
            log=self.folder / "log" / "postgres.log",
            account=self.account,
            password=self.secrets["POSTGRES_PASSWORD"],
            ports=self.ports,
        )

    def start_broker(self) -> None:
        self.broker, self.urls["REDIS_URL"] = redis.start(
            room=self.room,
            log=self.folder / "log" / "redis.log",
            account=self.account,
            password=self.secrets["REDIS_PASSWORD"],
            ports=self.ports,
            durable=False,
        )

    def kill_database(self) -> None:
        """SIGKILL to every process of PostgreSQL. It shows recovery from a crash, not from a loss of
        power: the page cache survives."""
        folder = self.room / "postgres"
        while left := process.working_in(folder, postgres.PROGRAMS):
            for pid in left:
                send(pid, signal.SIGKILL)
            if self.database is not None:
                self.database.process.poll()
            time.sleep(0.02)
        if self.database is not None:
            self.database.process.wait()
        note(self.folder, kind="postgres killed")

    def crash_database(self) -> float:
        """Kill and restart; the seconds until it answered again."""
        began = time.monotonic()
        self.kill_database()
        self.start_database()
        self.outages.append(("postgres", time.time()))
        return time.monotonic() - began

    def kill_broker(self) -> None:
        if self.broker is not None:
            self.broker.process.kill()
            self.broker.process.wait()
        note(self.folder, kind="redis killed")

    def revive_broker(self) -> None:
        self.start_broker()
        self.outages.append(("redis", time.time()))

    def flush_broker(self) -> None:
        with redis_client.Redis.from_url(self.urls["REDIS_URL"], socket_timeout=5) as client:
            client.flushall()
        note(self.folder, kind="redis flushed")

    def query(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        """Rows of one statement, each in a connection of its own that survives no crash."""
        with psycopg.connect(self.urls["DATABASE_URL"], autocommit=True, connect_timeout=5) as connection:
            cursor = connection.execute(sql, values or None)
            return list(cursor.fetchall()) if cursor.description else []

    def start_sink(self) -> None:
        port = next(port for port in iter(free_port, 0) if is_free(port + 1))
        self.ports.numbers["sink"] = port
        self._start("sink", processes.sink_command(self.folder, port, self.waits.sink_idle), {})
        self.sink = SinkControl(port + 1)
        self.sink.wait()

    def start_worker(self, *, concurrency: int = 2, prefix: tuple[str, ...] = (), **changes: str) -> Child:
        name = f"worker{sum(child.name.startswith('worker') for child in self.children)}"
        return self._start(name, [*prefix, *processes.worker_command(concurrency)], changes)

    def start_beat(self, **changes: str) -> Child:
        number = sum(child.name.startswith("beat") for child in self.children)
        return self._start(f"beat{number}", processes.beat_command(self.folder / f"schedule{number}"), changes)

    def start_poller(self, *, seconds: float = 0.5, **changes: str) -> Child:
        name = f"poller{sum(child.name.startswith('poller') for child in self.children)}"
        return self._start(name, processes.poller_command(seconds), changes)

    def start_program(self, name: str, argv: list[str], **changes: str) -> Child:
        return self._start(name, argv, changes)

    def restart(self, child: Child) -> Child:
        """The same again after its death."""
        again = processes.start(child.name, child.argv, env={**child.env, **self.urls}, log=child.log)
        self.children[self.children.index(child)] = again
        return again

    def mend(self) -> int:
        """What a service manager does: start again what has ended; how many that were."""
        ended = [child for child in self.children if not child.is_running]
        for child in ended:
            self.restart(child)
        return len(ended)

    def _start(self, name: str, argv: list[str], changes: Mapping[str, str]) -> Child:
        log = self.folder / "log" / f"{name}.log"
        child = processes.start(name, argv, env=self.environment(**changes), log=log)
        self.children.append(child)
        return child

    def workers(self) -> list[Child]:
        return [child for child in self.children if child.name.startswith("worker") and child.is_running]

    def wait_for_workers(self, *, seconds: float = 30) -> bool:
        """Whether every worker has its pool."""
        return wait_until(lambda: all(worker.children() for worker in self.workers()), seconds=seconds)

    def end(self, *names: str) -> None:
        """End the site's processes whose name begins so."""
        for child in [child for child in self.children if child.name.startswith(names)]:
            for pid in child.children():
                send(pid, signal.SIGCONT)
            child.kill()
            self.children.remove(child)

    def stop(self) -> None:
        for child in self.children:
            child.kill()
        for engine in (self.database, self.broker):
            if engine is not None and engine.is_running:
                engine.stop()


@contextmanager
def throw_away_cluster(folder: Path, waits: Waits = WAITS) -> Iterator[Cluster]:
    """The engines and the mail server, running; the caller starts workers. All ends with the block."""
    account = engine_account()
    folder.chmod(0o711)
    (folder / "log").mkdir(exist_ok=True)
    names = ("POSTGRES_PASSWORD", "REDIS_PASSWORD", "SECRET_KEY", "ADDRESS_KEY", "DIGEST_KEY", "LOG_KEY")
    cluster = Cluster(
        folder,
        account,
        engine_room(folder, account),
        {name: secrets.token_urlsafe(48) for name in names},
        Ports(folder / "ports.json"),
        waits,
    )
    try:
        cluster.start_database()
        cluster.start_broker()
        cluster.start_sink()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(system_room(folder), ignore_errors=True)
