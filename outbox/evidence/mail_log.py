"""The log of the mail server we hand over to, Exim's or Postfix's, as a witness.

Exim writes one line when a message is safely in its spool (Exim specification, chapter 53, `<=`, with `id=` for the
Message-ID). Postfix writes two: cleanup names the Message-ID, and qmgr says "queue active" once the message is queued.
Absence is proved only by stamps with a zone (Exim's `log_timezone = true`, Postfix's RFC 3339 stamps from syslog), in a
log that shows other mail of ours in this form and does not name the message in any other.
"""

import gzip
import os
import re
from collections import deque
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import IO, cast

from outbox.evidence.witness import Trace, Witness
from outbox.mime import our_address

SOURCE = "the mail server's log"
LONGEST_LINE = 64 * 1024
_SECONDS = r"\d\d:\d\d:\d\d"
_STAMP = rf"(?P<at>\d{{4}}-\d\d-\d\d[ T]{_SECONDS}(?:\.\d+)?(?: ?[+-]\d\d:?\d\d|Z)?|[A-Z][a-z]{{2}} [ \d]\d {_SECONDS})"
_ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+")
_STAMPED = re.compile(_STAMP + " ")
_EXIM = re.compile(_STAMP + r" (?:\[\d+\] )?(?P<queue>\w{6}-\w{6,11}-\w{2,4}) <= (?P<sender>\S+) (?P<fields>.*)")
_CLEANUP = re.compile(_STAMP + r" \S+ postfix[\w-]*/cleanup\[\d+\]: (?P<queue>\w+): message-id=<?(?P<id>[^>\s]*)>?")
_ACTIVE = re.compile(
    _STAMP + r" \S+ postfix[\w-]*/qmgr\[\d+\]: (?P<queue>\w+): from=<(?P<sender>[^>]*)>.*\(queue active\)"
)


def ask_log(path: str, wanted: Collection[str], *, since: datetime | None) -> Witness:
    """Read the log at `path`, and as many of its rotated parts (`.1`, `.2.gz`, ...) as reach back to `since`, for
    the Message-IDs `wanted` (without brackets). A gap, a part that cannot be read: then it covers less, or nothing."""
    witness = Witness(SOURCE, is_understood=False)
    try:
        with ExitStack() as stack:
            parts = _open_parts(Path(path), since, stack)
            witness.begins_at = _first_stamp(parts[-1])
            reader = _Reader(frozenset(wanted), witness)
            for part in reversed(parts):
                part.seek(0)
                for line in _lines(part):
                    reader.read(line)
            witness.ends_at = reader.last_stamp()
    except (OSError, EOFError, ValueError) as error:
        witness.problem = f"{type(error).__name__}: {error}"
    return witness


@dataclass
class _Reader:
    """Goes through the lines in the order in which they were written."""

    wanted: frozenset[str]
    witness: Witness
    queues: dict[str, str] = field(default_factory=dict)
    latest: deque[bytes] = field(default_factory=lambda: deque(maxlen=100))

    def read(self, line: bytes) -> None:
        self.latest.append(line)
        if b"@" not in line and b"message-id=" not in line:
            return
        text = line.decode("utf-8", "replace")
        if not (self._read_exim(text) or self._read_cleanup(text) or self._read_active(text)):
            self.witness.mentioned |= self.wanted & {word.strip(".") for word in _ADDRESS.findall(text)}

    def last_stamp(self) -> datetime | None:
        """The moment of the last line that has one."""
        return next(filter(None, map(_stamp_of, reversed(self.latest))), None)

    def _read_exim(self, line: str) -> bool:
        match = _EXIM.match(line)
        # A subject comes last and may hold anything.
        found = match and re.search(r"(?:^| )id=(\S+)", match["fields"].partition(' T="')[0])
        if match is None or not found:
            return False
        self._take(found[1], match, "Exim")
        return True

    def _read_cleanup(self, line: str) -> bool:
        match = _CLEANUP.match(line)
        if match is None:
            return False
        # The name of a queue file is used again, so the latest message is the one it stands for.
        self.queues[match["queue"]] = match["id"]
        return True

    def _read_active(self, line: str) -> bool:
        match = _ACTIVE.match(line)
        if match is None:
            return False
        # It becomes active again at every later try; only the first time tells that it was taken.
        if message_id := self.queues.pop(match["queue"], ""):
            self._take(message_id, match, "Postfix")
        return True

    def _take(self, message_id: str, match: re.Match[str], server: str) -> None:
        is_ours = match["sender"] == our_address()
        self.witness.is_understood |= is_ours
        if message_id in self.wanted and not is_ours:
            self.witness.mentioned.add(message_id)
        elif message_id in self.wanted:
            trace = Trace(f"{server} {match['queue']}, {match['at']}", _moment(match["at"]))
            self.witness.taken.setdefault(message_id, trace)


def _open_parts(path: Path, since: datetime | None, stack: ExitStack) -> list[IO[bytes]]:
    """The newest part first, the last one the first that begins before `since`. A rotation while we open shows a part
    twice, under its old and its new name; it is kept once."""
    parts: list[IO[bytes]] = []
    seen = set()
    for number in count():
        part = _open_part(path, number)
        if part is None:
            break
        stack.enter_context(part)
        status = os.fstat(part.fileno())
        if (status.st_dev, status.st_ino) in seen:
            continue
        seen.add((status.st_dev, status.st_ino))
        parts.append(part)
        begins_at = _first_stamp(part)
        if since is None or (begins_at is not None and begins_at <= since):
            break
    return parts


def _open_part(path: Path, number: int) -> IO[bytes] | None:
    """Part `number` of the log; None when there are no more. The living log must be there."""
    if number == 0:
        return path.open("rb")
    plain = path.with_name(f"{path.name}.{number}")
    packed = path.with_name(f"{plain.name}.gz")
    if plain.exists():
        return plain.open("rb")
    return cast(IO[bytes], gzip.open(packed)) if packed.exists() else None


def _lines(part: IO[bytes]) -> Iterator[bytes]:
    """Complete lines; one that is still being written is left for the next look, and one too long is left out."""
    is_rest = False
    while chunk := part.readline(LONGEST_LINE):
        is_complete = chunk.endswith(b"\n")
        if is_complete and not is_rest:
            yield chunk
        is_rest = not is_complete


def _first_stamp(part: IO[bytes]) -> datetime | None:
    part.seek(0)
    for number, line in enumerate(_lines(part)):
        if moment := _stamp_of(line):
            return moment
        if number > 100:
            break
    return None


def _stamp_of(line: bytes) -> datetime | None:
    match = _STAMPED.match(line[:60].decode("ascii", "replace"))
    return _moment(match["at"]) if match else None


def _moment(stamp: str) -> datetime | None:
    """The moment a stamp means; None when it does not say in which zone, and so cannot be compared."""
    try:
        moment = datetime.fromisoformat(re.sub(r" (?=[+-]\d\d:?\d\d$)", "", stamp))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
