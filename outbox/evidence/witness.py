"""A witness, what it says, and what follows from it."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Trace:
    """The mail server took a message, `at` that moment if the witness knows it."""

    words: str
    at: datetime | None = None


@dataclass
class Witness:
    """`taken` by Message-ID without its angle brackets; `mentioned`: Message-IDs it speaks of in words that prove
    nothing, so that it is not silent about them; `begins_at` and `ends_at`: the first and the last moment that it
    provably watched, None when unknown; `is_understood`: whether it is known to speak of our mail in words we know;
    `problem`: why it could not be asked."""

    source: str
    taken: dict[str, Trace] = field(default_factory=dict)
    mentioned: set[str] = field(default_factory=set)
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    is_understood: bool = True
    problem: str = ""

    def covers(self, since: datetime, until: datetime) -> bool:
        """Whether its silence about the time between the two means that nothing happened."""
        if self.problem or not self.is_understood or self.begins_at is None or self.ends_at is None:
            return False
        return self.begins_at <= since and until <= self.ends_at


@dataclass(frozen=True)
class Verdict:
    """`state` is where the message goes: sent, queued, or "" when it stays uncertain for the reason `doubt`."""

    state: str = ""
    words: str = ""
    sent_at: datetime | None = None
    doubt: str = ""
