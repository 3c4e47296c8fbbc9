"""The mailbox of the answers, by IMAP (RFC 9051, and RFC 3501 before it). Looking never changes it: BODY.PEEK."""

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

SECONDS = 60
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
MailboxError = (ImapToolsError, imaplib.IMAP4.error, OSError)


@dataclass(frozen=True)
class Place:
    """Where a mailbox is. `name` is shown and stored; it holds no password."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    folder: str

    @property
    def name(self) -> str:
        return f"{self.user}@{self.host}:{self.port}/{self.folder}"


def place_of(url: str) -> Place:
    """The place an IMAP URL names (RFC 5092): `imaps://user:password@host[:port]/FOLDER`, or `imap://` with STARTTLS.

    ValueError for anything else. Without encryption only a server on this machine is spoken to.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"imap", "imaps"} or not parts.hostname or not parts.username:
        raise ValueError("a mailbox is named as imaps://user:password@host/INBOX")
    port = parts.port or (993 if parts.scheme == "imaps" else 143)
    folder = unquote(parts.path.lstrip("/")) or "INBOX"
    return Place(parts.scheme, parts.hostname, port, unquote(parts.username), unquote(parts.password or ""), folder)


class OpenMailbox:
    """A folder we are signed in to."""

    def __init__(self, place: Place, box: BaseMailBox) -> None:
        self.place, self._box = place, box
        self.uidvalidity = int(box.folder.status(place.folder, ["UIDVALIDITY"])["UIDVALIDITY"])

    def uids(self) -> list[int]:
        """Every mail in the folder, read or not: somebody may have opened it by hand."""
        return sorted(int(uid) for uid in self._box.uids("ALL"))

    def size(self, uid: int) -> int:
        """In bytes; 0 when it has gone meanwhile."""
        _status, answer = self._box.client.uid("FETCH", str(uid), "(RFC822.SIZE)")
        words = b" ".join(line for line in answer if isinstance(line, bytes)).replace(b")", b" ").split()
        return int(words[words.index(b"RFC822.SIZE") + 1]) if b"RFC822.SIZE" in words else 0

    def fetch(self, uid: int, *, only_beginning: int = 0) -> bytes | None:
        """The mail's bytes, or its first `only_beginning`; None when it has gone meanwhile."""
        section = f"BODY.PEEK[]<0.{only_beginning}>" if only_beginning else "BODY.PEEK[]"
        _status, answer = self._box.client.uid("FETCH", str(uid), f"({section})")
        return next((bytes(line[1]) for line in answer if isinstance(line, tuple)), None)

    def mark_kept(self, uid: int, *, folder: str) -> None:
        """Say on the server that we have it: moved to `folder`, or read."""
        if not folder:
            self._box.flag(str(uid), "\\Seen", True)
            return
        if not self._box.folder.exists(folder):
            self._box.folder.create(folder)
        self._box.move(str(uid), folder)

    def mark_for_a_person(self, uid: int) -> None:
        self._box.flag(str(uid), "\\Flagged", True)


@contextmanager
def open_mailbox(place: Place) -> Iterator[OpenMailbox]:
    """The folder of `place`, opened and closed again. Raises one of `MailboxError`."""
    box = _connect(place)
    try:
        box.login(place.user, place.password, initial_folder=place.folder)
        yield OpenMailbox(place, box)
    finally:
        try:
            box.logout()
        except MailboxError:
            box.client.shutdown()


def _connect(place: Place) -> BaseMailBox:
    secure = ssl.create_default_context()
    if place.scheme == "imaps":
        return MailBox(place.host, place.port, timeout=SECONDS, ssl_context=secure)
    if place.host in LOOPBACK:
        return MailBoxUnencrypted(place.host, place.port, timeout=SECONDS)
    return MailBoxStartTls(place.host, place.port, timeout=SECONDS, ssl_context=secure)
