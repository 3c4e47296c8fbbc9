"""A server that breaks the rules cannot fill our memory, hold us for ever or have one answer taken for another."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from outbox.addresses import without_addresses
from outbox.dialogue import is_loopback
from outbox.patience import Patience
from outbox.smtp import BrokenBeforeDotError, Line, ReplyLostError, UnreachableError

HASTY = Patience(connect=0.6, command=0.6, body=0.6, after_dot=0.6)
Talk = Callable[[socket.socket], None]


@pytest.fixture
def listen(settings: Any) -> Iterator[Callable[[Talk], None]]:
    """Start a server that talks to one caller as the test says."""
    listening = socket.create_server(("127.0.0.1", 0))
    settings.SMTP_PORT, settings.SMTP_STARTTLS = listening.getsockname()[1], False
    threads: list[threading.Thread] = []

    def serve(talk: Talk) -> None:
        caller, _ = listening.accept()
        # The caller hangs up, which is what these tests want to see.
        with caller, suppress(OSError):
            talk(caller)

    def start(talk: Talk) -> None:
        threads.append(threading.Thread(target=serve, args=[talk], daemon=True))
        threads[-1].start()

    yield start
    for thread in threads:
        thread.join(5)
    listening.close()


def drip(caller: socket.socket) -> None:
    for _ in range(100):
        caller.sendall(b"2")
        time.sleep(0.05)


def flood(caller: socket.socket) -> None:
    for _ in range(10_000):
        caller.sendall(b"220-" + b"x" * 1000 + b"\r\n")


@pytest.mark.parametrize(
    "talk",
    [drip, flood, lambda caller: caller.sendall(b"x" * 1_000_000), lambda caller: caller.sendall(b"554 no\r\n"),
     lambda caller: caller.sendall(b"HTTP/1.1 200 OK\r\n"), lambda caller: None, lambda caller: time.sleep(1)],
    ids=["drip", "flood", "one endless line", "refused", "another protocol", "hang up", "silence"],
)  # fmt: skip
def test_line_greeting_that_is_no_greeting_is_given_up_soon(listen: Callable[[Talk], None], talk: Talk) -> None:
    listen(talk)
    started = time.monotonic()
    with Line(HASTY) as line, pytest.raises(UnreachableError):
        line.open()
    assert time.monotonic() - started < 2


def test_line_reply_given_too_early_is_not_taken_for_the_answer(listen: Callable[[Talk], None]) -> None:
    """The 250 that came along with 354 must not be read as the acceptance of a body not yet sent."""

    def talk(caller: socket.socket) -> None:
        caller.sendall(b"220 hi\r\n")
        replies = iter([b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n250 taken\r\n"])
        for reply in replies:
            caller.recv(1000)
            caller.sendall(reply)
        time.sleep(0.2)

    listen(talk)
    with Line(HASTY) as line:
        line.offer(sender="a@example.org", recipient="b@example.org")
        with pytest.raises(BrokenBeforeDotError, match="out of turn"):
            line.hand_over(b"A: b\r\n\r\nc\r\n")


def test_line_error_of_quit_after_acceptance_is_no_failure(listen: Callable[[Talk], None]) -> None:
    def talk(caller: socket.socket) -> None:
        caller.sendall(b"220 hi\r\n")
        for reply in (
            b"250 hi\r\n",
            b"250 ok\r\n",
            b"250 ok\r\n",
            b"354 go on\r\n",
        ):
            caller.recv(1000)
            caller.sendall(reply)
        received = b""
        while not received.endswith(b"\r\n.\r\n"):
            received += caller.recv(1000)
        caller.sendall(b"250 taken\r\n")
        caller.recv(1000)
        caller.sendall(b"500 QUIT?\r\n")

    listen(talk)
    with Line(HASTY) as line:
        line.offer(sender="a@example.org", recipient="b@example.org")
        assert line.hand_over(b"A: b\r\n\r\nc\r\n").code == 250


def test_line_slow_dripping_answer_to_the_dot_is_bounded(listen: Callable[[Talk], None]) -> None:
    def talk(caller: socket.socket) -> None:
        caller.sendall(b"220 hi\r\n")
        for reply in (b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n"):
            caller.recv(1000)
            caller.sendall(reply)
        drip(caller)

    listen(talk)
    with Line(HASTY) as line:
        line.offer(sender="a@example.org", recipient="b@example.org")
        started = time.monotonic()
        with pytest.raises(ReplyLostError):
            line.hand_over(b"A: b\r\n\r\nc\r\n")
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("host", "is_here"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("0.0.0.0", False),  # noqa: S104  an address to be refused
     ("10.0.0.1", False), ("mail.example.org", False), ("localhost.example.org", False), ("", False)],
)  # fmt: skip
def test_loopback_is_told_from_elsewhere(host: str, is_here: bool) -> None:
    assert is_loopback(host) is is_here


def test_addresses_are_taken_out_of_replies() -> None:
    reply = "550 5.1.1 <leyla@example.org>: leyla@example.org unknown; see (a@b.example)"
    assert without_addresses(reply) == "550 5.1.1 <[address]>: [address] unknown; see ([address])"
