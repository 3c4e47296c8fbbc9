"""The local mailbox of a development machine: one file for each mail received, readable in the browser."""

import os
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path

from django.conf import settings

_KEY = re.compile(r"[0-9]{20}-[0-9a-f]{8}")
# A code stands on a line of its own: BCDF-GHJK or digits.
_CODE = re.compile(r"^[ \t]*([A-Z0-9]{3,6}(?:-[A-Z0-9]{3,6})+|[0-9]{3} ?[0-9]{3,5})[ \t]*$", re.MULTILINE)
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")
# A reader looks at the newest; older mail is still there under its address.
SEARCHED = 2000


@dataclass(frozen=True)
class ReceivedMail:
    """One mail as it came in."""

    key: str
    raw: bytes

    @cached_property
    def message(self) -> EmailMessage:
        message = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(message, EmailMessage)  # noqa: S101  the policy promises it, its type does not
        return message

    @property
    def received_at(self) -> datetime:
        return datetime.fromtimestamp(int(self.key[:20]) / 1e9, tz=UTC)

    @property
    def recipient(self) -> str:
        """Who it was delivered to, which is who it was written to unless it was redirected."""
        return self._header("Delivered-To") or self._header("To")

    @property
    def subject(self) -> str:
        return self._header("Subject")

    @cached_property
    def headers(self) -> list[tuple[str, str]]:
        """Every header as a reader sees it, in order."""
        return [(name, _readable(str(value))) for name, value in self.message.raw_items()]

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    @property
    def attachments(self) -> list[str]:
        return [part.get_filename() or part.get_content_type() for part in self.message.iter_attachments()]

    @property
    def code(self) -> str:
        """The code somebody is asked to type, or ""."""
        found = _CODE.search(self.text)
        return found[1] if found else ""

    @property
    def links(self) -> list[str]:
        return list(dict.fromkeys(_LINK.findall(self.text)))

    def _header(self, wanted: str) -> str:
        return next((value for name, value in self.headers if name.lower() == wanted.lower()), "")

    def _part(self, subtype: str) -> str:
        body = self.message.get_body(preferencelist=(subtype,))
        if body is None:
            return ""
        try:
            text = str(body.get_content())
        except LookupError:
            text = bytes(body.get_payload(decode=True) or b"").decode("utf-8", "replace")
        return text.replace("\r\n", "\n")


def _readable(value: str) -> str:
    """A header's value unfolded and decoded, or as it came when it cannot be: the mailbox shows every mail."""
    unfolded = re.sub(r"\r?\n", "", value).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        return str(make_header(decode_header(unfolded)))
    except (LookupError, ValueError, HeaderParseError):
        return unfolded


def keep(content: bytes, *, recipients: list[str]) -> str:
    """Write a received mail to disk, flushed before the return; its key. A half-written mail is never seen."""
    key = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
    unfinished, finished = _folder("tmp") / key, _folder("new") / key
    envelope = "".join(f"Delivered-To: {recipient}\r\n" for recipient in recipients)
    with unfinished.open("wb") as file:
        file.write(envelope.encode("utf-8", "replace") + content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(finished)
    _flush_folder(finished.parent)
    return key


def read(key: str) -> ReceivedMail | None:
    """The mail with that key, or None."""
    if not _KEY.fullmatch(key):
        return None
    try:
        return ReceivedMail(key, (_folder("new") / key).read_bytes())
    except FileNotFoundError:
        return None


def newest(*, recipient: str = "") -> list[str]:
    """Keys of the newest mails, the newest first; with `recipient` those whose address holds these letters."""
    keys = sorted((path.name for path in _folder("new").iterdir() if _KEY.fullmatch(path.name)), reverse=True)[
        :SEARCHED
    ]
    if not recipient:
        return keys
    return [mail.key for mail in read_all(keys) if recipient.casefold() in mail.recipient.casefold()]


def read_all(keys: list[str]) -> Iterator[ReceivedMail]:
    """The mails of these keys, without those that have gone meanwhile."""
    return (mail for mail in map(read, keys) if mail is not None)


def _folder(name: str) -> Path:
    folder = Path(settings.MAILBOX_DIR) / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
