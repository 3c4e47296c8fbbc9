"""L26 and L27: a worker's clock, or the database's, is wrong. Needs libfaketime (`apt install faketime`)."""

import os
import shutil
import time
import uuid
from pathlib import Path

from embedded.programs import ENVIRONMENT
from tests.chaos.trial import SkippedError, Trial, scenario

LIBRARIES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib/faketime/libfaketimeMT.so.1")


def library() -> str:
    """The library for programs with threads. Raises `SkippedError` when there is none."""
    for pattern in LIBRARIES:
        for path in Path("/").glob(pattern.lstrip("/")):
            return str(path)
    raise SkippedError("libfaketime is not installed (`apt install faketime`), and no clock can be set without it")


@scenario("L26", "workers whose clock is a month ahead, and then right again")
def run_ahead(trial: Trial) -> None:
    preload, cluster = library(), trial.cluster
    if shutil.which("faketime") is None:
        raise SkippedError("the program faketime is not installed")
    later = _put_off_an_hour(trial)
    cluster.end("worker")
    for _ in range(2):
        cluster.start_worker(LD_PRELOAD=preload, FAKETIME="+30d", DONT_FAKE_MONOTONIC="0")
    if not cluster.wait_for_workers(seconds=40):
        raise SkippedError("no worker starts under libfaketime here")
    trial.allow("kill", "after_250", 2)
    trial.allow("kill", "claimed", 2)
    trial.approve(8)
    trial.keys.remove(later)
    trial.must_be_clean(seconds=60)
    cluster.end("worker")
    for _ in range(2):
        cluster.start_worker()
    trial.approve(4)
    trial.must_be_clean()
    [row] = trial.rows([later])
    trial.must((row.state, row.attempts) == ("queued", 0), f"what is due in an hour has waited: {row.state}")
    cluster.query("UPDATE outbox_message SET state = 'cancelled' WHERE id = %s", later)


def _put_off_an_hour(trial: Trial) -> uuid.UUID:
    """A letter that is due in an hour by the database's clock."""
    trial.cluster.end("worker")
    [key] = trial.approve(1)
    trial.cluster.query(
        "UPDATE outbox_message SET next_try_at = clock_timestamp() + interval '1 hour' WHERE id = %s", key
    )
    return key


@scenario("L27", "the database's clock jumps two hours ahead, and back")
def jump(trial: Trial) -> None:
    preload, cluster = library(), trial.cluster
    clock = cluster.room / "clock"
    clock.write_text("+0\n")
    if cluster.account is not None:
        os.chown(clock, cluster.account.uid, cluster.account.gid)
    _restart_database(trial, {"LD_PRELOAD": preload, "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1"})
    try:
        _jump_within(trial, clock)
    finally:
        _restart_database(trial, {})


def _jump_within(trial: Trial, clock: Path) -> None:
    trial.sink.chances({"dot:delay=0.6": 1.0})
    real = time.time()
    trial.write_many(60)
    for shift in ("+2h", "+0", "+2h", "+0"):
        time.sleep(1.5)
        clock.write_text(shift + "\n")
        [[now]] = trial.cluster.query("SELECT extract(epoch FROM clock_timestamp())::float")
        seen = float(str(now)) - time.time()
        if abs(seen - (7200 if shift == "+2h" else 0)) > 60:
            raise SkippedError(
                f"the database's clock does not follow libfaketime here: {seen:.0f} s instead of {shift}"
            )
    trial.sink.chances({})
    # What is leased or put off until a time two hours ahead waits that long when the clock is right again: the clock
    # goes ahead once more, as it would have done by itself.
    trial.wait_until_over(seconds=20, also_over={"uncertain"})
    behind = len([row for row in trial.rows() if row.state not in {"sent", "uncertain"}])
    clock.write_text("+3h\n")
    trial.wait_until_over(seconds=40, also_over={"uncertain"})
    verdict = trial.verdict()
    trial.must(verdict.is_honest, f"nothing may be lost or doubled: {verdict}")
    trial.show(waiting_after_the_jump_back=behind, seconds=round(time.time() - real))
    clock.write_text("+0\n")


def _restart_database(trial: Trial, environment: dict[str, str]) -> None:
    cluster = trial.cluster
    for name in ("LD_PRELOAD", "FAKETIME_TIMESTAMP_FILE", "FAKETIME_NO_CACHE"):
        ENVIRONMENT.pop(name, None)
    if cluster.database is not None:
        cluster.database.stop()
    ENVIRONMENT.update(environment)
    try:
        cluster.start_database()
    finally:
        for name in environment:
            ENVIRONMENT.pop(name, None)
