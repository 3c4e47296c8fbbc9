"""The mail server of the outbox's tests, for those that follow an update to the end."""

from tests.outbox.conftest import smtp_server

__all__ = ["smtp_server"]
