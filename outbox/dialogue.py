"""Talk with a mail server in commands and replies: smtplib, with bounds a hostile server cannot pass."""

import ipaddress
import re
import smtplib
import socket
import ssl
import time

from django.conf import settings

from outbox.mime import our_domain
from outbox.patience import Patience

LONGEST_REPLY = 64 * 1024


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Dialogue(smtplib.SMTP):
    """smtplib with replies bounded in size and in time, and no reply taken for the answer to a later command."""

    pending = b""
    patience: float = 60
    _host: str

    def send(self, s: bytes | str) -> None:  # type: ignore[override]  # smtplib takes any buffer
        if self.pending:
            self.close()
            raise smtplib.SMTPServerDisconnected("the server spoke out of turn")
        if self.sock is not None:
            self.sock.settimeout(self.patience)
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        try:
            return self._read_reply(time.monotonic() + self.patience)
        except (OSError, ValueError) as error:
            self.close()
            raise smtplib.SMTPServerDisconnected(f"no reply: {error}") from error

    def encrypt(self, context: ssl.SSLContext) -> None:
        """STARTTLS, or no mail: raises when it is not offered, when the certificate is not good, or when words that
        the server sent in clear wait to be taken for an encrypted answer."""
        code, text = super().starttls(context=context)
        if code != 220:
            raise smtplib.SMTPResponseException(code, text)
        if self.pending:
            self.close()
            raise smtplib.SMTPServerDisconnected("words in clear after STARTTLS")

    def close(self) -> None:
        self.pending = b""
        super().close()

    def _read_reply(self, deadline: float) -> tuple[int, bytes]:
        lines: list[bytes] = []
        while sum(map(len, lines)) <= LONGEST_REPLY:
            line = self._read_line(deadline)
            if not re.match(rb"[2-5][0-9]{2}([ \-]|$)", line):
                raise ValueError("not a reply")
            lines.append(line[4:].strip())
            if line[3:4] != b"-":
                return int(line[:3]), b"\n".join(lines)
        raise ValueError("endless reply")

    def _read_line(self, deadline: float) -> bytes:
        if self.sock is None:
            raise ValueError("not connected")
        while b"\n" not in self.pending:
            remaining = deadline - time.monotonic()
            if remaining <= 0 or len(self.pending) > LONGEST_REPLY:
                raise ValueError("too slow or too long")
            self.sock.settimeout(remaining)
            chunk = self.sock.recv(4096)
            if not chunk:
                raise ValueError("hung up")
            self.pending += chunk
        line, _, self.pending = self.pending.partition(b"\n")
        return line.rstrip(b"\r")


class NoEncryptionError(smtplib.SMTPException):
    """The server offers no encryption, or none that can be trusted. Nothing of a message was said."""


def connect(patience: Patience) -> Dialogue:
    dialogue = Dialogue(local_hostname=our_domain(), timeout=patience.connect)
    dialogue.patience = patience.connect
    # smtplib compares the certificate with this, and learns it only from a constructor that connects at once.
    dialogue._host = settings.SMTP_HOST
    try:
        code, text = dialogue.connect(settings.SMTP_HOST, settings.SMTP_PORT)
        if code != 220:
            raise smtplib.SMTPConnectError(code, text)
        if dialogue.sock is not None:
            # The body and its dot are sent apart; without this the dot waits for the server's acknowledgement.
            dialogue.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        dialogue.ehlo_or_helo_if_needed()
        if settings.SMTP_STARTTLS:
            _encrypt(dialogue)
            dialogue.ehlo_or_helo_if_needed()
        if settings.SMTP_USER:
            dialogue.login(settings.SMTP_USER, settings.SMTP_PASSWORD)
    except (OSError, smtplib.SMTPException):
        dialogue.close()
        raise
    return dialogue


def _encrypt(dialogue: Dialogue) -> None:
    try:
        dialogue.encrypt(ssl.create_default_context())
    except (OSError, smtplib.SMTPException) as error:
        raise NoEncryptionError(str(error)) from error
