"""`make test`: everything the tests need, then pytest, whose last line and exit code are ours."""

import os
import sys

from embedded.browser import MISSING, provide_browser
from embedded.console import StopError, guarded, say
from embedded.machine import become

# Redis has sixteen databases, and each parallel process takes one of its own (tests/conftest.py).
MOST_PROCESSES = 14
PROCESSORS = os.cpu_count() or 1
# What shares a running site stays on one of the parallel processes. A browser's tests mostly wait for the site, so
# there is one process more than processors.
ALL = ("-n", str(min(PROCESSORS + 1, MOST_PROCESSES)), "--dist", "loadgroup")
# Nothing here shares a site, and handing out thousands of short tests one by one takes longer than some of them.
FAST = ("-n", str(min(PROCESSORS, MOST_PROCESSES)), "--dist", "worksteal", "-m", "not browser and not slow")


def main(arguments: list[str]) -> int:
    """Becomes pytest, which starts its own engines (tests/conftest.py); `fast` first leaves out what takes long."""
    if arguments[:1] == ["fast"]:
        become([sys.executable, "-m", "pytest", *FAST, *arguments[1:]])
    if browser := provide_browser():
        os.environ["BROWSER_PATH"] = browser
    elif os.environ.get("CI") == "true":
        raise StopError(MISSING)
    else:
        say(f"{MISSING} They are skipped.")
    become([sys.executable, "-m", "pytest", *ALL, *arguments])


if __name__ == "__main__":
    sys.exit(guarded(main))
