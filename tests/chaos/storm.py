"""S1: very many connections at once, as people and as those who only want to keep the site busy; plain sockets.

Four kinds: pages asked for honestly, a head that comes a byte a second, a body that does, and an answer that is taken
a byte a second. The slow ones stay as long as they are let.
"""

import asyncio
import resource
import socket
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

# Files that this process has open besides its connections.
OTHER_FILES = 200
SLOW_STEP = 1.0


@dataclass(frozen=True)
class Told:
    """What one honest request got: the status line's number, or the name of the error."""

    outcome: str
    has_retry_after: bool
    seconds: float


@dataclass
class Storm:
    """`blow` opens `number` connections to `port`: half ask for `page` honestly, the rest in three slow ways.

    The honest ones ask again and again for `seconds`, so that the storm does not end with its first wave.
    """

    port: int
    page: str
    number: int
    seconds: float
    told: list[Told] = field(default_factory=list)
    # How the slow ones ended: "closed" by the site, "answered", or "held" until the storm was over.
    slow: Counter[str] = field(default_factory=Counter)
    most_open: int = 0
    _open: int = 0

    def blow(self) -> None:
        asyncio.run(self._blow())

    async def _blow(self) -> None:
        self._over = time.monotonic() + self.seconds
        kinds: list[Callable[[int], Awaitable[None]]] = [self._ask, self._slow_head, self._ask, self._slow_body]
        kinds += [self._ask, self._slow_read]
        await asyncio.gather(*(kinds[seat % len(kinds)](seat) for seat in range(self.number)))

    def outcomes(self) -> Counter[str]:
        return Counter(one.outcome for one in self.told)

    async def _connect(self, *, receive_buffer: int = 0) -> socket.socket:
        connection = socket.socket()
        connection.setblocking(False)
        if receive_buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", self.port))
        self._open += 1
        self.most_open = max(self.most_open, self._open)
        return connection

    def _close(self, connection: socket.socket) -> None:
        connection.close()
        self._open -= 1

    def _head(self, seat: int, method: str = "GET", *more: str) -> bytes:
        lines = [f"{method} {self.page} HTTP/1.1", "Host: 127.0.0.1", f"X-Forwarded-For: 10.1.{seat >> 8}.{seat & 255}"]
        return "\r\n".join([*lines, "Connection: close", *more, "", ""]).encode()

    async def _ask(self, seat: int) -> None:
        while time.monotonic() < self._over:
            began = time.monotonic()
            try:
                answer = await asyncio.wait_for(self._ask_once(seat), 60)
            except (OSError, TimeoutError) as error:
                self.told.append(Told(type(error).__name__, has_retry_after=False, seconds=time.monotonic() - began))
            else:
                head = answer.partition(b"\r\n\r\n")[0].decode("latin-1")
                outcome = head.split(" ", 2)[1] if head.startswith("HTTP/1.1 ") else "nothing"
                retry = "\r\nretry-after: " in head.lower()
                self.told.append(Told(outcome, has_retry_after=retry, seconds=time.monotonic() - began))
            # As a person who loads the page again, but impatient.
            await asyncio.sleep(SLOW_STEP)

    async def _ask_once(self, seat: int) -> bytes:
        loop, connection = asyncio.get_running_loop(), await self._connect()
        try:
            await loop.sock_sendall(connection, self._head(seat))
            answer = bytearray()
            while more := await loop.sock_recv(connection, 65536):
                answer += more
            return bytes(answer)
        finally:
            self._close(connection)

    async def _slow_head(self, seat: int) -> None:
        await self._trickle(self._head(seat, "GET", "X-Long: " + "x" * 5000)[:-4])

    async def _slow_body(self, seat: int) -> None:
        head = self._head(seat, "POST", "Content-Type: application/x-www-form-urlencoded", "Content-Length: 5000")
        await self._trickle(b"name=" + b"x" * 4995, first=head)

    async def _trickle(self, text: bytes, first: bytes = b"") -> None:
        loop, connection = asyncio.get_running_loop(), await self._connect()
        how = "held"
        try:
            await loop.sock_sendall(connection, first + text[:20])
            for place in range(20, len(text)):
                if time.monotonic() > self._over:
                    break
                await loop.sock_sendall(connection, text[place : place + 1])
                with suppress(TimeoutError):
                    said = await asyncio.wait_for(loop.sock_recv(connection, 65536), SLOW_STEP)
                    how = "answered" if said else "closed"
                    break
        except OSError:
            how = "closed"
        finally:
            self.slow[how] += 1
            self._close(connection)

    async def _slow_read(self, seat: int) -> None:
        loop, connection = asyncio.get_running_loop(), await self._connect(receive_buffer=1024)
        how = "held"
        try:
            await loop.sock_sendall(connection, self._head(seat))
            while time.monotonic() < self._over:
                if not await asyncio.wait_for(loop.sock_recv(connection, 1), self.seconds):
                    how = "answered"
                    break
                await asyncio.sleep(SLOW_STEP)
        except (OSError, TimeoutError):
            how = "closed"
        finally:
            self.slow[how] += 1
            self._close(connection)


def open_files_for(connections: int) -> str:
    """Raises this process's limit of open files as far as it goes; "" or, in words, why that is not enough."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard == resource.RLIM_INFINITY or hard >= connections + OTHER_FILES:
        return ""
    return f"{connections} connections need {connections + OTHER_FILES} open files, and this account may have {hard}"
