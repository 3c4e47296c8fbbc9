"""The directory as everybody sees it: what is found, what is shown, and that many rows cost no more than one."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from mandates import actions, directory
from mandates.models import Mandate
from tests.accounts.factories import UserFactory
from tests.mandates.factories import (
    ContactPointFactory,
    HolderFactory,
    MandateFactory,
    ViolationFactory,
    today,
)
from tests.mandates.test_pages import sent_letter

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

URL = "/un/"


@pytest.fixture(autouse=True)
def live(settings: Settings, dry_run: None) -> None:
    settings.MANDATES_MODE = "live"


@pytest.fixture
def author() -> User:
    return UserFactory.with_role("letter_author", name="Author One")


def found(client: Client, **query: str) -> list[str]:
    return [m.slug for m in client.get(URL, query).context["mandates"]]


def detail(mandate: Mandate) -> str:
    return reverse("mandates:mandate_detail", args=[mandate.slug])


def test_directory_is_found_by_words_in_any_script(client: Client) -> None:
    directory.load()
    assert found(client, q="Türk") == found(client, q="turk") == ["high-commissioner"]
    assert found(client, q="ماي ساتو") == found(client, q="mai sato") == ["sr-iran"]
    assert found(client, q="ایران")[0] == "sr-iran"
    assert found(client, q="arbitrary detention") == ["wg-arbitrary-detention"]
    assert found(client, q="nothing like that") == []


def test_directory_is_filtered_by_violation_country_and_kind(client: Client) -> None:
    directory.load()
    lead = found(client, violation="denial-medical-care")
    assert lead == ["sr-health", "sr-torture"]
    assert found(client, country="IR") == ["sr-iran", "ffm-iran"]
    assert found(client, country="IR", kind="fact-finding mission") == ["ffm-iran"]
    assert set(found(client, kind="state group")) == {
        "eu-member-states",
        "third-committee-sponsors",
        "un-member-states",
    }
    assert client.get(URL, {"show": "unverified"}).context["total"] == 24
    assert client.get(URL, {"show": "checked"}).context["total"] == 0


@pytest.mark.parametrize(
    "query", ["show=<script>", "violation=x", "country=%00", "kind=king", "page=x", "page=99", "q=" + "x" * 300]
)
def test_directory_survives_what_makes_no_sense(client: Client, query: str) -> None:
    directory.load()
    assert client.get(f"{URL}?{query}").status_code == 200


def test_directory_turns_pages_and_keeps_the_search(client: Client) -> None:
    directory.load()
    page = client.get(URL, {"show": "thematic"})
    assert (page.context["total"], len(page.context["mandates"])) == (46, 20)
    assert "?show=thematic&amp;page=2" in page.content.decode()
    shown = [slug for number in "123" for slug in found(client, show="thematic", page=number)]
    assert len(set(shown)) == 46


def test_directory_takes_the_same_queries_for_one_entry_and_many(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def fill() -> None:
        mandate = MandateFactory.reachable()
        HolderFactory.create(mandate=mandate)
        ViolationFactory.of(mandate)

    fill()
    with django_assert_num_queries(8):
        client.get(URL)
    for _number in range(12):
        fill()
    with django_assert_num_queries(8):
        assert len(client.get(URL).context["mandates"]) == 13


@pytest.mark.parametrize("language", ["", "/fa"])
def test_empty_directory_and_empty_search_say_so(client: Client, language: str) -> None:
    said = {"": ("The directory is empty", "no such entry"), "/fa": ("فهرست خالی است", "چنین مدخلی")}[language]
    assert said[0] in client.get(f"{language}/un/").content.decode()
    MandateFactory.create()
    assert said[1] in client.get(f"{language}/un/?q=zzzz").content.decode()


def test_only_addresses_two_people_checked_are_shown_to_everybody(client: Client, author: User) -> None:
    mandate = MandateFactory.create()
    ContactPointFactory.create(mandate=mandate, value="good@un.example", checked=True)
    ContactPointFactory.create(mandate=mandate, value="new@un.example", source_note="Seen as old@un.example")
    half = ContactPointFactory.create(mandate=mandate, value="half@un.example")
    actions.record_contact_check(contact_point=half, how="x", by=author, now=timezone.now())
    ContactPointFactory.create(mandate=mandate, value="bad@un.example", is_blocked=True)
    for url in (URL, detail(mandate), f"/fa{URL}"):
        page = client.get(url).content.decode()
        assert "good@un.example" in page
        for hidden in ("new@un.example", "half@un.example", "bad@un.example", "old@un.example"):
            assert hidden not in page
    client.force_login(author)
    page = client.get(detail(mandate)).content.decode()
    assert "new@un.example" in page
    assert "half@un.example" in page
    assert re.search(r"<del><bdi[^>]*>bad@un.example", page)


@pytest.mark.parametrize(
    ("url", "is_shown"),
    [
        ("https://spsubmission.ohchr.org", True),
        ("https://forms.un.org/x", True),
        ("https://ohchr.org.evil.example", False),
        ("https://evil.example/.ohchr.org", False),
    ],
)
def test_form_is_shown_unchecked_only_on_the_uns_own_pages(client: Client, url: str, is_shown: bool) -> None:
    point = ContactPointFactory.create(value=url, channel="form")
    assert (url in client.get(detail(point.mandate)).content.decode()) is is_shown


def test_mandate_shows_its_holders_of_all_times_with_their_sources(client: Client) -> None:
    mandate = MandateFactory.create()
    HolderFactory.create(
        mandate=mandate,
        name="Ada Trial",
        since=date(2014, 8, 1),
        since_precision="month",
        until=date(2020, 1, 1),
        until_precision="year",
        source_note="Her own page",
    )
    HolderFactory.create(mandate=mandate, name="Ben Trial", since=date(2020, 5, 3), as_of=date(2026, 1, 1))
    page = client.get(detail(mandate)).content.decode()
    for words in ("August 2014 to 2020", "Her own page", "since 3 May 2020", "as of 1 January 2026"):
        assert words in page
    assert page.index("Ben Trial") < page.index("Ada Trial")
    assert "six years" not in page
    listed = client.get(URL).content.decode()
    assert "Ben Trial" in listed
    assert "Ada Trial" not in listed


def test_mandate_shows_what_was_sent_and_answered(client: Client) -> None:
    letter = sent_letter()
    mandate = letter.deliveries.get().mandate
    reply = actions.record_reply(
        letter=letter,
        mandate=mandate,
        kind="acknowledged",
        received_on=today(),
        public_summary="Invented: it arrived.",
        text="Secret",
        by=letter.author,
        now=timezone.now(),
    )
    assert "Invented: it arrived." not in client.get(detail(mandate)).content.decode()
    actions.release_reply(release=reply.releases.get(), by=UserFactory.create(), now=timezone.now())
    page = client.get(detail(mandate)).content.decode()
    assert "Invented: it arrived." in page
    assert "days left of 60" in page
    assert "Secret" not in page


def test_mandate_detail_takes_the_same_queries_for_one_row_and_many(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    mandate = MandateFactory.reachable(kind="working group")

    def fill() -> None:
        HolderFactory.create(mandate=mandate)
        ContactPointFactory.create(mandate=mandate)
        ViolationFactory.of(mandate)
        sent_letter(mandates=[mandate])

    fill()
    with django_assert_num_queries(10):
        client.get(detail(mandate))
    for _number in range(3):
        fill()
    with django_assert_num_queries(10):
        client.get(detail(mandate))
