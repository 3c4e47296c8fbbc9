"""`make lint`: every check in turn, all of them even when one fails; each a line with its seconds."""

import os
import sys

from embedded.console import StopError, guarded, say
from embedded.machine import ROOT
from embedded.steps import run_step

CHECKS = {
    "Lint (ruff)": ("-m", "ruff", "check", "."),
    "Format (ruff)": ("-m", "ruff", "format", "--check", "."),
    "Types (mypy)": ("-m", "mypy", "."),
    "Templates (djlint)": ("-m", "djlint", "templates", "--lint", "--quiet"),
    "Floors (import-linter)": ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"),
    "Models and migrations": ("manage.py", "makemigrations", "--check", "--dry-run"),
}


def main(arguments: list[str]) -> int:
    # No check needs a database; Django only wants to warn that there is none.
    environment = {**os.environ, "COUNTERSIGN_ENV": "test", "PYTHONWARNINGS": "ignore::RuntimeWarning"}
    failed = []
    for name, arguments_ in CHECKS.items():
        log = ROOT / "var" / "log" / "lint.log"
        try:
            run_step(name, [sys.executable, *arguments_], env=environment, cwd=ROOT, log=log)
        except StopError:
            say(log.read_text())
            failed.append(name)
    if failed:
        raise StopError(f"Not clean: {', '.join(failed)}.")
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
