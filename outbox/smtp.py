"""One connection to the mail server, phase by phase: the moment of handing over must be ours to see (RFC 5321)."""

import re
import smtplib
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from django.conf import settings

from outbox import points
from outbox.addresses import without_addresses
from outbox.dialogue import Dialogue, NoEncryptionError, connect, is_loopback
from outbox.patience import Patience, current_patience

# What the reason begins with while messages wait for a mail server that can be spoken to safely.
NO_ENCRYPTION = "no safe encryption: "


@dataclass(frozen=True)
class Reply:
    """What the mail server said."""

    code: int
    text: str

    @property
    def is_permanent(self) -> bool:
        return 500 <= self.code <= 599

    @property
    def is_accepted(self) -> bool:
        return 200 <= self.code <= 299

    def __str__(self) -> str:
        return without_addresses(f"{self.code} {self.text}")[:500]


class UnreachableError(Exception):
    """No mail server could be spoken to: no message is at fault."""


class UnencryptedError(UnreachableError):
    """The mail server could be spoken to in clear only, or its certificate is not to be trusted."""


class BrokenBeforeDotError(Exception):
    """The connection broke before the message was handed over: nothing was accepted."""


class ReplyLostError(Exception):
    """The message was handed over and no clear answer came: nobody knows whether it was accepted."""


class RefusedError(Exception):
    """The mail server said no before the body; `is_final` when it will never say yes to this message."""

    def __init__(self, reply: Reply, *, is_final: bool) -> None:
        super().__init__(str(reply))
        self.is_final = is_final


class Line:
    """A connection that opens when it is first needed and serves all messages of one drain. Use as `with Line(...)`."""

    def __init__(self, patience: Patience | None = None) -> None:
        self.patience = patience or current_patience()
        self._dialogue: Dialogue | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say goodbye; whatever the server answers changes nothing about what it accepted."""
        if self._dialogue is not None and kind is None:
            try:
                self._dialogue.patience = self.patience.connect
                self._dialogue.docmd("QUIT")
            except (OSError, smtplib.SMTPException):
                pass
        self.drop()

    def drop(self) -> None:
        """Hang up without a word; an unfinished message is thus abandoned."""
        if self._dialogue is not None:
            self._dialogue.close()
            self._dialogue = None

    def open(self) -> bool:
        """Connect unless connected; whether the connection is new. Raises `UnreachableError`."""
        if self._dialogue is not None:
            return False
        if not settings.IS_PRODUCTION and not is_loopback(settings.SMTP_HOST):
            raise UnreachableError("outside production mail goes to this machine only: SMTP_HOST is not loopback")
        try:
            self._dialogue = connect(self.patience)
        except NoEncryptionError as error:
            raise UnencryptedError(NO_ENCRYPTION + without_addresses(str(error))) from error
        except (OSError, smtplib.SMTPException) as error:
            raise UnreachableError(without_addresses(str(error))) from error
        return True

    def offer(self, *, sender: str, recipient: str) -> None:
        """MAIL, RCPT (one) and DATA, up to the server's "go on" (354). The connection stays good after a refusal.

        Raises `UnreachableError`, `RefusedError`, `BrokenBeforeDotError`.
        """
        is_new = self.open()
        reply = self._try_mail(sender)
        if not is_new and (reply is None or reply.code == 421):
            # A server may close between two messages; that says nothing about this one.
            self.drop()
            self.open()
            reply = self._try_mail(sender)
        if reply is None:
            raise BrokenBeforeDotError("the server hung up at MAIL")
        # A sender that is refused is our configuration's fault, which can be mended: never final for the message.
        self._require(reply, expected={250}, may_be_final=False)
        self._require(self._command("RCPT", f"TO:<{recipient}>"), expected={250, 251})
        points.passed("rcpt")
        self._require(self._command("DATA"), expected={354})

    def our_end(self) -> str:
        """Our end of the line as mail servers write it, `[127.0.0.1]:40000`; "" when there is no line."""
        sock = self._dialogue.sock if self._dialogue is not None else None
        try:
            return "[{}]:{}".format(*sock.getsockname()[:2]) if sock is not None else ""
        except OSError:
            return ""

    def hand_over(self, raw: bytes) -> Reply:
        """The body and the final dot, after `offer`. A clear answer (2xx, 4xx, 5xx) is returned.

        Raises `BrokenBeforeDotError` when the dot cannot have left, `ReplyLostError` when nobody knows.
        """
        dialogue = self._connected()
        stuffed = re.sub(rb"(?m)^\.", b"..", raw)
        half = len(stuffed) // 2
        try:
            dialogue.patience = self.patience.body
            dialogue.send(stuffed[:half])
            points.passed("mid_body")
            dialogue.send(stuffed[half:])
        except (OSError, smtplib.SMTPException) as error:
            self.drop()
            raise BrokenBeforeDotError(f"broken within the body: {error}") from error
        try:
            dialogue.send(b".\r\n")
            points.passed("after_dot")
            dialogue.patience = self.patience.after_dot
            code, text = dialogue.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self.drop()
            raise ReplyLostError(without_addresses(str(error))) from error
        reply = Reply(code, text.decode("utf-8", "replace"))
        if not reply.is_accepted:
            # So that a line has one message at most that was not taken: its last; see `outbox.evidence`.
            self.drop()
        if reply.code == 354:
            raise ReplyLostError(f"a wrong answer to the message: {reply}")
        return reply

    def _try_mail(self, sender: str) -> Reply | None:
        try:
            return self._command("MAIL", f"FROM:<{sender}>")
        except BrokenBeforeDotError:
            return None

    def _command(self, verb: str, arguments: str = "") -> Reply:
        dialogue = self._connected()
        dialogue.patience = self.patience.command
        try:
            code, text = dialogue.docmd(verb, arguments)
        except (OSError, smtplib.SMTPException) as error:
            self.drop()
            raise BrokenBeforeDotError(f"the server hung up at {verb}: {without_addresses(str(error))}") from error
        return Reply(code, text.decode("utf-8", "replace"))

    def _require(self, reply: Reply, *, expected: set[int], may_be_final: bool = True) -> None:
        if reply.code in expected:
            return
        if reply.is_accepted or reply.code == 421 or 300 <= reply.code <= 399:
            self.drop()
        else:
            self._reset()
        raise RefusedError(reply, is_final=may_be_final and reply.is_permanent)

    def _reset(self) -> None:
        try:
            if self._command("RSET").code != 250:
                self.drop()
        except BrokenBeforeDotError:
            pass

    def _connected(self) -> Dialogue:
        if self._dialogue is None:
            raise BrokenBeforeDotError("not connected")
        return self._dialogue
