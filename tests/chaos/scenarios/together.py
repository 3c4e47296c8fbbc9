"""L34 and G1: everything at once, small and in full."""

from collections.abc import Callable

from embedded.console import say
from tests.chaos.judge import spread, windows
from tests.chaos.siege import Siege
from tests.chaos.trial import Scenario, Trial, scenario


@scenario("L34", "everything at once")
def everything(trial: Trial) -> None:
    lay_siege(trial, count=max(200, trial.cycles * 20), tell=lambda _line: None)


def siege_of(count: int) -> Scenario:
    """G1 with that many letters."""

    def play(trial: Trial) -> None:
        lay_siege(trial, count=count, tell=say)

    return Scenario("G1", f"{count} letters, everything at once", play)


def lay_siege(trial: Trial, *, count: int, tell: Callable[[str], None]) -> None:
    siege = Siege(trial.cluster, letters=count, seed=trial.seed)
    siege.run(tell)
    trial.keys = siege.keys
    verdict = trial.verdict()
    trial.must(verdict.is_clean, f"nothing may be lost, doubled or left open: {verdict}")
    trial.must(verdict.accepted == verdict.letters, f"each is taken once: {verdict.accepted} of {verdict.letters}")
    trial.must(siege.is_enough, f"every fault was made as often as asked: {dict(siege.counts)} of {siege.wanted}")
    trial.show(
        **{f"faults_{kind}": number for kind, number in siege.counts.items()},
        seconds=round(siege.seconds, 1),
        letters_per_second=round(count / siege.seconds, 1),
        window=spread(windows(trial.rows())),
    )
