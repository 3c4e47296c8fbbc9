"""`python -m embedded.run` as a person starts and ends it."""

import signal
import socket
import subprocess
import sys

import pytest

from embedded.machine import ROOT
from embedded.ports import free_port
from tests.embedded.places import open_folder
from tests.embedded.runs import SECONDS_TO_STOP, environment, processes_of, running, status_of


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_run_serves_until_term_and_leaves_nothing_even_when_killed() -> None:
    with open_folder() as folder:
        data_dir, port = folder / "var", free_port()
        with running(data_dir, port) as first:
            assert [status_of(port, path) for path in ("/health/", "/", "/fa/", "/mailbox/")] == [200] * 4
            assert len(processes_of(data_dir)) >= 6
            first.send_signal(signal.SIGTERM)
            assert first.wait(SECONDS_TO_STOP) == 0
            assert processes_of(data_dir) == []
        secrets = (data_dir / "secrets.env").read_text()
        with running(data_dir, port):  # killed at the end of the block
            assert status_of(port, "/health/") == 200
        assert (data_dir / "secrets.env").read_text() == secrets


def complaint(**chosen: str) -> str:
    """What a run that cannot start says on stderr; it must end with exit code 1."""
    command = [sys.executable, "-m", "embedded.run"]
    with open_folder() as folder:
        variables = environment(folder / "var", **chosen)
        result = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    return result.stderr


def test_run_says_that_the_port_is_in_use() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert complaint(PORT=str(port)) == (
            f"Port {port} is in use by another program: stop that, or start with `make run PORT={port + 1}`.\n"
        )


@pytest.mark.parametrize(
    ("chosen", "line"),
    [
        ({"PORT": "eighty"}, "PORT must be a number from 1024 to 65535, and is 'eighty'.\n"),
        (
            {"DATABASE_URL": "postgresql://me:hunter2@127.0.0.1:1/x"},
            'DATABASE_URL does not work: connection to server at "127.0.0.1", port 1 failed: Connection refused. '
            "Correct it, or leave it out.\n",
        ),
        ({"EMBEDDED_POSTGRES": "mine"}, "EMBEDDED_POSTGRES must be installed or wheel, or be left out.\n"),
    ],
)
def test_run_says_in_one_line_what_is_wrong(chosen: dict[str, str], line: str) -> None:
    assert complaint(**{"PORT": str(free_port()), **chosen}) == line
