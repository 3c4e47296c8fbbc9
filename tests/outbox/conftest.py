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
