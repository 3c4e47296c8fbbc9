import pytest

from tests.chaos.journal import Acceptance
from tests.chaos.judge import Row, judge, percentile, recoveries, spread, windows

FLAGGED = (("queued", 0.0), ("committing", 1.0), ("uncertain", 4.0), ("sent", 9.0))


def row(state: str = "sent", name: str = "<a@x>", **fields: object) -> Row:
    return Row(**{"message_id": name, "state": state, "sha256": "00", "recipient": "r@x", **fields})  # type: ignore[arg-type]  # one dictionary for all fields


def taken(name: str = "<a@x>", *, sha256: str = "00", recipients: tuple[str, ...] = ("r@x",)) -> Acceptance:
    return Acceptance(name, sha256, recipients, at=1.0)


def test_judge_finds_nothing_wrong_with_a_letter_taken_once() -> None:
    verdict = judge([row(attempts=2)], [taken()])
    assert (verdict.is_clean, verdict.letters, verdict.accepted, verdict.max_attempts) == (True, 1, 1, 2)


@pytest.mark.parametrize("state", ["sent", "bounced"])
def test_judge_sees_a_letter_that_was_never_taken_as_lost(state: str) -> None:
    verdict = judge([row(state)], [])
    assert (verdict.lost, verdict.is_honest) == (["<a@x>"], False)


@pytest.mark.parametrize("state", ["queued", "sending", "committing", "deferred"])
@pytest.mark.parametrize("acceptances", [[], [taken()]])
def test_judge_sees_a_letter_still_underway_as_lost(state: str, acceptances: list[Acceptance]) -> None:
    assert judge([row(state)], acceptances).lost == ["<a@x>"]


@pytest.mark.parametrize("state", ["sent", "failed", "queued", "uncertain"])
def test_judge_sees_a_second_acceptance_whatever_the_row_says(state: str) -> None:
    verdict = judge([row(state)], [taken(), taken()])
    assert (verdict.duplicates, verdict.is_honest) == (["<a@x>"], False)


def test_judge_sees_an_uncertain_letter_as_unresolved_and_still_honest() -> None:
    verdict = judge([row("uncertain")], [])
    assert (verdict.unresolved, verdict.is_honest, verdict.is_clean) == (["<a@x>"], True, False)


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_judge_sees_a_letter_that_was_taken_and_is_denied(state: str) -> None:
    assert judge([row(state)], [taken()]).denied == ["<a@x>"]
    assert judge([row(state)], []).is_clean


def test_judge_sees_other_bytes_and_other_recipients() -> None:
    assert judge([row()], [taken(sha256="ff")]).altered == ["<a@x>"]
    assert judge([row()], [taken(recipients=("other@x",))]).misdirected == ["<a@x>"]
    assert judge([row()], [taken(recipients=("r@x", "other@x"))]).misdirected == ["<a@x>"]


def test_judge_sees_mail_that_no_row_knows() -> None:
    both = [taken(), taken("<stranger@x>")]
    assert judge([row()], both).foreign == ["<stranger@x>"]
    assert judge([row()], both, others_may_be_there=True).is_clean


def test_judge_counts_each_time_a_letter_was_flagged() -> None:
    twice = row(moves=(*FLAGGED, ("uncertain", 12.0), ("sent", 13.0)))
    verdict = judge([twice, row(name="<b@x>")], [taken(), taken("<b@x>")])
    assert (verdict.flagged, verdict.times_flagged) == (1, 2)


def test_windows_last_from_committing_to_what_came_next() -> None:
    assert windows([row(moves=FLAGGED), row()]) == [3.0]


def test_recovery_is_the_wait_for_the_next_letter() -> None:
    acceptances = [Acceptance("<a@x>", "00", (), at=at) for at in (1.0, 10.0)]
    assert recoveries([2.0, 10.0, 11.0], acceptances) == [8.0, 0.0]


def test_percentiles_of_few_and_of_none() -> None:
    assert (percentile([], 0.5), percentile([3, 1, 2], 0.5), percentile([3, 1, 2], 0.99)) == (0.0, 2, 3)
    assert spread([]) == {"p50": 0.0, "p99": 0.0, "max": 0.0, "of": 0}
