"""What this machine must have before anything is installed or started."""

import importlib.util
import shutil
import sys
from pathlib import Path

from embedded.console import StopError

ROOT = Path(__file__).resolve().parent.parent

MEGABYTES_TO_INSTALL = 1000
MEGABYTES_TO_TEST = 1800
MEGABYTES_TO_RUN = 200


def require_disk(folder: Path, megabytes: int) -> None:
    """StopError unless `megabytes` are free on the disk of `folder` (or of its nearest parent that exists)."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < megabytes:
        message = (
            f"The disk of {folder} is full ({free} MB free, {megabytes} MB needed): free some space, then start again."
        )
        raise StopError(message)


def require_venv_module() -> None:
    """StopError when this Python cannot make virtual environments, as on Debian without python3-venv."""
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        message = (
            f"This Python cannot make a virtual environment: `apt install python{version}-venv`, then start again."
        )
        raise StopError(message)
