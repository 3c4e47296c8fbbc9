"""A real SMTP server on the loopback that does what a test tells it: accept, refuse, put off, hang up, stall.

    with SmtpServer() as server:
        settings.SMTP_PORT = server.port
        server.script("reader@example.org", Fault.HANG_UP_AFTER_BODY)

Reusable by other packages' tests. `server.accepted` holds what got a 250, in order.
"""

import asyncio
import enum
import hashlib
import socket
import ssl
import threading
from collections import Counter, deque
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, Envelope, Session


class Fault(enum.Enum):
    """What the server does instead of accepting."""

    REFUSE_SENDER = "550 5.7.1 at MAIL"
    REFUSE_RECIPIENT = "550 5.1.1 at RCPT"
    DEFER_RECIPIENT = "451 4.7.1 greylisted at RCPT"
    BUSY_AT_MAIL = "421 and hang up at MAIL"
    REFUSE_DATA = "554 at DATA"
    REFUSE_BODY = "554 after the body"
    DEFER_BODY = "452 after the body"
    HANG_UP_AT_RECIPIENT = "hang up at RCPT"
    HANG_UP_BEFORE_BODY = "hang up right after 354"
    HANG_UP_AFTER_BODY = "hang up after the body, not accepted"
    ACCEPT_AND_HANG_UP = "accept, then hang up before the reply"
    STALL_AFTER_BODY = "accept, and never reply"
    STALL_AT_RECIPIENT = "never reply to RCPT"
    GARBAGE_AFTER_BODY = "an answer that is no answer"
    GO_ON_AFTER_BODY = "354 in answer to the body"
    ENDLESS_REPLY = "a reply without an end after the body"
    HANG_UP_AT_NEXT_MAIL = "accept, and hang up when the connection is used again"


@dataclass(frozen=True)
class Accepted:
    """One message that got its 250."""

    recipients: tuple[str, ...]
    sender: str
    raw: bytes
    connection: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def message(self) -> EmailMessage:
        message = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message


@dataclass
class _Book:
    accepted: list[Accepted] = field(default_factory=list)
    faults: dict[str, deque[Fault]] = field(default_factory=dict)
    commands: Counter[str] = field(default_factory=Counter)
    connections: int = 0
    offered: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class _Conversation(SMTP):
    """aiosmtpd, able to misbehave."""

    def __init__(self, server: "SmtpServer", loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            _Handler(), hostname="mail.example.org", loop=loop, ident="test", timeout=30, tls_context=server.tls
        )
        self.book = server.book
        self.number = 0
        self.fault: Fault | None = None
        self.hangs_up_next = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        with self.book.lock:
            self.book.connections += 1
            self.number = self.book.connections
        super().connection_made(transport)

    def hang_up(self) -> None:
        assert isinstance(self.transport, asyncio.Transport)
        self.transport.abort()

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802  aiosmtpd names its commands so
        self.book.commands["MAIL"] += 1
        if self.hangs_up_next:
            self.hang_up()
            return
        await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802  aiosmtpd's name
        self.book.commands["RCPT"] += 1
        address = arg.partition("<")[2].partition(">")[0]
        self.book.offered.append(address)
        self.fault = self._next_fault(address)
        match self.fault:
            case Fault.REFUSE_RECIPIENT:
                await self.push(f"550 5.1.1 <{address}>: no such user")
            case Fault.DEFER_RECIPIENT:
                await self.push(f"451 4.7.1 <{address}>: greylisted")
            case Fault.HANG_UP_AT_RECIPIENT:
                self.hang_up()
            case Fault.STALL_AT_RECIPIENT:
                await asyncio.sleep(30)
            case _:
                await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  aiosmtpd's name
        self.book.commands["DATA"] += 1
        if self.fault is Fault.REFUSE_DATA:
            await self.push("554 5.5.1 no")
            return
        if self.fault is Fault.HANG_UP_BEFORE_BODY:
            await self.push("354 go on")
            self.hang_up()
            return
        await super().smtp_DATA(arg)

    def _next_fault(self, address: str) -> Fault | None:
        with self.book.lock:
            faults = self.book.faults.get(address.lower())
            return faults.popleft() if faults else None


class _Handler:
    async def handle_DATA(self, server: _Conversation, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        fault = server.fault
        if fault is Fault.REFUSE_BODY:
            return "554 5.6.0 not wanted"
        if fault is Fault.DEFER_BODY:
            return "452 4.2.2 mailbox full"
        if fault is Fault.HANG_UP_AFTER_BODY:
            server.hang_up()
            return "250 never seen"
        content = envelope.content
        assert isinstance(content, bytes)
        accepted = Accepted(tuple(envelope.rcpt_tos), envelope.mail_from or "", content, server.number)
        with server.book.lock:
            server.book.accepted.append(accepted)
        return await _answer(server, fault)


async def _answer(server: _Conversation, fault: Fault | None) -> str:
    match fault:
        case Fault.ACCEPT_AND_HANG_UP:
            server.hang_up()
        case Fault.STALL_AFTER_BODY:
            await asyncio.sleep(30)
        case Fault.GARBAGE_AFTER_BODY:
            return "banana"
        case Fault.GO_ON_AFTER_BODY:
            return "354 go on and on"
        case Fault.ENDLESS_REPLY:
            return "\r\n".join(["250-" + "x" * 500] * 500)
        case Fault.HANG_UP_AT_NEXT_MAIL:
            server.hangs_up_next = True
    return "250 2.0.0 taken"


class SmtpServer:
    """The server in a thread of its own, on a free port; with `tls` it offers STARTTLS. Use as a context manager."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.book = _Book()
        self.tls = tls
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()

    @property
    def accepted(self) -> list[Accepted]:
        return self.book.accepted

    def script(self, address: str, *faults: Fault) -> None:
        """What happens to the next offers for `address`, one fault each; then it is accepted."""
        self.book.faults[address.lower()] = deque(faults)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(5)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        listening = socket.create_server(("127.0.0.1", 0))
        self.port = listening.getsockname()[1]
        server: Any = self._loop.run_until_complete(
            self._loop.create_server(lambda: _Conversation(self, self._loop), sock=listening)
        )
        self._ready.set()
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()
