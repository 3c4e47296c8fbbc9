"""An archive mailbox that receives a copy of what the mail server takes, read by IMAP (RFC 9051), as a witness."""

import imaplib
import ssl
from collections.abc import Collection
from urllib.parse import unquote, urlsplit

from imap_tools import AND, BaseMailBox, H, MailBox, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from outbox.dialogue import is_loopback
from outbox.evidence.witness import Trace, Witness

SOURCE = "the archive mailbox"
PATIENCE = 30


def ask_archive(url: str, wanted: Collection[str]) -> Witness:
    """Look for the Message-IDs `wanted` (without brackets) in the folder of an `imaps://user:password@host/folder`.

    What is not there proves nothing: a copy may be late, lost, expunged, or in the folder of another UIDVALIDITY.
    Nothing is changed in the mailbox. Its password is in no error.
    """
    witness = Witness(SOURCE)
    try:
        with _open(url) as mailbox:
            for message_id in wanted:
                if _holds(mailbox, message_id):
                    witness.taken[message_id] = Trace("a copy is there")
    except (OSError, ValueError, imaplib.IMAP4.error, ImapToolsError) as error:
        witness.problem = type(error).__name__
    return witness


def _open(url: str) -> BaseMailBox:
    """The mailbox, its folder open for reading only. In clear on the loopback only."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    mailbox: BaseMailBox
    if parts.scheme == "imaps":
        mailbox = MailBox(host, parts.port or 993, timeout=PATIENCE, ssl_context=ssl.create_default_context())
    elif parts.scheme == "imap" and is_loopback(host):
        mailbox = MailBoxUnencrypted(host, parts.port or 143, timeout=PATIENCE)
    else:
        raise ValueError("EVIDENCE_ARCHIVE must be imaps://")
    try:
        mailbox.login(unquote(parts.username or ""), unquote(parts.password or ""), initial_folder=None)
        mailbox.folder.set(unquote(parts.path.strip("/")) or "INBOX", readonly=True)
    except (OSError, imaplib.IMAP4.error, ImapToolsError):
        mailbox.client.shutdown()
        raise
    return mailbox


def _holds(mailbox: BaseMailBox, message_id: str) -> bool:
    """IMAP's search finds parts of a header too, so what it finds is compared as a whole."""
    criteria = AND(header=H("Message-ID", f"<{message_id}>"))
    found = mailbox.fetch(criteria, mark_seen=False, headers_only=True, bulk=False)
    values = [value for mail in found for value in dict(mail.headers).get("message-id", ())]
    return any(value.strip() == f"<{message_id}>" for value in values)
