"""What the programs behind `make` say: progress while they work, one clear line when they cannot."""

import errno
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

Main = Callable[[list[str]], int]


class StopError(Exception):
    """Why the work cannot go on, in one line that also says what to do."""


def say(text: str = "", *, end: str = "\n") -> None:
    """Prints at once. A reader that went away (`make run | head`) or a closed terminal must not stop the work."""
    with suppress(OSError):
        print(text, end=end, flush=True)


def guarded(main: Main) -> int:
    """The exit code of `main(arguments)`. INT, TERM, HUP become KeyboardInterrupt; what the machine lacks, one line."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    # `nohup` asks to outlive the terminal.
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _interrupt)
    try:
        return main(sys.argv[1:])
    except StopError as error:
        complaint = str(error)
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        complaint = _in_words(error)
        if not complaint:
            raise
    print(complaint, file=sys.stderr, flush=True)
    return 1


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _in_words(error: OSError) -> str:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"The disk is full (writing {error.filename or 'a file'}): free some space, then start again."
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return f"{error.filename} cannot be written or read by this user: change its owner, or start as that owner."
    return ""
