"""Processes that work for the site and die by SIGKILL, one for each line on the standard input:

    drain after_250     sends mail, and dies when it first comes to that point of the outbox
    updates 37 5        writes updates in batches of 5, and dies before its 37th statement
    updates 0 5         the same without dying

For each the answer is a line: how it ended (-9 when it was killed) and how many statements it made. They work on the
test's own database, by `TEST_DATABASE`; only loading Django is shared, and no connection is open when they part.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign.settings")
settings.DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
django.setup()

from django.db import connection
from django.utils import timezone

from outbox import delivery, points
from petitions.actions import send_updates, update_sending


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def drain(point: str) -> None:
    points.listen(lambda name: die() if name == point else None)
    delivery.drain(lane="post")


def updates(deadly: int, batch: int) -> None:
    update_sending.BATCH = batch
    done = 0

    def count(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal done
        done += 1
        if done == deadly:
            die()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        send_updates(now=timezone.now())
    sys.stdout.write(f"{done} ")
    sys.stdout.flush()


def live(words: list[str]) -> None:
    if words[0] == "drain":
        drain(words[1])
    else:
        updates(int(words[1]), int(words[2]))


if __name__ == "__main__":
    for line in sys.stdin:
        child = os.fork()
        if not child:
            live(line.split())
            os._exit(0)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(f"{ended}\n")
        sys.stdout.flush()
