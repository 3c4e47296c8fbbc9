"""Every kind of page at three widths in both languages: no overflow, nothing that axe finds, no request elsewhere."""

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request

from tests.browser.album import Album
from tests.browser.site import Site
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site"), pytest.mark.timeout(400)]

WIDTHS = [360, 768, 1280]
PUBLIC = [
    "/",
    "/cases/",
    "/cases/behrouz-ehsani/",
    "/cases/farshad-etemadi-far/",
    "/statements/",
    "/statements/experts-joint-statement/",
    "/statements/experts-joint-statement/signatories/",
    "/statements/stop-executions-petition/sign/",
    "/un/",
    "/un/mandates/sr-iran/",
    "/un/sent/",
    "/share/behrouz-ehsani/",
    "/about/",
    "/privacy/",
    "/accessibility/",
    "/account/signup/",
    "/account/login/",
    "/mailbox/",
    "/nothing/here/",
]
DESKS = {
    "moderator1@people.example": [
        "/statements/moderation/",
        "/statements/moderation/8/",
        "/statements/moderation/clusters/",
        "/statements/moderation/rules/",
        "/statements/moderation/rules/new/",
        "/statements/moderation/second-look/",
        "/statements/moderation/agreement/",
    ],
    "editor1@people.example": [
        "/cases/desk/",
        "/cases/desk/new/",
        "/cases/desk/behrouz-ehsani/",
        "/cases/desk/sources/",
    ],
    "author1@people.example": ["/un/letters/", "/un/letters/new/behrouz-ehsani/", "/un/letters/1/"],
    "verifier@people.example": ["/account/identities/"],
    "verified.expert@university.example": [
        "/account/",
        "/account/profile/",
        "/statements/experts-joint-statement/sign/",
        "/statements/mine/",
    ],
}


def problems(page: Page) -> list[str]:
    """What a reader would stumble over on the page as it is now."""
    found = [
        f"{violation['id']}: {violation['nodes'][0]['html'][:120]}"
        for violation in Axe().run(page).response["violations"]
    ]
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if overflow > 0:
        found.append(f"overflows by {overflow} px")
    return found


def look_at(visitor: Visitor, paths: list[str], language: str, album: Album) -> list[str]:
    """Problems of all `paths` in `language` at all widths; each is photographed."""
    found, foreign = [], set()

    def note(request: Request) -> None:
        if not request.url.startswith((visitor.site.url, "data:")):
            foreign.add(urlsplit(request.url).netloc)

    visitor.page.on("request", note)
    visitor.page.on(
        "console", lambda message: found.append(message.text) if "Content-Security" in message.text else None
    )
    for path in paths:
        visitor.page.goto(f"{visitor.site.url}{language}{path}")
        name = f"{path.strip('/').replace('/', '-') or 'home'}-{language.strip('/') or 'en'}"
        for width in WIDTHS:
            visitor.page.set_viewport_size({"width": width, "height": 900})
            found += [f"{language}{path} at {width}: {problem}" for problem in problems(visitor.page)]
            album.photograph(visitor.page, f"{name}-{width}")
    visitor.page.remove_listener("request", note)
    return [*found, *(f"asks {host}" for host in sorted(foreign))]


@pytest.mark.parametrize("language", ["", "/fa"], ids=["en", "fa"])
def test_public_pages_have_no_problem(site: Site, browser: Browser, album: Album, language: str) -> None:
    with Visitor.arrive(browser, site, scripts=True) as visitor:
        assert look_at(visitor, PUBLIC, language, album) == []


@pytest.mark.parametrize("language", ["", "/fa"], ids=["en", "fa"])
@pytest.mark.parametrize("account", DESKS)
def test_pages_behind_sign_in_have_no_problem(
    site: Site, browser: Browser, album: Album, account: str, language: str
) -> None:
    with Visitor.arrive(browser, site, scripts=True) as visitor:
        visitor.sign_in(account)
        assert look_at(visitor, DESKS[account], language, album) == []


def test_a_problem_is_found(site: Site, browser: Browser) -> None:
    with Visitor.arrive(browser, site, scripts=True, width=360) as visitor:
        visitor.page.set_content('<html><body><img src="data:,"><p>' + "x" * 500 + "</p></body></html>")
        found = " ".join(problems(visitor.page))
        assert ("image-alt" in found, "overflows" in found) == (True, True)
