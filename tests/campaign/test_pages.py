import re
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.translation import override

from campaign.navigation import DESKS, FOOTER_PLACES, PUBLIC_PLACES
from campaign.views import errors
from tests.accounts.factories import UserFactory
from tests.campaign.factories import campaign_with
from tests.cases.factories import CaseFactory
from tests.petitions.factories import StatementFactory

pytestmark = pytest.mark.django_db

PAGES = ["/", "/about/", "/privacy/", "/accessibility/"]
BOTH = [*PAGES, *(f"/fa{path}" for path in PAGES)]


@pytest.mark.parametrize("path", BOTH)
def test_page_has_one_heading_a_language_and_a_direction(client: Client, path: str) -> None:
    html = client.get(path).content.decode()

    assert html.count("<h1") == 1
    assert ('<html lang="fa" dir="rtl">' if path.startswith("/fa/") else '<html lang="en" dir="ltr">') in html


@pytest.mark.parametrize("path", [*BOTH, "/health/", "/robots.txt", "/sitemap.xml", "/nowhere/", "/fa/nowhere/"])
def test_response_carries_the_headers_that_keep_others_out(client: Client, path: str) -> None:
    response = client.get(path)

    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert "geolocation=()" in response["Permissions-Policy"]


@pytest.mark.parametrize("path", BOTH)
def test_page_loads_nothing_from_elsewhere_and_has_nothing_inline(client: Client, path: str) -> None:
    campaign_with(cases=1)

    html = client.get(path).content.decode()

    loaded = re.findall(r'<(?:script|img|iframe|link rel="(?:stylesheet|icon)")[^>]*?(?:src|href)="([^"]+)"', html)
    assert loaded
    assert [address for address in loaded if not address.startswith("/static/")] == []
    assert not re.search(r"<[^>]+\s(?:style|on\w+)=", html)
    assert "<script>" not in html
    assert "<style" not in html


@pytest.mark.parametrize("path", PAGES)
def test_page_refuses_what_would_change_something(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


def test_health_says_ok_and_is_never_cached(client: Client) -> None:
    response = client.get("/health/")

    assert (response.status_code, response.content) == (200, b"ok")
    assert "no-store" in response["Cache-Control"]


def test_robots_are_kept_out_of_desks_in_every_language(client: Client) -> None:
    lines = client.get("/robots.txt").content.decode().splitlines()

    assert "Disallow: /account/" in lines
    assert "Disallow: /fa/account/" in lines
    assert any(line.startswith("Sitemap: http") and line.endswith("/sitemap.xml") for line in lines)


def test_sitemap_lists_public_pages_in_both_languages_and_nothing_else(client: Client) -> None:
    CaseFactory.published(slug="shown-case")
    CaseFactory.complete(slug="hidden-case")
    StatementFactory.open(slug="shown-statement")
    StatementFactory.create(slug="hidden-statement")

    xml = client.get("/sitemap.xml").content.decode()

    for path in ("/cases/shown-case/", "/fa/cases/shown-case/", "/statements/shown-statement/", "/fa/about/"):
        assert f"{path}</loc>" in xml
    assert "hidden" not in xml


@pytest.mark.parametrize(("path", "language"), [("/nowhere/", "en"), ("/fa/nowhere/", "fa")])
def test_missing_page_says_so_in_the_readers_language(client: Client, path: str, language: str) -> None:
    response = client.get(path)

    assert response.status_code == 404
    assert f'<html lang="{language}"' in response.content.decode()


@pytest.mark.parametrize(
    "path", ["/%00", "/[", "/fa/%ff/", "/share/%D8%A7/", "/?a=%00&b=[", "/share/" + "x" * 3000 + "/"]
)
def test_strange_address_is_never_a_fault_of_ours(client: Client, path: str) -> None:
    assert client.get(path).status_code in {200, 404}


def test_unknown_host_is_a_bad_request_with_a_page(client: Client) -> None:
    response = client.get("/", headers={"host": "evil.example"})

    assert response.status_code == 400
    assert "The request could not be read" in response.content.decode()


def test_form_without_its_token_explains_itself() -> None:
    response = Client(enforce_csrf_checks=True).post(reverse("account_login"), {"login": "a@b.example"})

    assert response.status_code == 403
    assert "The form was open too long" in response.content.decode()


@pytest.mark.parametrize(
    ("view", "status"),
    [
        (errors.bad_request, 400),
        (errors.permission_denied, 403),
        (errors.page_not_found, 404),
        (errors.server_error, 500),
        (errors.csrf_failure, 403),
    ],
)
@pytest.mark.parametrize("language", ["en", "fa"])
def test_error_page_stands_without_a_user_or_a_session(
    rf: RequestFactory, view: Any, status: int, language: str
) -> None:
    with override(language):
        response = view(rf.get("/"))

    html = response.content.decode()
    assert response.status_code == status
    assert html.count("<h1") == 1
    assert f'lang="{language}"' in html


def test_error_page_of_a_fault_asks_the_database_nothing(rf: RequestFactory, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        errors.server_error(rf.get("/"))


@pytest.mark.parametrize("place", [*PUBLIC_PLACES, *DESKS, *FOOTER_PLACES], ids=lambda place: place.view_name)
def test_every_place_of_the_navigation_exists(place: Any) -> None:
    assert place.url.startswith("/")


def test_navigation_shows_public_places_and_marks_the_one_we_are_at(client: Client) -> None:
    html = client.get("/about/").content.decode()

    assert '<a href="/cases/">Cases</a>' in html
    assert '<a href="/about/" aria-current="page">How this site works</a>' in html
    assert "Moderation" not in html
    assert "Sign in" in html


@pytest.mark.parametrize("role", sorted({place.role for place in DESKS}))
def test_navigation_shows_desks_to_those_who_work_at_them_only(client: Client, role: str) -> None:
    client.force_login(UserFactory.with_role(role))

    html = client.get("/about/").content.decode()

    shown = [desk.view_name for desk in DESKS if f'href="{desk.url}"' in html]
    assert shown == [desk.view_name for desk in DESKS if desk.role == role]


def test_signing_out_is_a_form_not_a_link(client: Client) -> None:
    client.force_login(UserFactory.create())

    html = client.get("/about/").content.decode()

    assert f'<form method="post" action="{reverse("account_logout")}">' in html
    assert f'href="{reverse("account_logout")}"' not in html


def test_language_link_leads_to_the_same_page_with_its_query(client: Client) -> None:
    assert 'href="/fa/about/?x=1"' in client.get("/about/?x=1").content.decode()
    assert 'href="/about/?x=1"' in client.get("/fa/about/?x=1").content.decode()
