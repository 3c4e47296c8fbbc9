"""S6 in a browser: one that runs scripts, follows the mail's link and presses nothing confirms nothing."""

import re

import pytest
from playwright.sync_api import Browser

from tests.browser.site import Site
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site"), pytest.mark.timeout(400)]

PETITION = "/statements/stop-executions-petition/"
ADDRESS = "scanned@people.example"
# Longer than any script of ours waits, and than the worker takes to count.
MILLISECONDS_TO_LOOK = 8_000


def link_in_mail(reader: Visitor) -> str:
    found = re.search(r"https?://\S+(/statements/link/[\w-]{43}/)", reader.mail_to(ADDRESS))
    assert found, "no link in the mail"
    return found[1]


def test_s6_browser_that_presses_nothing_confirms_nothing(site: Site, browser: Browser) -> None:
    with Visitor.arrive(browser, site) as reader:
        reader.ask_to_sign(PETITION, name="Demo Scanned Person", email=ADDRESS)
        link, counted = link_in_mail(reader), reader.tally(PETITION)
        with Visitor.arrive(browser, site, scripts=True) as scanner:
            scanner.open(link)
            button = scanner.page.get_by_role("button", name="Confirm my signature")
            button.hover()
            button.focus()
            scanner.page.mouse.wheel(0, 2_000)
            scanner.page.wait_for_timeout(MILLISECONDS_TO_LOOK)
            scanner.page.reload()
            assert button.is_visible()
        assert reader.tally(PETITION) == counted
        reader.open(link)
        reader.press("Confirm my signature")
        reader.waits_for_tally(PETITION, counted + 1)
