"""How often a fault may strike: the length of a file, cut off a byte at a time under a lock; and a log of strikes."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def take(budget: Path) -> bool:
    """Use up one of the budget; whether there was one."""
    with _locked(budget) as descriptor:
        left = os.fstat(descriptor).st_size if descriptor is not None else 0
        if descriptor is None or left == 0:
            return False
        os.ftruncate(descriptor, left - 1)
        return True


def grant(budget: Path, times: int) -> None:
    """Allow `times` strikes from now on, whatever was left."""
    budget.parent.mkdir(parents=True, exist_ok=True)
    budget.touch()
    with _locked(budget) as descriptor:
        if descriptor is not None:
            os.ftruncate(descriptor, times)


def left_of(budget: Path) -> int:
    return budget.stat().st_size if budget.exists() else 0


def note(folder: Path, **facts: object) -> None:
    """One line of the fault log. Not forced to disk: only processes die here, not the machine."""
    line = json.dumps({"at": time.time(), **facts}).encode() + b"\n"
    descriptor = os.open(folder / "faults.jsonl", os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o644)
    try:
        os.write(descriptor, line)
    finally:
        os.close(descriptor)


@contextmanager
def _locked(path: Path) -> Iterator[int | None]:
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        yield None
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)
