"""`make lock`: compiles requirements.in and requirements-dev.in to files with a hash for every package."""

import os
import sys

from embedded.console import guarded
from embedded.machine import ROOT
from embedded.steps import run_step

OPTIONS = ("--universal", "--generate-hashes", "--python-version", "3.11", "--no-emit-index-url", "--quiet")


def main(arguments: list[str]) -> int:
    for name in ("requirements", "requirements-dev"):
        compile_ = [sys.executable, "-m", "uv", "pip", "compile", *OPTIONS, f"{name}.in", "-o", f"{name}.txt"]
        run_step(f"Locking {name}.in", compile_, env=os.environ, cwd=ROOT, log=ROOT / "var" / "log" / "lock.log")
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
