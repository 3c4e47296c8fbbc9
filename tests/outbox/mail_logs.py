"""Lines as mail servers write them, for tests of evidence."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
US = "post@countersign.example"
PORT = "[127.0.0.1]:40000"


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def exim(minutes: float, words: str, zone: str = " +0000") -> str:
    return f"{at(minutes):%Y-%m-%d %H:%M:%S}.123{zone} {words}\n"


def exim_took(minutes: float, message_id: str, *, sender: str = US, zone: str = " +0000") -> str:
    return exim(
        minutes,
        f"1tAb9Z-0000000{abs(hash(message_id)) % 9000 + 1000}-0000 <= {sender} H=(site) [127.0.0.1] P=esmtp S=1234"
        f" id={message_id.strip('<>')}",
        zone,
    )


def exim_dropped(minutes: float, *, zone: str = " +0000") -> str:
    return exim(minutes, f"SMTP connection from (site) {PORT} lost while reading message data", zone)


def started(minutes: float) -> str:
    """The server has begun to write, and takes a first message of ours."""
    return exim(minutes, "exim 4.96 daemon started") + exim_took(minutes, "earlier@countersign.example")


def postfix(minutes: float, words: str) -> str:
    return f"{at(minutes).isoformat()} mx1 postfix/{words}\n"


def write(path: Path, *lines: str) -> Path:
    path.write_text("".join(lines))
    return path
