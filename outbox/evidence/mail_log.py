"""The log of the mail server we hand over to, Exim's or Postfix's, as a witness.

Exim writes one line when a message is safely in its spool (Exim specification, chapter 53, `<=`, with `id=` for the
Message-ID). Postfix writes two: cleanup names the Message-ID, and qmgr says "queue active" once the message is queued.
Both also say when they drop a message because the line broke, or nothing more came, before they had taken it over; and
on which connection, if they are set to name our port (Exim's `log_selector = +incoming_port`, Postfix's
`smtpd_client_port_logging = yes`). The words are those of Exim 4.96 and Postfix 3.7: see tests/outbox/logs.
"""

import gzip
import os
import re
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
_QUEUE = r"(?P<queue>\w{6}-\w{6,11}-\w{2,4})"
_EXIM = re.compile(rf"{_STAMP} (?:\[\d+\] )?{_QUEUE} <= (?P<sender>\S+) (?P<fields>.*)")
_CLEANUP = re.compile(_STAMP + r" \S+ postfix[\w-]*/cleanup\[\d+\]: (?P<queue>\w+): message-id=<?(?P<id>[^>\s]*)>?")
_ACTIVE = re.compile(
    _STAMP + r" \S+ postfix[\w-]*/qmgr\[\d+\]: (?P<queue>\w+): from=<(?P<sender>[^>]*)>.*\(queue active\)"
)
_PORT = r"(?P<connection>\[[0-9A-Fa-f.:]+\]:\d+)"
# The name that a host has, and the one it gives itself in brackets: "mx.example (site)", "(site)" or nothing.
_EXIM_HOST = rf"(?:[\w.-]+ )?(?:\([\w.:\[\]-]+\) )?{_PORT}(?: I=\[\S+)?"
# How it was spoken to. Not the size and the Message-ID, which only a message has that was taken.
_EXIM_LINE = r"(?: (?:U|P|X|CV|DN|SNI|K|A)=\S+)*"
_DROPPED = [
    re.compile(f"{_STAMP} {words}$")
    for words in (
        rf"(?:\[\d+\] )?SMTP connection from {_EXIM_HOST} (?P<words>lost while reading message data)(?: \(header\))?",
        rf"(?:\[\d+\] )?{_QUEUE} SMTP connection (?P<words>lost after final dot) H={_EXIM_HOST}{_EXIM_LINE}",
        rf"(?:\[\d+\] )?{_QUEUE} SMTP (?P<words>data timeout \(message abandoned\)) on connection from {_EXIM_HOST}"
        rf"{_EXIM_LINE} F=<[^> ]*>",
        rf"(?:\[\d+\] )?{_QUEUE} H={_EXIM_HOST}{_EXIM_LINE} F=<[^> ]*>"
        r" (?P<words>(?:temporarily )?rejected after DATA)(?:: .*)?",
        rf"\S+ postfix[\w/-]*/smtpd\[\d+\]: (?P<words>(?:lost connection|timeout) after DATA \(\d+ bytes\))"
        rf" from [\w.-]+{_PORT}",
    )
]


def ask_log(
    path: str, wanted: Collection[str], *, connections: Collection[str] = (), since: datetime | None
) -> Witness:
    """Read the log at `path`, and as many of its rotated parts (`.1`, `.2.gz`, ...) as reach back to `since`, for
    the Message-IDs `wanted` (without brackets) and for what was dropped on `connections`.

    Lines that are missing can only make it say less. A part that cannot be read is a problem.
    """
    witness = Witness(SOURCE)
    try:
        with ExitStack() as stack:
            reader = _Reader(frozenset(wanted), frozenset(connections), witness)
            for part in reversed(_open_parts(Path(path), since, stack)):
                part.seek(0)
                for line in _lines(part):
                    reader.read(line)
    except (OSError, EOFError, ValueError) as error:
        witness.problem = f"{type(error).__name__}: {error}"
    return witness


@dataclass
class _Reader:
    """Goes through the lines in the order in which they were written."""

    wanted: frozenset[str]
    connections: frozenset[str]
    witness: Witness
    queues: dict[str, str] = field(default_factory=dict)

    def read(self, line: bytes) -> None:
        if b"@" not in line and b"message-id=" not in line and b"]:" not in line:
            return
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if not (self._read_exim(text) or self._read_cleanup(text) or self._read_active(text)):
            self._read_dropped(text)
            self.witness.mentioned |= self.wanted & {word.strip(".") for word in _ADDRESS.findall(text)}

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

    def _read_dropped(self, line: str) -> None:
        """The first connection that the line names is the one we spoke on; only its own words count."""
        for pattern in _DROPPED:
            match = pattern.match(line)
            moment = _moment(match["at"]) if match else None
            if match and moment and match["connection"] in self.connections:
                trace = Trace(f"{match['words']} from {match['connection']}, {match['at']}", moment)
                self.witness.dropped.setdefault(match["connection"], set()).add(trace)

    def _take(self, message_id: str, match: re.Match[str], server: str) -> None:
        is_ours = match["sender"] == our_address()
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
        match = _STAMPED.match(line[:60].decode("ascii", "replace"))
        if moment := match and _moment(match["at"]):
            return moment
        if number > 100:
            break
    return None


def _moment(stamp: str) -> datetime | None:
    """The moment a stamp means; None when it does not say in which zone, and so cannot be compared."""
    try:
        moment = datetime.fromisoformat(re.sub(r" (?=[+-]\d\d:?\d\d$)", "", stamp))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
