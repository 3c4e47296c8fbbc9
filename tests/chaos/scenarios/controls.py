"""Controls: what others do, or a wait too short. Each must go wrong here, or the scenarios above prove nothing."""

import json
import sys
import time
from collections import Counter

import psycopg

from campaign.celery import app
from tests.chaos.processes import wait_until
from tests.chaos.trial import Trial, control


@control("C1", "control: send, then mark")
def send_then_mark(trial: Trial) -> None:
    """One process that does what most do, killed after the 250 and started again: it sends again."""
    cluster = trial.cluster
    cluster.end("worker", "beat")
    trial.approve(10)
    trial.allow("kill", "after_250", 5)
    ids = {row.message_id for row in trial.rows()}
    (cluster.folder / "naive-letters").write_text("\n".join(map(str, trial.keys)))
    naive = cluster.start_program("naive", [sys.executable, "-m", "tests.chaos.naive"])
    deaths = 0
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if not naive.is_running:
            if naive.popen.returncode == 0:
                break
            deaths += 1
            naive = cluster.restart(naive)
        time.sleep(0.05)
    cluster.end("naive")
    times = Counter(acceptance.message_id for acceptance in trial.acceptances() if acceptance.message_id in ids)
    doubled = sum(number > 1 for number in times.values())
    trial.show(letters=len(ids), kills=deaths, duplicates=doubled)
    trial.must(doubled > 0, "the naive sender must send some letter twice")
    trial.cluster.query("UPDATE outbox_message SET state = 'cancelled' WHERE id = ANY(%s)", trial.keys)


@control("C2", "control: the log's silence believed")
def hurry(trial: Trial) -> None:
    """The server takes letters late. Somebody who looks into its log before that finds nothing, and sends again."""
    cluster = trial.cluster
    die_and_accept_late(trial)
    verdict = trial.must_be_clean()
    trial.must(verdict.flagged > 0, "what waits for the server's own word meets the same fault")
    die_and_accept_late(trial)
    believed, deadline = 0, time.monotonic() + 15
    while time.monotonic() < deadline:
        rows = cluster.query("SELECT id, message_id FROM outbox_message WHERE id = ANY(%s)", trial.keys)
        log = (cluster.folder / "mainlog").read_text()
        absent = [key for key, message_id in rows if str(message_id).strip("<>") not in log]
        believed += len(
            cluster.query(
                "UPDATE outbox_message SET state = 'queued', next_try_at = clock_timestamp()"
                " WHERE state = 'uncertain' AND id = ANY(%s) RETURNING 1",
                absent,
            )
        )
        time.sleep(0.02)
    trial.wait_until_over(seconds=30)
    verdict = trial.verdict()
    trial.show(believed=believed)
    trial.must(verdict.duplicates, "believing a silent log must send some letter twice")


@control("C3", "control: absence guessed without looking")
def guess(trial: Trial) -> None:
    """Somebody sends again whatever is uncertain, because "it will not have arrived"."""
    cluster = trial.cluster
    # Without evidence, which would often be faster than the guess.
    cluster.end("worker", "beat")
    for _ in range(2):
        cluster.start_worker(EVIDENCE_LOG="")
    cluster.start_beat()
    cluster.wait_for_workers()
    trial.allow("kill", "after_250", 5)
    trial.approve(8)
    guessed = 0
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        guessed += len(
            cluster.query(
                "UPDATE outbox_message SET state = 'queued', next_try_at = clock_timestamp()"
                " WHERE state = 'uncertain' AND id = ANY(%s) RETURNING 1",
                trial.keys,
            )
        )
        time.sleep(0.02)
    trial.wait_until_over(seconds=20)
    verdict = trial.verdict()
    trial.show(guessed=guessed)
    trial.must(verdict.duplicates, "guessing must send some letter twice")


@control("C4", "control: synchronous_commit = off")
def commit_later(trial: Trial) -> None:
    """Rows that PostgreSQL called committed, counted after its death."""
    cluster = trial.cluster
    cluster.end("worker", "beat")
    cluster.query("CREATE TABLE chaos_commits (number integer PRIMARY KEY)")
    missing = {mode: acknowledged_and_missing(trial, mode, first=n * 10**6) for n, mode in enumerate(("on", "off"))}
    trial.show(missing_on=missing["on"], missing_off=missing["off"])
    trial.must(missing["on"] == 0, f"with `on` nothing acknowledged is lost: {missing['on']}")
    trial.must(missing["off"] > 0, "with `off` something acknowledged must be missing")


def acknowledged_and_missing(trial: Trial, mode: str, *, first: int) -> int:
    """How many acknowledged rows are gone after three deaths of PostgreSQL."""
    acknowledged: list[int] = []
    for cycle in range(3):
        with psycopg.connect(trial.cluster.urls["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(f"SET synchronous_commit = {mode}")
            ends = time.monotonic() + 0.7
            number = first + cycle * 10**5
            while time.monotonic() < ends:
                connection.execute("INSERT INTO chaos_commits VALUES (%s)", [number])
                acknowledged.append(number)
                number += 1
            trial.cluster.kill_database()
        trial.cluster.start_database()
    there = {int(str(row[0])) for row in trial.cluster.query("SELECT number FROM chaos_commits")}
    return len(set(acknowledged) - there)


@control("C5", "control: Celery as the ledger")
def keep_work_in_celery(trial: Trial) -> None:
    """Work that is only a task: one FLUSHALL, and most of it was never there."""
    tasks = 500
    for number in range(tasks):
        app.send_task("chaos.ledger", args=[number], ignore_result=True)
    trial.cluster.flush_broker()
    time.sleep(3)
    log = trial.cluster.folder / "ledger.jsonl"
    done = {json.loads(line)["number"] for line in log.read_text().splitlines()} if log.exists() else set()
    trial.show(tasks=tasks, lost_for_ever=tasks - len(done))
    trial.must(len(done) < tasks, "FLUSHALL must lose tasks")


def die_and_accept_late(trial: Trial) -> None:
    """Letters that the server takes only after the lease of their dead senders is over, but well within the grace."""
    waits = trial.cluster.waits
    late = waits.lease + 2 * waits.sweep + 0.5
    trial.sink.chances({f"dot:delay={late}": 1.0}, seed=trial.seed)
    trial.allow("kill", "after_dot", 6)
    trial.approve(6)
    wait_until(lambda: trial.left("kill", "after_dot") == 0, seconds=30)
    # The server decides what happens when the dot has come: what is sent again is taken at once.
    trial.sink.chances({})
