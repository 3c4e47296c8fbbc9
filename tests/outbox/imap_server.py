"""A real IMAP server (pymap, in memory) of its own process on the loopback.

with ImapServer() as server:
    server.keep(b"Message-ID: <a@example.org>\\r\\n\\r\\nx", at=some_moment)
    settings.EVIDENCE_ARCHIVE = server.url
"""

import socket
import subprocess
import sys
import time
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import Self

from imap_tools import MailBoxUnencrypted

USER, PASSWORD = "archive", "pass word/2"


class ImapServer:
    """Use as a context manager; `url` is what `EVIDENCE_ARCHIVE` takes."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self.url = f"imap://{USER}:pass%20word%2F2@127.0.0.1:{self.port}/INBOX"

    def __enter__(self) -> Self:
        program = [sys.executable, "-W", "ignore", "-c", "import pymap.main as p; p.main()"]
        server = [*program, "--host", "127.0.0.1", "--port", str(self.port), "--no-tls"]
        backend = ["dict", "--demo-user", USER, "--demo-password", PASSWORD]
        self._process = subprocess.Popen([*server, *backend], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 15
        while not self._answers():
            if time.monotonic() > deadline:
                self._stop()
                raise TimeoutError("the IMAP server does not start")
            time.sleep(0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def keep(self, mail: bytes, *, at: datetime) -> None:
        with MailBoxUnencrypted("127.0.0.1", self.port).login(USER, PASSWORD) as mailbox:
            mailbox.append(mail, "INBOX", dt=at)

    def _stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as caller:
            return bool(caller.recv(100))
        return False
