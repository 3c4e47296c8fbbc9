import pytest

from tests.outbox.conftest import smtp_server

__all__ = ["smtp_server"]


@pytest.fixture(autouse=True)
def dry_run(settings: pytest.FixtureRequest) -> None:
    """Whatever the shell says, a test begins where production begins: nothing leaves."""
    settings.MANDATES_MODE = "dry-run"  # type: ignore[attr-defined]
