"""The doorbell: tells Celery to look now. Work to do is a row already, so a bell that fails to ring loses nothing."""

import logging
import time
from functools import partial

from celery import Task, current_app
from django.db import transaction
from kombu import pools
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

# A person is waiting for the page: a broker that does not answer at once is left alone for a while.
ANSWER_WITHIN = {"socket_connect_timeout": 0.7, "socket_timeout": 0.7, "max_retries": 0}
QUIET_SECONDS = 5.0
_quiet_until = 0.0


def ring_on_commit(task: "str | Task[..., object]") -> None:
    """Nudge a Celery task, by its name or itself, without arguments, once the caller's transaction has committed.

    A broker that is down or silent costs at most two seconds, is logged and ignored: beat sweeps.
    """
    name = task if isinstance(task, str) else task.name
    transaction.on_commit(partial(_ring, name))


def _ring(name: str) -> None:
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    try:
        connection = current_app.connection_for_write(transport_options=ANSWER_WITHIN)
        with pools.producers[connection].acquire(block=True, timeout=1) as producer:
            current_app.send_task(name, producer=producer, ignore_result=True, retry=False)
    except OperationalError as error:
        _quiet_until = time.monotonic() + QUIET_SECONDS
        logger.warning("The broker does not answer; %s waits for the next sweep: %s", name, error)
