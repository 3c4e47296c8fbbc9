"""Accounts write through the real outbox; passwords are hashed as in production, but at a cost that tests can bear."""

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def real_outbox_and_quick_hashes(settings: Settings) -> None:
    # Django's test runner puts a list in place of every mail backend.
    settings.EMAIL_BACKEND = "outbox.backend.OutboxBackend"
    settings.PASSWORD_HASHERS = ["tests.accounts.hashers.QuickArgon2PasswordHasher"]
