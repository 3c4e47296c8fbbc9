"""What the mail server took: one line of JSON a message, on disk before its 250."""

import json
import os
import re
import time
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Acceptance:
    """One message the mail server has taken. `at` is in seconds since 1970."""

    message_id: str
    sha256: str
    recipients: tuple[str, ...]
    at: float
    is_encrypted: bool = False


class Journal:
    """Writes acceptances to the journal and, in Exim's words, to the main log that the outbox's evidence reads."""

    def __init__(self, folder: Path) -> None:
        self._journal = _append_to(folder / "journal.jsonl")
        self._log = folder / "mainlog"
        self.accepted = 0
        self.note("exim 4.96 daemon started: pid=1, no queue runs, listening for SMTP on [127.0.0.1]")

    def accept(self, acceptance: Acceptance, *, sender: str, size: int) -> None:
        """Both lines are on disk when this returns."""
        _write(self._journal, json.dumps(asdict(acceptance)))
        self.accepted += 1
        # Six, eleven and four characters, as Exim's own since 4.97, however many letters there are.
        queue_id = f"1tAbCd-{self.accepted:011d}-{self.accepted % 10000:04d}"
        bare_id = acceptance.message_id.strip("<>")
        self.note(f"{queue_id} <= {sender} H=localhost [127.0.0.1] P=esmtp S={size} id={bare_id}")

    def drop(self, peer: tuple[str, int]) -> None:
        """A body was awaited, and nothing was taken: Exim says so, and on which connection."""
        self.note(f"SMTP connection from (site) [{peer[0]}]:{peer[1]} lost while reading message data")

    def note(self, words: str) -> None:
        now = time.time()
        stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1000):03d} +0000"
        # Opened anew each time, as Exim does: a log that was taken away begins again.
        log = _append_to(self._log)
        _write(log, f"{stamp} {words}")
        os.close(log)


def message_id_of(raw: bytes) -> str:
    """The Message-ID of a message's bytes, with its angle brackets; "" when there is none."""
    found = re.search(rb"(?im)^message-id:\s*(<[^>\r\n]+>)", raw.partition(b"\r\n\r\n")[0])
    return found.group(1).decode("ascii", "replace") if found else ""


def read_journal(path: Path) -> list[Acceptance]:
    """All acceptances so far. A last line without its end was never acknowledged and does not count."""
    if not path.exists():
        return []
    lines = path.read_bytes().split(b"\n")[:-1]
    return [_acceptance(json.loads(line)) for line in lines]


def _acceptance(facts: dict[str, object]) -> Acceptance:
    recipients = facts["recipients"]
    assert isinstance(recipients, list)
    return Acceptance(
        str(facts["message_id"]),
        str(facts["sha256"]),
        tuple(recipients),
        float(str(facts["at"])),
        bool(facts["is_encrypted"]),
    )


def _append_to(path: Path) -> int:
    return os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o644)


def _write(descriptor: int, line: str) -> None:
    os.write(descriptor, line.encode() + b"\n")
    os.fsync(descriptor)
