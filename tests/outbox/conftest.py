import socket
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.outbox.smtp_server import SmtpServer


@pytest.fixture
def smtp_server(settings: Settings) -> Iterator[SmtpServer]:
    """A real SMTP server that the outbox talks to; see `SmtpServer.script`."""
    with SmtpServer() as server:
        settings.SMTP_HOST, settings.SMTP_PORT, settings.SMTP_STARTTLS = "127.0.0.1", server.port, False
        yield server


@pytest.fixture
def unused_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
