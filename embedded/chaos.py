"""`make chaos` and `make siege-letters`: the chaos harness, whose last line and exit code are ours."""

import sys

from embedded.console import guarded
from embedded.machine import become


def main(arguments: list[str]) -> int:
    """Becomes the harness, which starts its own engines (tests/chaos)."""
    become([sys.executable, "-m", "tests.chaos", *arguments])


if __name__ == "__main__":
    sys.exit(guarded(main))
