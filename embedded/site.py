"""What the site's processes are, and the environment that they share on a developer's machine."""

import hashlib
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

from embedded.console import StopError
from embedded.engines import Engines
from embedded.machine import ROOT
from embedded.ports import Ports, is_free

DEFAULT_PORT = "8000"


def chosen_environment() -> dict[str, str]:
    """What the caller chose: `.env`, then the variables of the process, which win. Empty ones count as unset."""
    chosen = {**dotenv_values(ROOT / ".env"), **os.environ}
    return {name: value for name, value in chosen.items() if value}


def data_dir_of(chosen: Mapping[str, str]) -> Path:
    return Path(chosen.get("DATA_DIR", ROOT / "var")).resolve()


def port_of(chosen: Mapping[str, str]) -> int:
    """The port of the site; StopError when PORT is not one."""
    text = chosen.get("PORT", DEFAULT_PORT)
    if not text.isdecimal() or not 1024 <= int(text) <= 65535:
        raise StopError(f"PORT must be a number from 1024 to 65535, and is {text!r}.")
    return int(text)


def require_free(port: int, *, seconds: float = 0) -> None:
    """StopError when `port` is still in use after `seconds`."""
    deadline = time.monotonic() + seconds
    while not is_free(port) and time.monotonic() < deadline:
        time.sleep(0.2)
    if not is_free(port):
        raise StopError(
            f"Port {port} is in use by another program: stop that, or start with `make run PORT={port + 1}`."
        )


def site_environment(
    chosen: Mapping[str, str], *, data_dir: Path, secrets: Mapping[str, str], engines: Engines
) -> dict[str, str]:
    """The variables of the site's processes: development, mail into the local mailbox, secrets kept in `data_dir`."""
    site_url = f"http://127.0.0.1:{port_of(chosen)}"
    keys = {name: secrets[name] for name in ("SECRET_KEY", "ADDRESS_KEY", "DIGEST_KEY", "LOG_KEY")}
    defaults = {"SITE_URL": site_url, "MANDATES_MODE": "live", "PYTHONUNBUFFERED": "1", **keys}
    fixed = {
        "COUNTERSIGN_ENV": "development",
        "DJANGO_SETTINGS_MODULE": "campaign.settings",
        "DATA_DIR": str(data_dir),
        "MAILBOX_DIR": str(data_dir / "mailbox"),
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(Ports(data_dir / "ports.json").remembered("mailbox")),
        "DATABASE_POOL": "0",
        **engines.urls,
    }
    return {**defaults, **chosen, **fixed}


def processes(port: int, data_dir: Path) -> dict[str, list[str]]:
    """The commands by name. The pool of database connections is for the web alone: Celery's processes fork."""
    python = sys.executable
    # As root the worker would fill the screen with a warning about unpickling, which it does not do.
    silent = ("-W", "ignore:You're running the worker with superuser privileges")
    celery = [python, *silent, "-m", "celery", "--app", "campaign", "--quiet"]
    gunicorn = [python, "-m", "gunicorn", "campaign.wsgi", "--bind", f"127.0.0.1:{port}"]
    # A thread gets whole requests only: campaign/serving.py.
    gunicorn += ["--worker-class", "campaign.serving.Worker", "--worker-connections", "5000"]
    # There is one worker: nobody to meet at the start, nobody who listens to its heart.
    alone = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    return {
        "web": ["env", "DATABASE_POOL=1", *gunicorn, "--workers", "2", "--threads", "4", "--no-control-socket"],
        "worker": [*celery, "worker", "--concurrency", "2", "--queues", "celery", *alone],
        "beat": [*celery, "beat", "--schedule", str(data_dir / "beat" / "schedule"), "--pidfile="],
        "mailbox": [python, "manage.py", "run_mailbox"],
    }


def static_fingerprint() -> str:
    """Changes whenever something that collectstatic gathers may have changed."""
    files = [path for path in sorted((ROOT / "static").rglob("*")) if path.is_file()]
    facts = [f"{path.relative_to(ROOT)} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files]
    lock = (ROOT / "requirements.txt").read_bytes()
    return hashlib.sha256("\n".join(facts).encode() + lock).hexdigest()
