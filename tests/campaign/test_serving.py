"""S1: who sends slowly holds no thread; what is too much is told so; nothing of a request gets lost on the way."""

import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest

from campaign.serving import MOST_FORMS, MOST_PAGES, length_of
from embedded.machine import ROOT
from embedded.ports import free_port

OURS = "campaign.serving.Worker"
Serve = Callable[..., int]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Gunicorn with two threads on a port of its own."""
    with ExitStack() as stack:

        def start(worker: str = OURS, seconds_to_send: int = 20) -> int:
            port = free_port()
            command = [sys.executable, "-m", "gunicorn", "tests.campaign.serving_app", "--bind", f"127.0.0.1:{port}"]
            command += ["--worker-class", worker, "--threads", "2", "--no-control-socket", "--graceful-timeout", "1"]
            changes = {"DJANGO_SETTINGS_MODULE": "campaign.settings", "SECONDS_TO_SEND": str(seconds_to_send)}
            server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONWARNINGS": "ignore", **changes})
            stack.callback(server.wait)
            stack.callback(server.terminate)
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline:
                with suppress(OSError):
                    assert ask(port) == (200, "0")
                    return port
                time.sleep(0.1)
            raise TimeoutError

        yield start


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=15)


def begin(port: int, method: str = "GET", path: str = "/", body: bytes = b"") -> socket.socket:
    """A connection on which one request was sent."""
    connection = connect(port)
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n\r\n"
    connection.sendall(head.encode() + body)
    return connection


def finish(connection: socket.socket) -> tuple[int, str]:
    """The status, and the body or, of a refusal, all of the answer."""
    answer = b""
    while more := connection.recv(65536):
        answer += more
    connection.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    status = int(head.split()[1])
    return status, (body if status == 200 else answer).decode()


def ask(port: int, method: str = "GET", path: str = "/", body: bytes = b"") -> tuple[int, str]:
    return finish(begin(port, method, path, body))


@contextmanager
def slow_ones(port: int) -> Iterator[list[socket.socket]]:
    """Twelve who say nothing, half a head, or half a body."""
    texts = [b"", b"GET / HTTP/1.1\r\nHost: 127", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nname="]
    with ExitStack() as stack:
        connections = [stack.enter_context(connect(port)) for _ in range(12)]
        for place, connection in enumerate(connections):
            connection.sendall(texts[place % 3])
        time.sleep(0.5)
        yield connections


def test_s1_who_sends_slowly_holds_no_thread(serve: Serve) -> None:
    port = serve()
    with slow_ones(port) as slow:
        began = time.monotonic()
        assert [ask(port) for _ in range(4)] == [(200, "0")] * 4
        assert time.monotonic() - began < 4
        slow[2].sendall(b"x" * 495)
        assert finish(slow[2]) == (200, "500")


def test_s1_control_gunicorns_own_threads_are_held_by_them(serve: Serve) -> None:
    port = serve("gthread")
    with slow_ones(port), begin(port) as waiting:
        waiting.settimeout(4)
        with pytest.raises(TimeoutError):
            waiting.recv(1)


def test_s1_who_never_comes_to_an_end_is_closed(serve: Serve) -> None:
    port = serve(seconds_to_send=1)
    began = time.monotonic()
    with slow_ones(port) as slow:
        assert [end_of(connection) for connection in slow] == [b""] * 12
    assert 1 <= time.monotonic() - began < 12


def end_of(connection: socket.socket) -> bytes:
    """What comes; b"" when it is closed, also where the other side had not read all that was sent."""
    try:
        return connection.recv(1)
    except ConnectionResetError:
        return b""


def test_s1_too_many_are_told_so_at_once_and_a_form_has_more_room(serve: Serve) -> None:
    port = serve()
    pages = [begin(port, "GET", "/?0.1") for _ in range(MOST_PAGES)]
    time.sleep(0.2)
    more = [begin(port, "GET", "/?0.1") for _ in range(MOST_PAGES)]
    form = begin(port, "POST", "/?0.1", b"name=Ada")
    persian = begin(port, "GET", "/fa/?0.1")
    refused = [answer for status, answer in map(finish, more) if status == 503]
    status, answer = finish(persian)
    assert refused
    assert all("\r\nRetry-After: 10\r\n" in each and "Very many people are here" in each for each in refused)
    assert (status, 'lang="fa" dir="rtl"' in answer) == (503, True)
    assert finish(form) == (200, "8")
    assert Counter(map(finish, pages)) == {(200, "0"): MOST_PAGES}


def test_s1_a_form_that_is_refused_is_told_that_nothing_is_lost(serve: Serve) -> None:
    port = serve()
    forms = [begin(port, "POST", "/?0.05", b"name=Ada") for _ in range(MOST_FORMS + 30)]
    answers = [finish(form) for form in forms]
    refused = [answer for status, answer in answers if status == 503]
    assert refused
    assert all("still in your browser" in each for each in refused)
    assert {answer for answer in answers if answer[0] == 200} == {(200, "8")}
    # Nobody's place is lost: when all have gone, there is room again.
    assert ask(port) == (200, "0")


def test_s1_uploads_arrive_whole_one_at_a_time(serve: Serve) -> None:
    port, scan = serve(), b"x" * 3_000_000
    assert ask(port, "POST", "/", body=scan) == (200, "3000000")
    first = connect(port)
    first.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n" + scan[:200_000])
    time.sleep(0.5)
    second = connect(port)
    second.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n" + scan[:1000])
    assert finish(second)[0] == 503
    assert ask(port) == (200, "0")
    first.sendall(scan[200_000:])
    assert finish(first) == (200, "3000000")


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_s1_request_in_pieces_arrives_whole(serve: Serve, step: int) -> None:
    text = b"POST / HTTP/1.1\r\nHost: x\r\ncontent-LENGTH: 90\r\n\r\n" + b"\r\n\r\nabcde" * 10
    connection = connect(serve())
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for place in range(0, len(text), step):
        connection.sendall(text[place : place + step])
        time.sleep(0.002)
    assert finish(connection) == (200, "90")


@pytest.mark.parametrize(
    ("seen", "length"),
    [
        (b"", None),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", None),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27),
        (b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab", 43),
        (b"POST / HTTP/1.1\r\nX-Content-Length: 5\r\n\r\n", 40),
        (b"POST / HTTP/1.1\r\n\r\nContent-Length: 5\r\n\r\n", 19),
    ],
)
def test_s1_length_of_a_request_is_what_its_head_says(seen: bytes, length: int | None) -> None:
    assert length_of(seen) == length
