"""`make test`: everything the tests need, then pytest, whose last line and exit code are ours."""

import os
import sys

from embedded.browser import MISSING, provide_browser
from embedded.console import StopError, guarded, say
from embedded.machine import become

# What shares the one running site stays on one of the parallel processes.
IN_PARALLEL = ("-n", "auto", "--dist", "loadgroup")


def main(arguments: list[str]) -> int:
    """Becomes pytest, which starts its own engines (tests/conftest.py); `fast` first leaves out what takes long."""
    chosen = arguments
    if arguments[:1] == ["fast"]:
        chosen = ["-m", "not browser and not slow", *arguments[1:]]
    elif browser := provide_browser():
        os.environ["BROWSER_PATH"] = browser
    elif os.environ.get("CI") == "true":
        raise StopError(MISSING)
    else:
        say(f"{MISSING} They are skipped.")
    become([sys.executable, "-m", "pytest", *IN_PARALLEL, *chosen])


if __name__ == "__main__":
    sys.exit(guarded(main))
