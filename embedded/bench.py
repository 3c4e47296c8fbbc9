"""`make bench`: measurements on very many signatures, each beside the machine's own limit (bench/)."""

import sys

from embedded.console import guarded
from embedded.machine import become


def main(arguments: list[str]) -> int:
    """Becomes the measurement, which starts its own engines."""
    become([sys.executable, "-m", "bench.signatures", *arguments])


if __name__ == "__main__":
    sys.exit(guarded(main))
