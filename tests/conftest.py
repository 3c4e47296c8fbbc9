"""What every test stands on: a real PostgreSQL and Redis, a cache of its own, and a browser where there is one.

`DATABASE_URL` and `REDIS_URL` name engines to use; without them the run starts its own and throws them away.
"""

import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import django
import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import translation

from embedded.browser import MISSING, find_browser
from embedded.console import StopError
from embedded.engines import throw_away_engines
from embedded.machine import ROOT
from embedded.messages import compile_messages
from tests.template_database import finished_template, template_in_the_making

SERVERS = {"imap", "listen", "office", "smtp_server"}
THROWN_AWAY = pytest.StashKey[ExitStack]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Prepares the environment before Django reads it: once for all, then what each parallel worker has of its own."""
    if config.option.help or config.option.version:
        return
    if hasattr(config, "workerinput"):
        _take_own_redis_database(config.workerinput["workerid"])
    else:
        _prepare(config)
    os.environ["COUNTERSIGN_ENV"] = "test"
    os.environ["DJANGO_SETTINGS_MODULE"] = "campaign.settings"
    django.setup()
    # A parallel worker inherits the environment, and would read the settings before it has its own Redis database.
    del os.environ["DJANGO_SETTINGS_MODULE"]


def _prepare(config: pytest.Config) -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    stack = config.stash[THROWN_AWAY] = ExitStack()
    try:
        compile_messages(ROOT / "locale")
        os.environ.update(stack.enter_context(throw_away_engines(os.environ)).urls)
    except StopError as error:
        raise pytest.UsageError(str(error)) from error
    for name in ("DATA_DIR", "MAILBOX_DIR"):
        if not os.environ.get(name):
            os.environ[name] = stack.enter_context(tempfile.TemporaryDirectory(prefix="countersign-"))
    if not config.option.collectonly:
        stack.enter_context(template_in_the_making())
    # WhiteNoise warns of a missing folder, and warnings are errors.
    (Path(os.environ["DATA_DIR"]) / "static").mkdir(parents=True, exist_ok=True)


def _take_own_redis_database(worker: str) -> None:
    """Workers `gw0`, `gw1`, ... must not empty each other's cache."""
    url = urlsplit(os.environ["REDIS_URL"])
    number = int(url.path.strip("/") or 0) + int(worker.removeprefix("gw")) + 1
    os.environ["REDIS_URL"] = url._replace(path=f"/{number}").geturl()


def pytest_unconfigure(config: pytest.Config) -> None:
    if THROWN_AWAY in config.stash:
        config.stash[THROWN_AWAY].close()


def pytest_itemcollected(item: pytest.Item) -> None:
    """A test with a mail server of its own is slow, and one that commits: after it all tables are emptied."""
    django_db = item.get_closest_marker("django_db")
    commits = django_db is not None and django_db.kwargs.get("transaction")
    if commits or SERVERS.intersection(getattr(item, "fixturenames", ())):
        item.add_marker(pytest.mark.slow)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones go first, so that the other processes work meanwhile.

    Without a browser its tests are skipped, and in CI nothing runs: a missing browser must not look like success.
    """
    items.sort(
        key=lambda item: 0 if item.get_closest_marker("browser") else 1 if item.get_closest_marker("slow") else 2
    )
    need_browser = [item for item in items if item.get_closest_marker("browser")]
    if not need_browser or os.environ.setdefault("BROWSER_PATH", find_browser()):
        return
    if os.environ.get("CI") == "true":
        raise pytest.UsageError(MISSING)
    for item in need_browser:
        item.add_marker(pytest.mark.skip(reason=MISSING))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The test database is a copy of one that is migrated already."""
    if template := finished_template():
        settings.DATABASES["default"].setdefault("TEST", {})["TEMPLATE"] = template


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A page asked for in Persian leaves its language behind; every test starts in English."""
    with translation.override("en"):
        yield
