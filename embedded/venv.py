"""The virtual environment `.venv`: made, filled from the locks, made again when an earlier attempt was interrupted."""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded.console import StopError, say
from embedded.machine import MEGABYTES_TO_INSTALL, MEGABYTES_TO_TEST, ROOT, require_disk, require_venv_module
from embedded.steps import run_step

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# Holds what has been installed to the end. `None` for a lock means: begun, and not known to have ended.
STAMP = VENV / "installed.json"
LOCKS = {"requirements.txt": "Python packages", "requirements-dev.txt": "Packages for tests and lint"}
PIP = ("-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--require-hashes")


def ensure_venv(*, for_development: bool) -> Path:
    """The Python of `.venv`, in which everything in requirements.txt (and requirements-dev.txt) is installed.

    Nothing is done when the locks are what was installed last. Two programs that call this at once take turns.
    """
    names = list(LOCKS) if for_development else list(LOCKS)[:1]
    with _turn():
        stamp = _stamp()
        wanted = {name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in names}
        missing = [name for name in names if stamp.get(name, "") != wanted[name]]
        if missing:
            require_disk(ROOT, MEGABYTES_TO_TEST if for_development else MEGABYTES_TO_INSTALL)
        if None in stamp.values() or not _works():
            stamp, missing = {}, names
            _make()
        for name in missing:
            _write_stamp({**stamp, name: None})
            command = [str(PYTHON), *PIP, "-r", name]
            run_step(LOCKS[name], command, env=_environment(), cwd=ROOT, log=VENV / "install.log")
            stamp[name] = wanted[name]
            _write_stamp(stamp)
    return PYTHON


@contextmanager
def _turn() -> Iterator[None]:
    with (ROOT / "requirements.txt").open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another program that is installing packages here ...")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make() -> None:
    """Make it anew. What lies behind a link belongs to somebody else, and `--clear` would empty it there."""
    if VENV.is_symlink():
        raise StopError(f"{VENV} is a link to {VENV.resolve()}, an environment made elsewhere: it is left alone.")
    require_venv_module()
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    run_step("Virtual environment", command, env=_environment(), cwd=ROOT, log=ROOT / "var" / "log" / "venv.log")


def _works() -> bool:
    """Whether `.venv` is whole, was made at this very path and its Python is still there and new enough."""
    check = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    pip = VENV / "bin" / "pip"
    if not PYTHON.exists() or not pip.exists() or str(VENV) not in pip.read_text(errors="replace"):
        return False
    return subprocess.run([PYTHON, "-c", check], env=_environment(), check=False, capture_output=True).returncode == 0


def _environment() -> dict[str, str]:
    """Ours, less what would send pip or Python to another environment than `.venv`."""
    foreign = {"PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_REQUIRE_VIRTUALENV"}
    return {name: value for name, value in os.environ.items() if name not in foreign | {"__PYVENV_LAUNCHER__"}}


def _stamp() -> dict[str, str | None]:
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _write_stamp(stamp: dict[str, str | None]) -> None:
    draft = STAMP.with_suffix(".new")
    draft.write_text(json.dumps(stamp))
    draft.replace(STAMP)
