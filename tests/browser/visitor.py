"""A person in front of a browser: opens pages, fills forms by their labels, reads the mailbox."""

import re
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from django.utils import translation
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
    """One person with a browser profile of their own; scripts are off unless asked for.

    What they press and read is named by its English words and looked for in the words of their language.
    """

    site: Site
    context: BrowserContext
    page: Page
    language: str

    @classmethod
    def arrive(
        cls, browser: Browser, site: Site, *, scripts: bool = False, width: int = 1280, language: str = "en"
    ) -> Self:
        context = browser.new_context(java_script_enabled=scripts, viewport={"width": width, "height": 900})
        context.set_default_timeout(15_000)
        return cls(site, context, context.new_page(), language)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.context.close()

    def words(self, english: str, **values: object) -> str:
        """The interface's words for `english` in this visitor's language."""
        with translation.override(self.language):
            said = translation.gettext(english)
        assert self.language == "en" or said != english, f"nothing in {self.language} for {english!r}"
        return said % values if values else said

    def url(self, path: str) -> str:
        """The address of `path` in this visitor's language."""
        return f"{self.site.url}{'' if self.language == 'en' else f'/{self.language}'}{path}"

    def open(self, path: str) -> None:
        response = self.page.goto(self.url(path))
        assert response is not None
        assert response.status == 200, (path, response.status)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=self.words(name), exact=True).first.click()

    def submit(self) -> None:
        """Press the only button of the form that fills the page, whatever it says."""
        self.page.locator("main button[type=submit]").last.click()

    def check(self, name: str, value: str = "") -> None:
        """Tick the box `name`, or the choice `value` of it."""
        self.page.locator(f"main [name='{name}']" + (f"[value='{value}']" if value else "")).check()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=self.words(name)).first.click()

    def fill(self, **fields: str) -> None:
        """Fields by their `name` attribute; a select takes a value."""
        for name, value in fields.items():
            field = self.page.locator(f"main [name='{name}']:not([type=hidden])").first
            if field.evaluate("element => element.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def sees(self, *texts: str) -> None:
        """Each of `texts` as it stands: names, figures, what somebody typed."""
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)

    def reads(self, *texts: str) -> None:
        """Each of `texts` in the words of this visitor's language."""
        self.sees(*map(self.words, texts))

    def sees_heading(self, text: str, **values: object) -> None:
        expect(self.page.locator("h1")).to_contain_text(self.words(text, **values))

    def sign_in(self, email: str) -> None:
        address, password = self.site.account(email)
        self.open("/account/login/")
        self.fill(login=address, password=password)
        self.press("Sign in")
        self.sees_heading("My account")

    def ask_to_sign(self, petition: str, *, name: str, email: str) -> None:
        """Fill the form of the petition at the path `petition`, which ends in a slash, and send it."""
        self.open(f"{petition}sign/")
        self.fill(name=name, email=email, country="IE")
        self.check("display", "full")
        self.press("Send me the code")
        self.sees_heading("Type the code we sent you")

    def mail_to(self, address: str, *, subject: str = "") -> str:
        """Text of the newest mail to `address` with `subject` in its subject, as the mailbox shows it; waits for it."""
        deadline = time.monotonic() + SECONDS_FOR_THE_WORKER
        with closing(self.context.new_page()) as page:
            while time.monotonic() < deadline:
                page.goto(f"{self.site.url}/mailbox/?to={address}")
                link = page.locator("main li a").filter(has_text=subject)
                if link.count():
                    link.first.click()
                    return page.locator("main").inner_text()
                time.sleep(0.3)
        raise AssertionError(f"no mail to {address} about {subject!r} within {SECONDS_FOR_THE_WORKER} s")

    def code_sent_to(self, address: str, *, subject: str = "") -> str:
        """The code in the newest mail to `address`."""
        found = re.search(
            r"^\s*([0-9A-Z]{3,4}[- ]?[0-9A-Z]{3,4})\s*$", self.mail_to(address, subject=subject), re.MULTILINE
        )
        assert found, "no code in the mail"
        return found[1]

    def tally(self, path: str) -> int:
        """The count that the page at `path` shows, in whatever digits."""
        self.open(path)
        return int(re.sub(r"[,٬]", "", self.page.locator("main .tally").first.inner_text()))

    def waits_for_tally(self, path: str, number: int) -> None:
        """Opens `path` again and again until it counts `number`: what the worker does shows within seconds."""
        self._waits(f"{path} does not count {number}", lambda: self.tally(path) == number)

    def waits_to_read(self, path: str, text: str) -> None:
        """Opens `path` again and again until it holds `text` in this visitor's language."""

        def shows() -> bool:
            self.open(path)
            return self.words(text) in self.page.locator("main").inner_text()

        self._waits(f"{path} does not show {text!r}", shows)

    def _waits(self, complaint: str, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SECONDS_FOR_THE_WORKER
        while not is_so():
            assert time.monotonic() < deadline, f"{complaint} within {SECONDS_FOR_THE_WORKER} s"
            time.sleep(0.3)
