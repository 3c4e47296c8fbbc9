"""L17 to L19: PostgreSQL is killed, becomes read-only, ends our sessions, locks us out, or runs full."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg

from tests.chaos.judge import recoveries, spread
from tests.chaos.processes import wait_until
from tests.chaos.trial import Trial, scenario

# Letters that a fault must find waiting; some leave before it takes hold.
WAITING = 100


@scenario("L17", "PostgreSQL killed under load")
def kill_postgres(trial: Trial) -> None:
    trial.sink.chances({"dot:delay=0.05": 1.0})
    cycles, backs = [], []
    for _ in range(max(2, trial.cycles // 4)):
        trial.write_many(100)
        time.sleep(0.5)
        cycles.append(trial.cluster.crash_database())
        backs.append(time.time())
        time.sleep(1)
    trial.must_be_clean(seconds=90)
    waits = recoveries(backs, trial.acceptances())
    trial.show(crashes=len(cycles), crash_and_restart=spread(cycles), recovery=spread(waits))
    trial.must(max(waits) <= 5, f"the first letter leaves within 5 s of PostgreSQL, not after {max(waits):.1f} s")


@scenario("L18", "PostgreSQL dies between 250 and our commit")
def die_on_accept(trial: Trial) -> None:
    crashes = max(2, trial.cycles // 4)
    for _ in range(crashes):
        trial.sink.hold()
        trial.sink.script("*", "dot:accept,hold")
        trial.approve(1)
        trial.must(wait_until(lambda: trial.sink.state()["held"] >= 1, seconds=20), "a letter is taken")
        trial.cluster.kill_database()
        trial.sink.release()
        time.sleep(0.3)
        trial.cluster.start_database()
        trial.cluster.outages.append(("postgres", time.time()))
    verdict = trial.must_be_clean()
    trial.must(verdict.times_flagged == crashes, f"each of {crashes} is flagged, {verdict.times_flagged} were")
    trial.must(verdict.max_attempts == 1, "none is sent again")
    trial.show(crashes=crashes)


@scenario("L19", "PostgreSQL read-only, ending sessions, locked, in deadlock, full")
def starve(trial: Trial) -> None:
    trial.sink.chances({"rcpt:delay=0.1": 1.0})
    for name, fault in FAULTS.items():
        before = trial.sink.state()["accepted"]
        with fault(trial) as must_stand_still:
            if not must_stand_still:
                continue
            during = trial.sink.state()["accepted"]
            time.sleep(2.5)
            after = trial.sink.state()["accepted"]
            trial.show(**{name: after - before})
            if must_stand_still == "still":
                trial.must(after == during, f"{name}: {after - during} left while nothing could be written")
                trial.must(after - before < WAITING, f"{name}: letters must be waiting, else this shows nothing")
        trial.wait_until_over(seconds=40)
    trial.must_be_clean()
    trial.must_be_committing_first()
    alarms = sum(worker.said("ERROR") for worker in trial.cluster.workers())
    trial.must(alarms, "the workers' log says that something is wrong")
    trial.show(alarms=alarms)


@contextmanager
def _read_only(trial: Trial) -> Iterator[str]:
    trial.write_many(WAITING)
    trial.cluster.query("ALTER SYSTEM SET default_transaction_read_only = on")
    trial.cluster.query("SELECT pg_reload_conf()")
    time.sleep(0.5)
    try:
        yield "still"
    finally:
        with psycopg.connect(trial.cluster.urls["DATABASE_URL"], autocommit=True) as connection:
            connection.execute("SET default_transaction_read_only = off")
            connection.execute("ALTER SYSTEM RESET default_transaction_read_only")
            connection.execute("SELECT pg_reload_conf()")


@contextmanager
def _ended_sessions(trial: Trial) -> Iterator[str]:
    """57P01 to every session of the site, again and again."""
    trial.write_many(100)
    for _ in range(10):
        trial.cluster.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'countersign' AND pid <> pg_backend_pid()"
        )
        time.sleep(0.1)
    yield "moving"


@contextmanager
def _locked(trial: Trial) -> Iterator[str]:
    """Somebody holds the whole table, and the site's sessions do not wait longer than a moment."""
    trial.cluster.query("ALTER ROLE CURRENT_USER SET lock_timeout = '300ms'")
    trial.write_many(WAITING)
    try:
        with psycopg.connect(trial.cluster.urls["DATABASE_URL"]) as connection:
            connection.execute("SET lock_timeout = '30s'")
            connection.execute("LOCK TABLE outbox_message IN ACCESS EXCLUSIVE MODE")
            time.sleep(0.3)
            yield "still"
    finally:
        trial.cluster.query("ALTER ROLE CURRENT_USER RESET lock_timeout")


@contextmanager
def _in_deadlock(trial: Trial) -> Iterator[str]:
    """Two sessions that wait for each other across the rows of letters; PostgreSQL ends one of them."""
    first, second = trial.approve(2)
    lock = "SELECT 1 FROM outbox_message WHERE id = %s FOR UPDATE"
    url = trial.cluster.urls["DATABASE_URL"]
    with psycopg.connect(url) as one, psycopg.connect(url) as other:
        one.execute("SET LOCAL deadlock_timeout = '1s'")
        one.execute(lock, [first])
        other.execute(lock, [second])
        other.execute("SET LOCAL lock_timeout = '500ms'")
        with suppress(psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            other.execute(lock, [first])
        other.rollback()
        one.rollback()
        yield "moving"


@contextmanager
def _full(trial: Trial) -> Iterator[str]:
    """The history of moves lies on a disk of 16 MB that is full: no state can change any more."""
    small = trial.cluster.room / "small"
    small.mkdir(exist_ok=True)
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(small)], capture_output=True, check=False
    )
    if not mounted or mounted.returncode != 0:
        trial.show(full_disk="not tried: no small file system can be mounted here")
        yield ""
        return
    try:
        if trial.cluster.account is not None:
            os.chown(small, trial.cluster.account.uid, trial.cluster.account.gid)
        yield from _fill(trial, str(small))
    finally:
        trial.cluster.query("DROP TABLE IF EXISTS chaos_filler")
        trial.wait_until_over(seconds=40)
        trial.cluster.query("ALTER TABLE outbox_lettermove SET TABLESPACE pg_default")
        trial.cluster.query("DROP TABLESPACE IF EXISTS chaos_small")
        subprocess.run(["umount", str(small)], check=False)


def _fill(trial: Trial, small: str) -> Iterator[str]:
    query = trial.cluster.query
    query(f"CREATE TABLESPACE chaos_small LOCATION '{small}'")
    query("ALTER TABLE outbox_lettermove SET TABLESPACE chaos_small")
    query("CREATE TABLE chaos_filler (words text) TABLESPACE chaos_small")
    with suppress(psycopg.errors.DiskFull):
        while True:
            query("INSERT INTO chaos_filler SELECT repeat('x', 2000) FROM generate_series(1, 100)")
    # What is left of the last page of the moves' own file is used up by the first few letters.
    trial.write_many(WAITING)
    time.sleep(3)
    yield "still"


FAULTS = {
    "read_only": _read_only,
    "ended_sessions": _ended_sessions,
    "locked": _locked,
    "deadlock": _in_deadlock,
    "full": _full,
}
