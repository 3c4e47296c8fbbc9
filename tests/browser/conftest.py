"""One site and one browser for all tests here."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.album import Album
from tests.browser.site import Site, running_site
from tests.browser.visitor import FLAGS
from tests.embedded.places import open_folder


@pytest.fixture(scope="package")
def site() -> Iterator[Site]:
    with open_folder() as data_dir, running_site(data_dir) as site:
        yield site


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Closed before other tests run: while it is open an event loop runs, and Django would refuse its database."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["BROWSER_PATH"], args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def album() -> Album:
    folder = Path(os.environ["PICTURES_DIR"]) if os.environ.get("PICTURES_DIR") else None
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    return Album(folder)
