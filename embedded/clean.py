"""`make clean`: takes away what can be made again; the data of `make run` only when CONFIRM=yes says so."""

import os
import shutil
from pathlib import Path

from embedded.account import system_room
from embedded.console import say
from embedded.machine import ROOT
from embedded.turn import turn
from embedded.venv import VENV

CACHES = (
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".import_linter_cache",
    ".hypothesis",
    "htmlcov",
    "test-results",
)


def clean() -> None:
    """Removes `.venv`, caches and compiled translations; AlreadyRunningError while the site runs here."""
    data_dir = Path(os.environ.get("DATA_DIR") or ROOT / "var").resolve()
    with turn(data_dir, "make clean"):
        for path in [VENV, *(ROOT / name for name in CACHES), *ROOT.glob("locale/*/LC_MESSAGES/*.mo")]:
            _remove(path)
        if os.environ.get("CONFIRM") != "yes":
            say(f"The data stays in {data_dir}. To remove it as well: make clean CONFIRM=yes")
            return
        for path in (system_room(data_dir), data_dir):
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    elif path.exists():
        path.unlink()
    else:
        return
    say(f"Removed {path}")
