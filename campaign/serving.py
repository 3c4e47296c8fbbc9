"""How gunicorn serves the site: a thread gets whole requests only, and what is too much is told so at once (S1).

Gunicorn's own threads read from whoever connects: eight people who send a letter a second keep eight threads, and the
site is shut. Here the loop of each process watches all connections. The kernel keeps what came and wakes us when the
rest may be there (SO_RCVLOWAT), so a slow connection costs one open file and no thread; after `SECONDS_TO_SEND` it is
closed. When too many whole requests wait for a thread, the next is answered 503 with Retry-After by the loop itself.

`gunicorn campaign.wsgi --worker-class campaign.serving.Worker`; the other options are in docs/running.md.
"""

import re
import resource
import socket
import struct
import time
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from gunicorn.workers.gthread import TConn, ThreadWorker  # type: ignore[import-untyped]  # gunicorn tells no types

TRY_AGAIN_AFTER = 10  # seconds
# Until its request is whole, counted from the connection. A thread waits so long for one more byte of a large upload.
SECONDS_TO_SEND = 20
SECONDS_WITHOUT_A_BYTE = 10
SECONDS_TO_CLOSE = 2
# Bytes of a head, and of a head and body that are waited for; what is longer is an upload, and read by a thread.
LARGEST_HEAD = 32 * 1024
LARGEST_WAITED_FOR = 128 * 1024
# Of each process: whole requests that wait or are worked on. A form that was filled in has more room than a page. Who
# has just been answered is taken off a moment later, and may have asked again by then: 64 people need more than 64.
MOST_PAGES, MOST_FORMS, MOST_UPLOADS = 96, 192, 1

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,15})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
_PERSIAN = re.compile(rb"\A[A-Z]+ /fa(/|\s)")


def length_of(seen: bytes) -> int | None:
    """How many bytes the request that begins with `seen` has, as its head says; None while the head is not whole."""
    end = seen.find(b"\r\n\r\n")
    if end < 0:
        return None
    told = _LENGTH.search(seen, 0, end + 2)
    return end + 4 + (int(told[1]) if told else 0)


def pages_for_busy() -> dict[tuple[str, bool], bytes]:
    """The answers 503, whole, by language and whether a form was sent; drawn once, as there is no time for it later."""
    answers = {}
    for language in ("en", "fa"):
        for is_form in (False, True):
            with translation.override(language):
                body = render_to_string("errors/busy.html", {"is_form": is_form}).encode()
            head = (
                f"HTTP/1.1 503 Service Unavailable\r\nRetry-After: {TRY_AGAIN_AFTER}\r\nCache-Control: no-store\r\n"
                f"Content-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
                "X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
            )
            answers[language, is_form] = head.encode() + body
    return answers


class Worker(ThreadWorker):  # type: ignore[misc]  # the same
    """Gunicorn's worker with threads; connections reach a thread when their request is whole. Keeps none alive."""

    def init_process(self) -> None:
        # 2,000 connections are 2,000 open files.
        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self._in_work = self._uploads = 0
        self.cfg.set("keepalive", 0)
        super().init_process()

    def load_wsgi(self) -> None:
        super().load_wsgi()
        self._busy = pages_for_busy()

    def accept(self, listener: socket.socket) -> None:
        """Called by the loop, as all below: nothing here may wait."""
        try:
            client, address = listener.accept()
        except OSError:
            return
        self.nr_conns += 1
        # A reader who takes no byte of the answer for so long has gone; the kernel then ends the thread's wait.
        patience = struct.pack("ll", SECONDS_WITHOUT_A_BYTE, 0)
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            client.setsockopt(socket.SOL_SOCKET, option, patience)
        conn = TConn(self.cfg, client, address, listener.getsockname())
        conn.data_ready, conn.seen = True, 0
        conn.timeout = time.monotonic() + SECONDS_TO_SEND
        self.pending_conns.append(conn)
        self.poller.register(client, EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def on_pending_socket_readable(self, conn: Any, client: socket.socket) -> None:
        """More has come: hands the request to a thread when it is whole, else asks to be woken for the rest."""
        try:
            seen = client.recv(LARGEST_WAITED_FOR, socket.MSG_PEEK)
        except BlockingIOError:
            return
        except OSError:
            seen = b""
        length = length_of(seen)
        wanted = len(seen) + 1 if length is None else length
        if len(seen) >= wanted or (length is not None and length > LARGEST_WAITED_FOR):
            self._stop_watching(conn)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
            # A body in chunks has no length to wait for: a thread reads it, as it does an upload.
            self._admit(conn, seen, is_upload=wanted > LARGEST_WAITED_FOR or bool(_CHUNKED.search(seen)))
        elif len(seen) <= conn.seen or len(seen) >= LARGEST_HEAD > (length or 0):
            # Woken and nothing new: the other side has gone. Or a head without end.
            self._stop_watching(conn)
            self._drop(conn)
        else:
            conn.seen = len(seen)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, wanted)

    def finish_request(self, conn: Any, fs: Any) -> None:
        """A thread is done with it. Gunicorn would wait here, and all with it, until the reader has closed too."""
        self._in_work -= 1
        self._uploads -= conn.is_upload
        self._close_gently(conn)

    def on_client_socket_readable(self, conn: Any, client: socket.socket) -> None:
        """Something of one to whom we said all: thrown away, until the other side has closed."""
        try:
            more = client.recv(LARGEST_WAITED_FOR)
        except BlockingIOError:
            return
        except OSError:
            more = b""
        if not more:
            self.poller.unregister(client)
            self.keepalived_conns.remove(conn)
            self._drop(conn)

    def _admit(self, conn: Any, seen: bytes, *, is_upload: bool) -> None:
        is_form = seen.startswith(b"POST ")
        is_full = self._in_work >= (MOST_FORMS if is_form else MOST_PAGES)
        if is_full or (is_upload and self._uploads >= MOST_UPLOADS):
            language = "fa" if _PERSIAN.match(seen) else "en"
            self._refuse(conn, self._busy[language, is_form])
            return
        conn.is_upload = is_upload
        self._in_work += 1
        self._uploads += is_upload
        self.enqueue_req(conn)

    def _refuse(self, conn: Any, answer: bytes) -> None:
        with suppress(OSError):
            conn.sock.send(answer)
        self._close_gently(conn)

    def _close_gently(self, conn: Any) -> None:
        """Says that no more comes, and closes a little later: over bytes not read yet, the answer might get lost."""
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._drop(conn)
            return
        conn.timeout = time.monotonic() + SECONDS_TO_CLOSE
        self.keepalived_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_client_socket_readable, conn))

    def _stop_watching(self, conn: Any) -> None:
        self.poller.unregister(conn.sock)
        self.pending_conns.remove(conn)

    def _drop(self, conn: Any) -> None:
        self.nr_conns -= 1
        conn.close()
