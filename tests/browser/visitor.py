"""A person in front of a browser: opens pages, fills forms by their labels, reads the mailbox."""

import re
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.site import Site

SECONDS_FOR_THE_WORKER = 40
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@dataclass
class Visitor:
    """One person with a browser profile of their own; scripts are off unless asked for."""

    site: Site
    context: BrowserContext
    page: Page

    @classmethod
    def arrive(cls, browser: Browser, site: Site, *, scripts: bool = False, width: int = 1280) -> Self:
        context = browser.new_context(java_script_enabled=scripts, viewport={"width": width, "height": 900})
        context.set_default_timeout(15_000)
        return cls(site, context, context.new_page())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.context.close()

    def open(self, path: str) -> None:
        response = self.page.goto(f"{self.site.url}{path}")
        assert response is not None
        assert response.status == 200, (path, response.status)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name).first.click()

    def fill(self, **fields: str) -> None:
        """Fields by their `name` attribute; a select takes a value."""
        for name, value in fields.items():
            field = self.page.locator(f"main [name='{name}']:not([type=hidden])").first
            if field.evaluate("element => element.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def sees(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)

    def sees_heading(self, text: str) -> None:
        expect(self.page.locator("h1")).to_contain_text(text)

    def sign_in(self, email: str) -> None:
        address, password = self.site.account(email)
        self.open("/account/login/")
        self.fill(login=address, password=password)
        self.press("Sign in")
        self.sees_heading("My account")

    def mail_to(self, address: str, *, subject: str = "") -> str:
        """Text of the newest mail to `address` with `subject` in its subject, as the mailbox shows it; waits for it."""
        deadline = time.monotonic() + SECONDS_FOR_THE_WORKER
        while time.monotonic() < deadline:
            page = self.context.new_page()
            try:
                page.goto(f"{self.site.url}/mailbox/?to={address}")
                link = page.locator("main li a").filter(has_text=subject)
                if link.count():
                    link.first.click()
                    return page.locator("main").inner_text()
            finally:
                page.close()
            time.sleep(0.5)
        raise AssertionError(f"no mail to {address} about {subject!r} within {SECONDS_FOR_THE_WORKER} s")

    def code_sent_to(self, address: str, *, subject: str = "") -> str:
        """The code in the newest mail to `address`."""
        found = re.search(
            r"^\s*([0-9A-Z]{3,4}[- ]?[0-9A-Z]{3,4})\s*$", self.mail_to(address, subject=subject), re.MULTILINE
        )
        assert found, "no code in the mail"
        return found[1]

    def waits_to_see(self, path: str, text: str) -> None:
        """Opens `path` again and again until it holds `text`: what the worker does shows within seconds."""
        deadline = time.monotonic() + SECONDS_FOR_THE_WORKER
        while time.monotonic() < deadline:
            self.open(path)
            if text in self.page.locator("main").inner_text():
                return
            time.sleep(0.5)
        raise AssertionError(f"{path} does not show {text!r} within {SECONDS_FOR_THE_WORKER} s")
