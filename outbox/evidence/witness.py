"""A witness, what it says, and what follows from it."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Trace:
    """What the mail server wrote down about a message or a connection, and `at` which moment, if it says so clearly."""

    words: str
    at: datetime | None = None


@dataclass
class Witness:
    """`taken` by Message-ID without its angle brackets; `dropped` by the connection we spoke on (`[address]:port`): the
    message that came on it was not taken; `mentioned`: Message-IDs it speaks of in words that prove nothing;
    `problem`: why it could not be asked. A witness that says nothing has said nothing."""

    source: str
    taken: dict[str, Trace] = field(default_factory=dict)
    dropped: dict[str, set[Trace]] = field(default_factory=dict)
    mentioned: set[str] = field(default_factory=set)
    problem: str = ""

    def drops_of(self, connection: str, *, since: datetime, until: datetime) -> list[Trace]:
        """What it says it did not take from this connection between the two moments."""
        traces = self.dropped.get(connection, set())
        return [trace for trace in traces if trace.at is not None and since <= trace.at <= until]


@dataclass(frozen=True)
class Verdict:
    """`state` is where the message goes: sent, queued, or "" when it stays uncertain for the reason `doubt`."""

    state: str = ""
    words: str = ""
    sent_at: datetime | None = None
    doubt: str = ""
