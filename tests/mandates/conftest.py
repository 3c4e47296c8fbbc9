from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.mandates.post_office import AUTHSERV_ID, PostOffice
from tests.outbox.conftest import smtp_server

__all__ = ["smtp_server"]


@pytest.fixture(autouse=True)
def dry_run(settings: pytest.FixtureRequest) -> None:
    """Whatever the shell says, a test begins where production begins: nothing leaves."""
    settings.MANDATES_MODE = "dry-run"  # type: ignore[attr-defined]  # the stubs type settings as an object


@pytest.fixture
def office(tmp_path: Path, settings: Settings) -> Iterator[PostOffice]:
    """A post office that the poller looks into, and whose DNS has the keys."""
    with PostOffice(tmp_path) as office:
        settings.REPLY_MAILBOX, settings.REPLY_MAILBOX_DONE = office.url, "Kept"
        settings.REPLY_DOMAIN, settings.AUTHSERV_ID = "replies.example", AUTHSERV_ID
        settings.DKIM_DNS = office.dns.place
        yield office
