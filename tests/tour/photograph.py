"""Photographs every stop of the tour and writes docs/tour.md.

    python -m tests.tour.photograph SCENE [PICTURE ...]

English 1280 wide, Persian 360 wide from right to left. With the beginnings of pictures' names: those alone.
"""

import base64
import hashlib
import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import Browser, Page, sync_playwright

from embedded.machine import ROOT
from tests.browser.visitor import FLAGS
from tests.tour.page import IMAGES, write_page
from tests.tour.stops import PEOPLE, STOPS, WIDTHS, Stop

TALLEST = 860
# Text of pages is still sharp at it, and all pictures together stay below four megabytes.
QUALITY = 14
SEEN = IMAGES / "tour.json"
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
    "ژانویه",
    "فوریه",
    "مارس",
    "آوریل",
    "مه",
    "ژوئن",
    "ژوئیه",
    "اوت",
    "سپتامبر",
    "اکتبر",
    "نوامبر",
    "دسامبر",
    "فروردین",
    "اردیبهشت",
    "خرداد",
    "تیر",
    "مرداد",
    "شهریور",
    "مهر",
    "آبان",
    "آذر",
    "دی",
    "بهمن",
    "اسفند",
]
# What differs from one run to the next though the page is the same: days, hours, secret words, fingerprints.
_CHANGING = re.compile(rf"\b(?:{'|'.join(_MONTHS)})\b|[\w+/=-]{{16,}}|[0-9۰-۹]+")


def main(scene_file: str, only: list[str]) -> int:
    """Writes the pictures of pages whose words or looks changed; 1 when a page did not answer as it should."""
    scene = json.loads(Path(scene_file).read_text(encoding="utf-8"))
    stops = [stop for stop in STOPS if not only or stop.picture.startswith(tuple(only))]
    seen: dict[str, str] = json.loads(SEEN.read_text()) if SEEN.exists() else {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["BROWSER_PATH"], args=FLAGS)
        wrong = [
            problem for language in WIDTHS for problem in _photograph_all(browser, stops, scene, language, seen=seen)
        ]
        browser.close()
    IMAGES.mkdir(exist_ok=True)
    names = {f"{stop.picture}-{language}" for stop in STOPS for language in WIDTHS}
    for stale in IMAGES.glob("*.webp"):
        if stale.stem not in names:
            stale.unlink()
    kept = {name: mark for name, mark in sorted(seen.items()) if name in names}
    SEEN.write_text(json.dumps(kept, indent=0) + "\n")
    write_page()
    sys.stdout.writelines(f"{problem}\n" for problem in wrong)
    return 1 if wrong else 0


def _photograph_all(
    browser: Browser, stops: list[Stop], scene: Mapping[str, Any], language: str, *, seen: dict[str, str]
) -> list[str]:
    """Photographs `stops` as each is seen by its people, in order; returns what was not as it should be."""
    wrong, width = [], WIDTHS[language]
    pages = {}
    for who in PEOPLE:
        context = browser.new_context(java_script_enabled=False, viewport={"width": width, "height": 800})
        context.set_default_timeout(20_000)
        if who:
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": scene["sessions"][who], "url": settings.SITE_URL}]
            )
        pages[who] = context.new_page()
    for stop in stops:
        page = pages[stop.who]
        try:
            status = _visit(page, stop, scene, language)
        except Exception as error:
            wrong.append(f"{stop.picture}-{language}: {error}")
            continue
        if status != stop.status:
            wrong.append(f"{stop.picture}-{language}: {page.url} answers {status}")
        sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if sideways > 0 and stop.view != "petitions:update_preview":
            wrong.append(f"{stop.picture}-{language}: overflows by {sideways} px")
        name, mark = f"{stop.picture}-{language}", _mark(page)
        picture = IMAGES / f"{name}.webp"
        if seen.get(name) != mark or not picture.exists():
            picture.write_bytes(_picture(page, width, stop.start))
            seen[name] = mark
    return wrong


def _visit(page: Page, stop: Stop, scene: Mapping[str, Any], language: str) -> int:
    """Opens the page, presses its button if it has one, and returns what it answered."""

    def of_scene(name: str) -> Any:
        value = scene[name]
        return value[language] if isinstance(value, dict) else value

    with translation.override(language):
        path = reverse(stop.view, kwargs={part: of_scene(name) for part, name in stop.at.items()})
    query = f"?{stop.query.format_map(scene)}" if stop.query else ""
    answer = page.goto(f"{settings.SITE_URL}{path}{query}")
    if stop.button:
        page.evaluate("document.querySelectorAll('main details').forEach(details => (details.open = true))")
        for name, value in stop.types.items():
            page.locator(f"main [name='{name}']").first.fill(value)
        with page.expect_navigation() as pressed:
            page.locator(f"main {stop.button}").last.click()
        answer = pressed.value
    return answer.status if answer else 0


def _mark(page: Page) -> str:
    """The same for two visits to a page that looks the same but for its days, hours and secret words."""
    looks = "".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "static" / "css").glob("*.css")))
    words = _CHANGING.sub("0", page.content().replace(settings.SITE_URL, ""))
    return hashlib.sha256(f"{words}{looks}".encode()).hexdigest()[:16]


def _picture(page: Page, width: int, start: str) -> bytes:
    """The page from the element `start` on as WebP, `TALLEST` pixels at most."""
    found = page.locator(start)
    box = found.first.bounding_box() if found.count() else None
    top = int(box["y"]) if box else 0
    height = int(page.evaluate("document.documentElement.scrollHeight")) - top
    clip = {"x": 0, "y": top, "width": width, "height": min(height, TALLEST), "scale": 1}
    session = page.context.new_cdp_session(page)
    shot = session.send(
        "Page.captureScreenshot",
        {"format": "webp", "quality": QUALITY, "clip": clip, "captureBeyondViewport": True},
    )
    session.detach()
    return base64.b64decode(shot["data"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
