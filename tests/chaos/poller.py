"""Work without Celery: the site's tasks, called in turn, without a broker: `python -m tests.chaos.poller SECONDS`."""

import logging
import sys
import time

import django
from django.db import DatabaseError, connections

django.setup()

from mandates.tasks import drain_letters
from outbox import points, tasks
from tests.chaos.killing import strike

points.listen(strike)
logger = logging.getLogger("tests.chaos.poller")
BELLS = (drain_letters, tasks.drain_post, tasks.release_expired_leases, tasks.resolve_by_evidence)


def look() -> None:
    """Every bell once, as a worker would: an error ends that task alone, and its connection."""
    for bell in BELLS:
        try:
            bell()
        except DatabaseError as error:
            logger.warning("%s: %s", bell.name, error)
        finally:
            connections.close_all()


if __name__ == "__main__":
    while True:
        look()
        time.sleep(float(sys.argv[1]))
