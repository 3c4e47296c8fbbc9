"""L11 to L15: Redis forgets, dies, is away; Celery delivers a task several times."""

import time
from collections import Counter

import redis

from campaign.celery import app
from tests.chaos.judge import spread
from tests.chaos.processes import wait_until
from tests.chaos.scenarios.workers import starts
from tests.chaos.trial import Trial, scenario


@scenario("L11", "FLUSHALL again and again")
def flush(trial: Trial) -> None:
    for _ in range(max(4, trial.cycles // 2)):
        trial.approve(3)
        trial.cluster.flush_broker()
        time.sleep(1)
    trial.must_be_clean()
    delays = trial.delays()
    trial.show(delay=spread(delays))
    trial.must(max(delays) <= trial.cluster.waits.poll + 5, f"the next poll finds it, not after {max(delays):.1f} s")


@scenario("L12", "Redis killed and back")
def kill_redis(trial: Trial) -> None:
    """Celery's worker sometimes ends when its Redis dies (kombu 5.7.0: 'NoneType' object has no attribute 'hostname').

    Whoever runs the site needs a watchdog that starts it again, as every service manager has; here the harness is it.
    """
    cluster, waits, restarts = trial.cluster, [], 0
    for _ in range(max(2, trial.cycles // 5)):
        cluster.kill_broker()
        trial.approve(2)
        time.sleep(2)
        cluster.revive_broker()
        back = time.monotonic()
        restarts += cluster.mend()
        trial.must(trial.wait_until_over(seconds=60), "the workers go on within 60 s of Redis")
        waits.append(time.monotonic() - back)
    trial.must_be_clean()
    trial.show(redis_kills=len(waits), workers_restarted_by_watchdog=restarts, recovery=spread(waits))


@scenario("L13", "Redis away while letters are approved")
def approve_without_redis(trial: Trial) -> None:
    cluster, seconds = trial.cluster, []
    cluster.kill_broker()
    for _ in range(max(5, trial.cycles // 2)):
        began = time.monotonic()
        trial.approve(1)
        seconds.append(time.monotonic() - began)
    # Drafting and checking a letter are part of the time: the bound is the stricter for it.
    trial.must(max(seconds) <= 1, f"drafting and approving answer within 1 s each, not {max(seconds):.1f}")
    poller = cluster.start_poller()
    trial.must(trial.wait_until_over(seconds=30), "a poller alone delivers them, without Redis")
    poller.kill()
    cluster.children.remove(poller)
    trial.approve(3)
    cluster.revive_broker()
    trial.must_be_clean()
    trial.show(slowest_approval=round(max(seconds), 2))


@scenario("L14", "a task longer than the visibility timeout")
def outlast_visibility(trial: Trial) -> None:
    cluster, began = trial.cluster, time.time()
    cluster.end("worker")
    patience = cluster.waits.environment["OUTBOX_PATIENCE"].replace(f"drain={cluster.waits.drain}", "drain=6")
    for _ in range(2):
        cluster.start_worker(concurrency=3, CHAOS_VISIBILITY="2", OUTBOX_PATIENCE=patience)
    cluster.wait_for_workers()
    trial.sink.chances({"dot:delay=0.5": 1.0})
    trial.write_many(120)
    trial.must_be_clean(seconds=90)
    runs = Counter(start["id"] for start in starts(trial) if float(str(start["at"])) >= began)
    again = sum(number > 1 for number in runs.values())
    trial.must(again > 0, "some task is delivered twice, else this shows nothing")
    trial.show(tasks_delivered_again=again, most_runs_of_one=max(runs.values()))


@scenario("L15", "the same bell rung a thousand times")
def ring_a_thousand_times(trial: Trial) -> None:
    rings = 1000 if trial.cycles >= 100 else 300
    for _ in range(rings):
        app.send_task("mandates.drain_letters", ignore_result=True)
    trial.approve(3)
    verdict = trial.must_be_clean()
    trial.must(verdict.max_attempts == 1, "each is taken up once")
    began = time.time()
    quiet = wait_until(lambda: _waiting() < 5, seconds=30, every=0.5)
    trial.must(quiet, "the queue empties again")
    trial.show(rings=rings, seconds_to_quiet=round(time.time() - began, 1))


def _waiting() -> int:
    with redis.Redis.from_url(app.conf.broker_url) as client:
        return int(str(client.llen("celery")))
