from typing import Any

import pytest
from django.core.checks import Tags, run_checks

from outbox.leasing import jittered, wait_after
from outbox.patience import Patience, current_patience, why_unsafe


def test_patience_is_what_the_installation_says(settings: Any) -> None:
    assert current_patience() == Patience()
    settings.OUTBOX_PATIENCE = {"lease": 6.0, "after_dot": 3.0}
    assert current_patience() == Patience(lease=6, after_dot=3)


def test_patience_of_an_unknown_name_is_refused(settings: Any) -> None:
    settings.OUTBOX_PATIENCE = {"leese": 6.0}
    with pytest.raises(ValueError, match="leese"):
        current_patience()
    assert [problem.id for problem in run_checks(tags=[Tags.security])] == ["outbox.E004"]


def test_the_waits_we_ship_are_safe() -> None:
    assert why_unsafe(current_patience()) == ""


@pytest.mark.parametrize(
    ("given", "grace", "minute", "why"),
    [
        ({"lease": 720.0}, 1200, 60, "lease must be longer"),
        ({"lease": 1200.0}, 1200, 60, "EVIDENCE_GRACE"),
        ({"after_dot": 60.0}, 1200, 60, "RFC 5321"),
        ({}, 1200, 1, "sixty seconds"),
    ],
)
def test_unsafe_waits_are_refused_in_production_only(
    settings: Any, given: dict[str, float], grace: float, minute: float, why: str
) -> None:
    settings.OUTBOX_PATIENCE, settings.EVIDENCE_GRACE, settings.OUTBOX_MINUTE = given, grace, minute
    assert why in why_unsafe(current_patience())
    assert not [problem for problem in run_checks(tags=[Tags.security]) if problem.id == "outbox.E004"]
    settings.IS_PRODUCTION, settings.MAILBOX_DIR = True, ""
    assert [problem for problem in run_checks(tags=[Tags.security]) if problem.id == "outbox.E004"]


def test_a_squeezed_minute_shortens_the_wait_after_a_refusal(settings: Any) -> None:
    settings.OUTBOX_MINUTE = 0.6
    wait = wait_after(1)
    assert wait is not None
    assert 0.48 <= jittered(wait).total_seconds() <= 0.72
