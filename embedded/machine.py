"""What this machine must have before anything is installed or started."""

import importlib.util
import os
import shutil
import sys
from pathlib import Path
from typing import NoReturn

from embedded.console import StopError

ROOT = Path(__file__).resolve().parent.parent

MEGABYTES_TO_INSTALL = 1000
MEGABYTES_TO_TEST = 1800
MEGABYTES_TO_RUN = 200


def become(argv: list[str]) -> NoReturn:
    """Turns this process into the program `argv`, started in the checkout."""
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execv(argv[0], argv)


def require_disk(folder: Path, megabytes: int) -> None:
    """StopError unless `megabytes` are free on the disk of `folder` (or of its nearest parent that exists)."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < megabytes:
        amounts = f"{free} MB free, {megabytes} MB needed"
        raise StopError(f"The disk of {folder} is full ({amounts}): free some space, then start again.")


def require_venv_module() -> None:
    """StopError when this Python cannot make virtual environments, as on Debian without python3-venv."""
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise StopError(f"This Python makes no virtual environments: `apt install python{version}-venv`, then again.")
