"""One run of the harness: a cluster, the scenarios in turn, the last line and the report."""

import os
import random
import signal
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import django
from django.core.management import call_command

from embedded.console import StopError, guarded, say
from tests.chaos.cluster import Cluster, throw_away_cluster


@dataclass(frozen=True)
class Orders:
    """What the caller asks for."""

    command: str
    cycles: int
    letters: int
    rush: int
    seed: int
    only: tuple[str, ...]

    @classmethod
    def read(cls, arguments: Sequence[str], environment: Mapping[str, str]) -> "Orders":
        """CYCLES, LETTERS, RUSH, SEED, ONLY=L4,L7 from the environment. Raises `StopError` for a value that is none."""
        try:
            return cls(
                command=arguments[0] if arguments else "letters",
                cycles=int(environment.get("CYCLES") or 10),
                letters=int(environment.get("LETTERS") or 20_000),
                rush=int(environment.get("RUSH") or 2_000),
                seed=int(environment.get("SEED") or random.SystemRandom().randrange(10**6)),
                only=tuple(word for word in environment.get("ONLY", "").split(",") if word),
            )
        except ValueError as error:
            raise StopError(f"CYCLES, LETTERS, RUSH and SEED are numbers: {error}.") from None


def run(orders: Orders) -> int:
    return guarded(lambda _arguments: _run(orders))


def _run(orders: Orders) -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="countersign-chaos-", ignore_cleanup_errors=True) as folder,
        throw_away_cluster(Path(folder).resolve()) as cluster,
    ):
        set_up(cluster)
        say(f"Cluster ready after {time.monotonic() - began:.1f} s; SEED={orders.seed} in {folder}")
        # Only now is Django set up, and models can be imported.
        rehearsal = import_module("tests.chaos.rehearsal")
        return int(rehearsal.play(cluster, orders))


def set_up(cluster: Cluster) -> None:
    """Make this process part of the site, and the tables."""
    os.environ.update(cluster.environment())
    django.setup()
    call_command("migrate", verbosity=0)
