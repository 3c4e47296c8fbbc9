"""S7, S12: 64 people sign at once over HTTP while PostgreSQL is killed, or the site reloaded; and two controls."""

from collections.abc import Callable

from embedded.console import say
from tests.chaos.judge import spread
from tests.chaos.rush import Rush
from tests.chaos.trial import Scenario, Trial, control, scenario

# A killed PostgreSQL loses what it had not handed to the system yet, less than a page of its log: four kills may lose
# nothing by luck, four times as many hardly.
MOST_RUSHES = 4
MISSING = "not there"


@scenario("S7", "64 sign at once, PostgreSQL killed")
def sign_in_a_rush(trial: Trial) -> None:
    rush_in(trial, count=max(150, trial.cycles * 15), tell=lambda _line: None)


def rush_of(count: int) -> Scenario:
    """S7 with that many people."""

    def play(trial: Trial) -> None:
        rush_in(trial, count=count, tell=say)

    return Scenario("S7", f"{count} sign from 64 clients, PostgreSQL killed", play)


def rush_in(trial: Trial, *, count: int, tell: Callable[[str], None]) -> None:
    # The mails wait in the outbox, where the people read them: sending is another scenario's subject.
    trial.cluster.end("worker", "beat")
    rush = Rush(trial.cluster, number=count, kills=2 if count < 1000 else 4)
    rush.run(tell)
    for words in rush.complaints():
        trial.must(False, words)
    trial.must(rush.done_kills >= 2, f"PostgreSQL is killed at least twice, not {rush.done_kills} times")
    trial.show(
        signatures=len(rush.acknowledged),
        kills=rush.done_kills,
        refused_by_503=rush.errors["503"],
        other_errors={name: number for name, number in rush.errors.items() if name != "503"},
        outage=spread(rush.outages),
        signatures_per_second=round(count / rush.seconds, 1),
    )


@scenario("S12", "64 sign at once, the site reloaded")
def reload_under_load(trial: Trial) -> None:
    """Nobody notices a deployment: no request is answered by an error, or by nothing."""
    trial.cluster.end("worker", "beat")
    rush = Rush(trial.cluster, number=max(200, trial.cycles * 20), reloads=20)
    rush.run(lambda _line: None)
    for words in rush.complaints():
        trial.must(False, words)
    trial.must(rush.done_reloads == 20, f"the site is reloaded 20 times, not {rush.done_reloads} times")
    trial.must(not rush.errors, f"no request fails: {dict(rush.errors)}")
    trial.show(signatures=len(rush.acknowledged), reloads=rush.done_reloads)


@control("C6", "control: a counter raised by each request")
def count_requests(trial: Trial) -> None:
    """One more for each request, sent again ones too, which is what a count that does not come from rows amounts to."""
    trial.cluster.end("worker", "beat")
    rush = Rush(trial.cluster, number=150, kills=4)
    rush.run(lambda _line: None)
    trial.show(pressed=rush.pressed, signed=rush.number)
    trial.must(rush.pressed > rush.number, "a counter raised by each request must count somebody twice")


@control("C7", "control: signing with synchronous_commit = off")
def acknowledge_too_early(trial: Trial) -> None:
    """What is answered before it is on disk is missing after the kill, and the check of S7 must say so."""
    cluster = trial.cluster
    cluster.end("worker", "beat")
    # What PostgreSQL writes by itself soon after is put off too, so that few signatures a second suffice to show it.
    cluster.query("ALTER SYSTEM SET wal_writer_delay = '10s'")
    cluster.query("SELECT pg_reload_conf()")
    cluster.query("ALTER DATABASE countersign SET synchronous_commit = off")
    try:
        for _time in range(MOST_RUSHES):
            rush = Rush(cluster, number=200, kills=4, patience=20)
            rush.run(lambda _line: None)
            found = rush.complaints()
            if any(MISSING in words for words in found):
                break
    finally:
        cluster.query("ALTER DATABASE countersign RESET synchronous_commit")
        cluster.query("ALTER SYSTEM RESET wal_writer_delay")
        cluster.query("SELECT pg_reload_conf()")
    trial.show(found=found)
    trial.must(any(MISSING in words for words in found), "something acknowledged must be missing")
