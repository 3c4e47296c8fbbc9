"""The site's Celery application as it is, rung faster, with the harness listening at the outbox's points.

`celery --app tests.chaos.site worker|beat`. Tasks are the site's own; two of ours serve the controls.
"""

import json
import os
import time
from pathlib import Path
from typing import Any

from celery.signals import task_prerun

from campaign.celery import app
from outbox import points
from tests.chaos.killing import strike

FOLDER = Path(os.environ["CHAOS_FOLDER"])

points.listen(strike)


@task_prerun.connect(weak=False)
def write_down_start(task_id: str, task: Any, **_kwargs: object) -> None:
    """Which task began when: shows redelivery and doubled ticks."""
    _append("tasks.jsonl", {"id": task_id, "name": task.name, "at": time.time()})


@app.task(name="chaos.ledger", acks_late=False)
def work_for_the_ledger(number: int) -> None:
    """What a site would do that keeps its work in Celery alone (control)."""
    time.sleep(0.01)
    _append("ledger.jsonl", {"number": number})


def _append(name: str, facts: dict[str, object]) -> None:
    descriptor = os.open(FOLDER / name, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o644)
    try:
        os.write(descriptor, json.dumps(facts).encode() + b"\n")
    finally:
        os.close(descriptor)
