"""What the database says became of the letters, read without Django so that a crash under us costs one retry."""

import time
import uuid
from collections.abc import Callable, Collection
from typing import TypeVar

import psycopg

from tests.chaos.cluster import Cluster
from tests.chaos.judge import OVER, Row

Answer = TypeVar("Answer")

ROWS = """
    SELECT m.id, m.message_id, m.state, coalesce(d.approved_sha256, m.content_sha256), coalesce(c.value, ''), m.attempts
      FROM outbox_message m
      LEFT JOIN mandates_delivery d ON d.message_id = m.id
      LEFT JOIN mandates_contactpoint c ON c.id = d.contact_point_id
     WHERE m.id = ANY(%s)
"""
MOVES = """
    SELECT pgh_obj_id, state, extract(epoch FROM pgh_created_at)::float
      FROM outbox_lettermove WHERE pgh_obj_id = ANY(%s) ORDER BY pgh_id
"""
OPEN = "SELECT count(*) FROM outbox_message WHERE id = ANY(%s) AND NOT state = ANY(%s)"


def read_rows(cluster: Cluster, keys: Collection[uuid.UUID]) -> list[Row]:
    """The rows of these messages with all their moves."""
    wanted = list(keys)
    moves: dict[object, list[tuple[str, float]]] = {}
    for key, state, at in patiently(lambda: cluster.query(MOVES, wanted)):
        moves.setdefault(key, []).append((str(state), float(str(at))))
    return [
        Row(str(message_id), str(state), str(sha256), str(to), int(str(attempts)), tuple(moves.get(key, ())))
        for key, message_id, state, sha256, to, attempts in patiently(lambda: cluster.query(ROWS, wanted))
    ]


def count_open(cluster: Cluster, keys: Collection[uuid.UUID], *, also_over: Collection[str] = ()) -> int:
    """How many of them something will still happen to. `also_over`: states that count as the end too."""
    [[number]] = patiently(lambda: cluster.query(OPEN, list(keys), [*OVER, *also_over]))
    return int(str(number))


def patiently(ask: Callable[[], Answer], *, seconds: float = 60) -> Answer:
    """The answer, asked again while the database is away."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return ask()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
