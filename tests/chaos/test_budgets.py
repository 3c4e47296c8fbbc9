import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from embedded.machine import ROOT
from outbox import points
from tests.chaos.budgets import grant, left_of, take
from tests.chaos.siege import POINTS
from tests.project.test_house import PRODUCTION

pytestmark = pytest.mark.slow


def test_budget_is_used_up_and_never_more(tmp_path: Path) -> None:
    budget = tmp_path / "kill" / "after_dot"
    assert not take(budget)
    grant(budget, 3)
    assert [take(budget) for _ in range(4)] == [True, True, True, False]
    assert left_of(budget) == 0


def test_budget_is_shared_exactly(tmp_path: Path) -> None:
    budget = tmp_path / "claim"
    grant(budget, 50)
    taken: list[bool] = []
    threads = [threading.Thread(target=lambda: taken.extend(take(budget) for _ in range(20))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(taken), sum(taken)) == (80, 50)


def test_strike_kills_the_process_at_its_point_and_says_so(tmp_path: Path) -> None:
    grant(tmp_path / "kill" / "rcpt", 1)
    words = "import django; django.setup(); from tests.chaos.killing import strike; strike('claim'); strike('rcpt')"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.chaos.settings", "CHAOS_FOLDER": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", words], cwd=ROOT, env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    [fault] = [json.loads(line) for line in (tmp_path / "faults.jsonl").read_text().splitlines()]
    assert (fault["kind"], fault["point"]) == ("kill", "rcpt")


def test_siege_kills_at_every_point_there_is() -> None:
    assert POINTS == points.NAMES


@pytest.mark.parametrize("module", ["tests.chaos.settings", "tests.chaos.killing"])
def test_harness_cannot_be_imported_with_production_settings(module: str) -> None:
    settings = module if module.endswith("settings") else "campaign.settings"
    environment = {"PATH": os.environ["PATH"], **PRODUCTION, "DJANGO_SETTINGS_MODULE": settings}
    done = subprocess.run(
        [sys.executable, "-c", f"import {module}"], cwd=ROOT, env=environment, capture_output=True, check=False
    )
    assert ImproperlyConfigured.__name__.encode() in done.stderr
    assert b"not for production" in done.stderr
