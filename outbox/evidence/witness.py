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
    """`taken` by Message-ID without its angle brackets; `begins_at` and `ends_at`: the first and the last moment that
    the witness provably watched, None when unknown; `problem`: why it could not be asked."""

    source: str
    taken: dict[str, Trace] = field(default_factory=dict)
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    problem: str = ""

    def covers(self, since: datetime, until: datetime) -> bool:
        """Whether its silence about the time between the two means that nothing happened."""
        if self.problem or self.begins_at is None or self.ends_at is None:
            return False
        return self.begins_at <= since and until <= self.ends_at


@dataclass(frozen=True)
class Verdict:
    """`state` is where the message goes: sent, queued, or "" when it stays uncertain for the reason `doubt`."""

    state: str = ""
    words: str = ""
    sent_at: datetime | None = None
    doubt: str = ""
