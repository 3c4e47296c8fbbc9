"""The moderators' keys, in a browser that runs scripts; without them test_walk presses the buttons."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.site import Site
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def moderator(site: Site, browser: Browser) -> Iterator[Visitor]:
    with Visitor.arrive(browser, site, scripts=True) as moderator:
        moderator.sign_in("moderator1@people.example")
        moderator.open("/statements/moderation/")
        yield moderator


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_keys_move_decide_undo_and_can_be_turned_off(moderator: Visitor) -> None:
    page = moderator.page
    first, second = page.locator("[data-entry]").nth(0), page.locator("[data-entry]").nth(1)
    name, next_card = first.get_attribute("aria-label"), second.get_attribute("id")
    press(page, "j", "j")
    expect(second).to_be_focused()
    press(page, "k")
    expect(first).to_be_focused()

    # The reasons open, and what is typed there decides nothing.
    press(page, "r")
    expect(first.locator("input[name=reason]").first).to_be_focused()
    press(page, "a", "u")
    press(page, "Escape")
    expect(first).to_be_focused()
    expect(first.locator("details[open]")).to_have_count(0)

    # One key decides; the next card has the focus, and a screen reader hears what happened.
    press(page, "a")
    expect(page.locator("[data-said]")).to_contain_text(str(name))
    expect(page.locator(f"#{next_card}")).to_be_focused()
    press(page, "u")
    moderator.reads("Undone. The signature is where it was before.")

    moderator.press("Turn the keys off")
    waiting = page.locator("[data-entry]").count()
    press(page, "j", "a")
    moderator.open("/statements/moderation/")
    expect(page.locator("[data-entry]")).to_have_count(waiting)
    expect(page.get_by_role("button", name="Turn the keys on")).to_be_visible()
    moderator.press("Turn the keys on")
    press(page, "j")
    expect(page.locator("[data-entry]").first).to_be_focused()
