import pytest

from embedded.console import StopError
from tests.chaos.rehearsal import choose
from tests.chaos.reporting import last_line
from tests.chaos.running import Orders
from tests.chaos.trial import Finding, all_scenarios

PLAN = [f"L{number}" for number in range(1, 35)] + ["S1", "S7", "S8", "S12"]

CONTROLS = [f"C{number}" for number in range(1, 9)]


def orders(**environment: str) -> Orders:
    return Orders.read(["letters"], environment)


def test_every_row_of_the_plan_is_a_scenario_and_every_control_is_there() -> None:
    assert [one.id for one in choose(orders())] == [*PLAN, *CONTROLS]
    assert [one.id for one in all_scenarios() if one.is_control] == CONTROLS


def test_siege_plays_the_siege_and_the_controls() -> None:
    chosen = choose(Orders.read(["siege"], {"LETTERS": "50"}))
    assert [one.id for one in chosen] == ["G1", "C1", "C2", "C3", "C4", "C5"]


def test_rush_plays_the_rush_and_its_controls() -> None:
    chosen = choose(Orders.read(["rush"], {"RUSH": "50"}))
    assert [(one.id, one.is_control) for one in chosen] == [("S7", False), ("C6", True), ("C7", True)]


def test_orders_choose_and_refuse_what_does_not_exist() -> None:
    assert [one.id for one in choose(orders(ONLY="S8,L4"))] == ["L4", "S8"]
    with pytest.raises(StopError, match="L99"):
        choose(orders(ONLY="L99"))
    with pytest.raises(StopError, match="numbers"):
        orders(CYCLES="many")


def test_last_line_counts_what_was_skipped_apart() -> None:
    passed, failed = Finding("L1", ""), Finding("L2", "", complaints=["lost"])
    skipped = Finding("L3", "", skipped="no such clock here")
    assert last_line([passed, failed, skipped]) == "1 passed, 1 failed, 1 skipped"
    assert last_line([passed]) == "1 passed, 0 failed"
    assert Finding("L4", "", complaints=["lost"], skipped="and skipped").outcome == "failed"
