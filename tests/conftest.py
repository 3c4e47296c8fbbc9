"""What every test stands on: a real PostgreSQL, a cache of its own, and people to act as."""

import os

os.environ["COUNTERSIGN_ENV"] = "test"

import pytest  # noqa: E402  the environment must be set before Django reads its settings
from django.core.cache import cache  # noqa: E402


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()
