"""Photographs of pages for people to look at, taken by `make pictures` alone: no test reads them."""

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page


@dataclass(frozen=True)
class Album:
    """Keeps pictures in `folder`; without one nothing is photographed."""

    folder: Path | None

    def photograph(self, page: Page, name: str) -> None:
        """The whole of `page` as it is now, as `name`.png."""
        if self.folder:
            page.screenshot(path=self.folder / f"{name}.png", full_page=True)
