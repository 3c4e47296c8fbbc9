"""L9, L10, L16, L31: workers that are told to stop, freeze, multiply or run out of memory."""

import json
import signal
import time
from collections import Counter
from pathlib import Path

from tests.chaos.processes import Child, send, wait_until
from tests.chaos.trial import SkippedError, Trial, scenario

FREEZING = ("claimed", "rcpt", "before_body", "mid_body", "after_dot", "after_250")


@scenario("L9", "SIGTERM, as in a deploy, under load")
def deploy_under_load(trial: Trial) -> None:
    rounds = max(2, trial.cycles // 4)
    trial.sink.chances({"dot:delay=0.05": 1.0})
    ends: list[float] = []
    for _ in range(rounds):
        trial.write_many(100)
        for worker in trial.cluster.workers():
            taken = trial.sink.state()["accepted"]
            wait_until(lambda before=taken: trial.sink.state()["accepted"] > before, seconds=5)  # type: ignore[misc]  # a default binds it in the loop
            ends.append(worker.stop(seconds=40))
            trial.cluster.restart(worker)
        trial.cluster.wait_for_workers()
    verdict = trial.must_be_clean(seconds=60)
    trial.must(verdict.times_flagged == 0, f"nothing becomes uncertain, and {verdict.times_flagged} did")
    trial.must(max(ends) <= 30, f"a worker ends within 30 s, not after {max(ends):.0f}")
    trial.show(terms=len(ends), slowest_end=round(max(ends), 1))


@scenario("L10", "frozen longer than the lease, then awake again")
def wake_zombies(trial: Trial) -> None:
    rounds = max(1, trial.cycles // 10)
    trial.cluster.start_worker(concurrency=2 * len(FREEZING))
    trial.cluster.wait_for_workers()
    dropped = said(trial, "Dropped:")
    for _ in range(rounds):
        before = len(frozen(trial))
        for point in FREEZING:
            trial.allow("stop", point, 1)
        trial.approve(len(FREEZING) + 2)
        stuck = wait_until(lambda count=before: len(frozen(trial)) - count == len(FREEZING), seconds=30)  # type: ignore[misc]  # a default binds it in the loop
        trial.must(stuck, "a worker freezes at each point")
        time.sleep(trial.cluster.waits.lease + trial.cluster.waits.sweep)
        for pid in frozen(trial)[before:]:
            time.sleep(trial.seed % 7 / 10)
            send(pid, signal.SIGCONT)
    trial.must_be_clean(seconds=60)
    refused = said(trial, "Dropped:") - dropped
    trial.must(refused >= rounds * len(FREEZING), f"every zombie's write meets no row; {refused} did")
    trial.show(zombies=rounds * len(FREEZING), refused_writes=refused)


def frozen(trial: Trial) -> list[int]:
    """The process ids that froze themselves so far, from the fault log."""
    log = trial.cluster.folder / "faults.jsonl"
    faults = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    return [fault["pid"] for fault in faults if fault["kind"] == "stop"]


def said(trial: Trial, words: str) -> int:
    return sum(log.read_text(errors="replace").count(words) for log in (trial.cluster.folder / "log").glob("worker*"))


@scenario("L16", "two, then four drainers, and two beats")
def crowd(trial: Trial) -> None:
    cluster = trial.cluster
    began = time.time()
    cluster.start_beat()
    trial.write_many(100)
    for _ in range(2):
        cluster.start_worker()
    cluster.start_poller()
    cluster.wait_for_workers()
    trial.write_many(200)
    verdict = trial.must_be_clean()
    trial.must(verdict.max_attempts == 1, "nobody takes what another has")
    ticks = Counter(start["name"] for start in starts(trial) if float(str(start["at"])) >= began)
    trial.show(workers=4, pollers=1, beats=2, ticks=ticks["mandates.drain_letters"])


def starts(trial: Trial) -> list[dict[str, object]]:
    """Every start of a task, from the log the workers keep."""
    log = trial.cluster.folder / "tasks.jsonl"
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


@scenario("L31", "a letter too large for the worker's memory")
def run_out_of_memory(trial: Trial) -> None:
    cluster = trial.cluster
    spare = 48
    size = max(map(_megabytes, _pool(cluster.workers())), default=0)
    if not size:
        raise SkippedError("the size of a process cannot be read here")
    cluster.end("worker")
    limit = (size + spare) * 1024 * 1024
    for _ in range(2):
        cluster.start_worker(prefix=("prlimit", f"--as={limit}"), OUTBOX_MOST_CRASHES="3")
    if not cluster.wait_for_workers():
        raise SkippedError(f"no worker starts within {size + spare} MiB")
    trial.approve(2)
    large = trial.write_large(20)
    trial.approve(8)
    trial.wait_until_over(seconds=90)
    verdict = trial.verdict()
    [row] = [row for row in trial.rows() if row.message_id == large]
    trial.must(row.state == "failed", f"the large letter has failed, and is {row.state} after {row.attempts} tries")
    trial.must(row.attempts == 3, f"it was tried three times, not {row.attempts}")
    trial.must(verdict.is_clean and verdict.accepted == verdict.letters - 1, f"the others are taken: {verdict}")
    trial.show(limit_mib=size + spare)


def _pool(workers: list[Child]) -> list[int]:
    return [pid for worker in workers for pid in [worker.pid, *worker.children()]]


def _megabytes(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmPeak")), 0)
