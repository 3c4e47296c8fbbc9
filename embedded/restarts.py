"""How often a program that ended by itself is started again: after a pause that grows, and not for ever."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from embedded.console import StopError, say

MOST = 5
MINUTES = 10
FIRST_PAUSE = 0.5


@dataclass
class Restarts:
    """The starts of one program in the last minutes, and when the next one is due. `clock` gives seconds."""

    clock: Callable[[], float] = time.monotonic
    _times: list[float] = field(default_factory=list)
    _ended: float | None = None

    def note_end(self, ended: str, *, advice: str) -> None:
        """The program has ended; once for each end a line says so, and when the pause begins.

        StopError with `ended` and `advice` when it has been started again too often.
        """
        if self._ended is not None:
            return
        now = self.clock()
        self._times = [then for then in self._times if now - then < MINUTES * 60]
        if len(self._times) == MOST:
            raise StopError(f"{ended}: {advice}")
        self._ended = now
        self._times.append(now)
        say(f"{ended}: starting it again ({len(self._times)} of {MOST} times in {MINUTES} minutes).")

    @property
    def is_due(self) -> bool:
        return self.seconds_since_end >= FIRST_PAUSE * (1 << (len(self._times) - 1))

    @property
    def seconds_since_end(self) -> float:
        """How long it has been away; only between `note_end` and `note_start`."""
        return 0 if self._ended is None else self.clock() - self._ended

    def note_start(self) -> None:
        self._ended = None

    @property
    def is_first_life(self) -> bool:
        """Whether the program was never started again."""
        return not self._times
