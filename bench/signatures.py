"""Pages, search, sweep and recount on very many signatures: `python -m bench.signatures`, or `make bench`.

Each figure stands beside the machine's own limit, measured in the same run: for a page one row read by its key, for a
recount one count over an index. Writes docs/figures.md. SIGNATURES=1000000 is the default.
"""

import gc
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import django
from django.core.management import call_command
from django.db import connection

from embedded.engines import throw_away_engines
from embedded.machine import ROOT

REPORT = ROOT / "docs" / "figures.md"


@dataclass(frozen=True)
class Figure:
    """What was measured: its median in seconds, the most seconds it may take, and the limit it stands beside."""

    name: str
    seconds: float
    at_most: float
    limit: str


def clocked(act: Callable[[], Any], *, rounds: int) -> float:
    """The median of `rounds` runs in seconds, after one that nobody counts."""
    act()
    gc.collect()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return median(times)


def sql(statement: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else None


def load(number: int) -> float:
    """The demonstration and `number` invented signatures; the seconds that these took."""
    call_command("migrate", verbosity=0)
    call_command("load_demonstration", verbosity=0)
    began = time.perf_counter()
    call_command("load_signatures", str(number))
    seconds = time.perf_counter() - began
    sql("VACUUM ANALYZE")
    return seconds


def measure() -> tuple[dict[str, float], list[Figure]]:
    # Only now is Django set up, and models can be imported.
    from bench.subjects import Subjects  # noqa: PLC0415  after django.setup()

    subjects = Subjects()
    limits = {
        "row": clocked(subjects.read_row, rounds=300),
        "scan": clocked(subjects.count_index, rounds=5),
        "empty page": clocked(subjects.open_empty_page, rounds=30),
    }
    figures = [
        Figure(name, clocked(act, rounds=rounds), at_most, limit)
        for name, act, rounds, at_most, limit in subjects.all()
    ]
    return limits, figures


def write(number: int, loading: float, limits: dict[str, float], figures: list[Figure]) -> None:
    [[version]] = sql("SHOW server_version")
    lines = [
        "# Figures",
        "",
        f"Measured by `make bench SIGNATURES={number}` on {os.cpu_count()} processors, everything on one machine:",
        f"Python {platform.python_version()}, PostgreSQL {version} without waiting for its disk; medians. Pages are",
        "asked for inside the process, with all their middleware. Each limit was measured in the same run, so that a",
        f"ratio says something on any machine. Others were at work on it too: a load of {os.getloadavg()[1]:.0f}.",
        "",
        "| the machine's limit | milliseconds |",
        "|---|---:|",
        f"| one row of the tally, read by its key | {limits['row'] * 1000:.2f} |",
        f"| `count(*)` over the index of counted signatures | {limits['scan'] * 1000:.1f} |",
        f"| a page of the site that reads no signature (accessibility) | {limits['empty page'] * 1000:.1f} |",
        "",
        f"{number:,} invented signatures were loaded and counted in {loading:.0f} s, {number / loading:,.0f} a second.",
        "",
        "| what | milliseconds | times its limit | its limit |",
        "|---|---:|---:|---|",
    ]
    words = {"row": "one row", "scan": "count over the index", "empty page": "empty page"}
    lines += [
        f"| {one.name} | {one.seconds * 1000:.1f} | {one.seconds / limits[one.limit]:.1f} | {words[one.limit]} |"
        for one in figures
    ]
    REPORT.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


def main() -> int:
    number = int(os.environ.get("SIGNATURES") or 1_000_000)
    with ExitStack() as stack:
        os.environ.update(stack.enter_context(throw_away_engines(os.environ)).urls)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="countersign-bench-")))
        (folder / "static").mkdir()
        os.environ.update(
            COUNTERSIGN_ENV="test", HAS_DEMONSTRATION="1", DATA_DIR=str(folder), LOG_LEVEL="ERROR",
            DJANGO_SETTINGS_MODULE="campaign.settings",
        )  # fmt: skip
        django.setup()
        loading = load(number)
        limits, figures = measure()
        write(number, loading, limits, figures)
        connection.close()
    slow = [one.name for one in figures if one.seconds > one.at_most]
    if slow:
        print(f"Too slow: {', '.join(slow)}")
    return int(bool(slow))


if __name__ == "__main__":
    sys.exit(main())
