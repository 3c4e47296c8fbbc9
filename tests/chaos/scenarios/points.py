"""L1 to L8: a worker dies at each named moment of a delivery."""

from tests.chaos.judge import Row, spread
from tests.chaos.processes import wait_until
from tests.chaos.trial import Trial, scenario


def die_at(trial: Trial, point: str, *, flagged: bool) -> list[Row]:
    """Let workers die at `point`, `cycles` times, and see every letter through; it is flagged each time, or never."""
    kills = trial.cycles
    trial.allow("kill", point, kills)
    trial.approve(kills + 2)
    trial.must(
        wait_until(lambda: trial.left("kill", point) == 0, seconds=90),
        f"{kills} workers must come to {point} and die there",
    )
    verdict = trial.must_be_clean()
    trial.must(verdict.accepted == verdict.letters, f"each is taken: {verdict.accepted} of {verdict.letters}")
    expected = kills if flagged else 0
    trial.must(
        verdict.times_flagged == expected,
        f"{expected} must be flagged, {verdict.times_flagged} were",
    )
    trial.show(kills=kills, point=point)
    return trial.rows()


def back_in_queue(rows: list[Row], state: str, to: str) -> list[float]:
    """Seconds between coming into `state` and going on from there to `to`."""
    return [
        after - at
        for row in rows
        for (name, at), (next_name, after) in zip(row.moves, row.moves[1:], strict=False)
        if (name, next_name) == (state, to)
    ]


@scenario("L1", "die before the claim is committed")
def die_before_claim(trial: Trial) -> None:
    rows = die_at(trial, "claim", flagged=False)
    trial.must(all(row.attempts == 1 for row in rows), "a claim that was never committed counts no try")


@scenario("L2", "die after the claim, before connecting")
def die_after_claim(trial: Trial) -> None:
    rows = die_at(trial, "claimed", flagged=False)
    waits = trial.cluster.waits
    recovery = back_in_queue(rows, "sending", "queued")
    trial.show(recovery=spread(recovery))
    trial.must(len(recovery) == trial.cycles, "each letter of a dead worker goes back into the queue")
    # A tick of the sweep, and two seconds for a machine that is busy with killing.
    latest = waits.lease + waits.sweep + 2
    trial.must(
        max(recovery, default=0) <= latest, f"back in the queue within {latest} s, not {max(recovery, default=0):.1f}"
    )


@scenario("L3", "die after RCPT, before DATA")
def die_after_rcpt(trial: Trial) -> None:
    die_at(trial, "rcpt", flagged=False)


@scenario("L4", "die after 354, before the body")
def die_before_body(trial: Trial) -> None:
    must_go_again(trial, die_at(trial, "before_body", flagged=True))


@scenario("L5", "die half-way through the body")
def die_within_body(trial: Trial) -> None:
    must_go_again(trial, die_at(trial, "mid_body", flagged=True))


@scenario("L6", "die after the final dot, before the reply")
def die_after_dot(trial: Trial) -> None:
    must_be_found(trial, die_at(trial, "after_dot", flagged=True))


@scenario("L7", "die after 250, before the commit")
def die_after_250(trial: Trial) -> None:
    must_be_found(trial, die_at(trial, "after_250", flagged=True))


@scenario("L8", "die after the commit, before Celery's acknowledgement")
def die_after_commit(trial: Trial) -> None:
    rows = die_at(trial, "committed", flagged=False)
    trial.must(all(row.attempts == 1 for row in rows), "the task that is delivered again finds nothing to do")


def must_go_again(trial: Trial, rows: list[Row]) -> None:
    """The evidence says "absent", and not before the grace is over."""
    waits = back_in_queue(rows, "uncertain", "queued")
    trial.must(len(waits) == trial.cycles, f"evidence says absent {trial.cycles} times, not {len(waits)}")
    trial.show(resolution=spread(waits))
    earliest = min(waits, default=0.0)
    trial.must(earliest >= trial.cluster.waits.grace, f"absent is believed after the grace, not after {earliest:.1f} s")


def must_be_found(trial: Trial, rows: list[Row]) -> None:
    """The evidence says "there", and nothing is sent again."""
    found = back_in_queue(rows, "uncertain", "sent")
    trial.show(resolution=spread(found))
    trial.must(len(found) == trial.cycles, f"evidence finds {trial.cycles} letters, not {len(found)}")
    trial.must(not back_in_queue(rows, "uncertain", "queued"), "none may be sent again")
