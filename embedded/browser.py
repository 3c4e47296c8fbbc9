"""A Chromium for the browser tests: an installed one, else Playwright's, else the system's package."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from embedded.console import StopError, say
from embedded.machine import ROOT
from embedded.steps import run_step

INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLAYWRIGHT = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*")
MISSING = "No Chromium found for the browser tests: `apt install chromium`, or set BROWSER_PATH."


def find_browser() -> str:
    """The path of a Chromium that starts, "" when there is none. BROWSER_PATH in the environment comes first."""
    named = [os.environ.get("BROWSER_PATH", ""), *(shutil.which(name) for name in INSTALLED)]
    caches = [os.environ.get("PLAYWRIGHT_BROWSERS_PATH"), Path.home() / ".cache/ms-playwright"]
    caches.append(Path.home() / "Library/Caches/ms-playwright")
    downloaded = [path for cache in caches if cache for pattern in PLAYWRIGHT for path in Path(cache).glob(pattern)]
    return next((str(path) for path in [*named, *downloaded] if path and _starts(path)), "")


def _starts(path: str | Path) -> bool:
    """A browser whose system libraries are missing cannot even tell its version."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, check=False, timeout=30).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def provide_browser() -> str:
    """Like `find_browser`, and installs one when there is none; "" when that fails too."""
    ways = {"Browser (Playwright)": [[sys.executable, "-m", "playwright", "install", "chromium"]]}
    if os.geteuid() == 0 and shutil.which("apt-get"):
        install = ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"]
        ways["Browser (system package)"] = [["apt-get", "update"], install]
    for name, commands in ways.items():
        if path := find_browser():
            return path
        _try(name, commands)
    return find_browser()


def _try(name: str, commands: list[list[str]]) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        for command in commands:
            run_step(name, command, env=environment, cwd=ROOT, log=ROOT / "var" / "log" / "browser.log")
    except StopError as error:
        say(f"  {error}")
