"""The directory's pages: what everybody sees, what authors do, and that many rows cost no more than one."""

import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from mandates import actions, directory
from mandates.models import ContactPoint, DirectoryImport, Mandate, MandateHolder
from tests.accounts.factories import UserFactory
from tests.mandates.factories import (
    ContactPointFactory,
    HolderFactory,
    LetterFactory,
    MandateFactory,
    ViolationFactory,
    today,
)
from tests.mandates.test_importing import as_csv, row
from tests.mandates.test_pages import sent_letter

pytestmark = pytest.mark.django_db

URL = "/un/"


@pytest.fixture(autouse=True)
def live(settings: Settings, dry_run: None) -> None:
    settings.MANDATES_MODE = "live"


@pytest.fixture
def author() -> User:
    return UserFactory.with_role("letter_author", name="Author One")


@pytest.fixture
def desk(client: Client, author: User) -> Client:
    client.force_login(author)
    return client


def found(client: Client, **query: str) -> list[str]:
    return [m.slug for m in client.get(URL, query).context["mandates"]]


def detail(mandate: Mandate) -> str:
    return reverse("mandates:mandate_detail", args=[mandate.slug])


def upload(*rows: dict[str, str], content: bytes | None = None) -> dict[str, SimpleUploadedFile]:
    data = as_csv(rows).encode() if content is None else content
    return {"file": SimpleUploadedFile("mandates.csv", data, "text/csv")}


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
    actions.record_reply(
        letter=letter,
        mandate=mandate,
        kind="acknowledged",
        received_on=today(),
        public_summary="Invented: it arrived.",
        text="Secret",
        by=letter.author,
        now=timezone.now(),
    )
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


def desk_pages() -> list[str]:
    holder = HolderFactory.create()
    slug = holder.mandate.slug
    names: list[tuple[str, list[object]]] = [
        ("address_desk", []),
        ("directory_import", []),
        ("mandate_edit", [slug]),
        ("holder_create", [slug]),
        ("holder_edit", [holder.pk]),
        ("contact_check", [ContactPointFactory.create().pk]),
    ]
    return [reverse(f"mandates:{name}", args=args) for name, args in names]


def test_desk_pages_are_for_letter_authors_only(client: Client, author: User) -> None:
    pages = desk_pages()
    assert {client.get(url).status_code for url in pages} == {302}
    client.force_login(UserFactory.with_role("case_editor"))
    assert {client.get(url).status_code for url in pages} == {403}
    client.force_login(author)
    assert {client.get(url).status_code for url in pages} == {200}
    assert {client.get(f"/fa{url}").status_code for url in pages} == {200}


def test_address_desk_names_what_letters_wait_for_and_leads_to_the_check(desk: Client) -> None:
    mandate = MandateFactory.create(title="Special Rapporteur on waiting")
    point = ContactPointFactory.create(mandate=mandate)
    bare = MandateFactory.create(title="Special Rapporteur on silence")
    letter = LetterFactory.complete(mandates=[mandate, bare])
    for url in (reverse("mandates:address_desk"), letter.get_absolute_url()):
        page = desk.get(url).content.decode()
        assert "Special Rapporteur on waiting" in page
        assert "Nobody has checked its address yet." in page
        assert f'href="{reverse("mandates:contact_check", args=[point.pk])}?next=' in page
        assert reverse("mandates:contact_create", args=[bare.slug]) in page
    assert "cannot be reached" in desk.get(reverse("mandates:letter_desk")).content.decode()


def test_recorded_check_leads_back_to_the_letter_and_nowhere_else(desk: Client) -> None:
    point = ContactPointFactory.create()
    url = reverse("mandates:contact_check", args=[point.pk])
    data = {"outcome": "unclear", "how": "The page was down"}
    assert desk.post(f"{url}?next=/un/letters/", data)["Location"] == "/un/letters/"
    assert desk.post(f"{url}?next=https://evil.example/", data)["Location"] == detail(point.mandate)
    assert point.checks.count() == 2


def test_check_without_evidence_is_refused_and_keeps_what_was_typed(desk: Client) -> None:
    point = ContactPointFactory.create()
    data = {"outcome": "right", "how": "Read with care", "expires_on": str(today() + timedelta(days=9))}
    page = desk.post(reverse("mandates:contact_check", args=[point.pk]), data)
    assert list(page.context["form"].errors) == ["evidence"]
    assert "Read with care" in page.content.decode()
    assert not point.checks.exists()


def test_check_page_tells_the_first_person_that_a_second_is_needed(desk: Client, author: User) -> None:
    point = ContactPointFactory.create()
    data = {"outcome": "right", "how": "Read", "evidence": "Page", "expires_on": str(today() + timedelta(days=9))}
    url = reverse("mandates:contact_check", args=[point.pk])
    assert "Somebody else has to check" in desk.post(url, data, follow=True).content.decode()
    assert "Somebody else has to check" in desk.post(url, data, follow=True).content.decode()
    desk.force_login(UserFactory.with_role("letter_author"))
    assert "letters may go there" in desk.post(url, data, follow=True).content.decode()
    page = desk.get(url).content.decode()
    assert page.count("it is right") == 3


def test_address_desk_sorts_addresses_by_what_they_need(desk: Client, author: User) -> None:
    half = ContactPointFactory.create()
    actions.record_contact_check(contact_point=half, how="x", by=author, now=timezone.now())
    ending = ContactPointFactory.create(checked=True)
    ContactPoint.objects.filter(pk=ending.pk).update(expires_on=today() + timedelta(days=30))
    later = ContactPointFactory.create(checked=True)
    ContactPoint.objects.filter(pk=later.pk).update(expires_on=today() + timedelta(days=31))
    gone = ContactPointFactory.create(checked=True)
    ContactPoint.objects.filter(pk=gone.pk).update(expires_on=today() - timedelta(days=1))
    fresh, wrong = ContactPointFactory.create(), ContactPointFactory.create(is_blocked=True)
    shown = desk.get(reverse("mandates:address_desk")).context["desk"]
    assert (shown.half, shown.expiring, shown.expired) == ([half], [ending], [gone])
    assert (shown.unchecked, shown.blocked, shown.waiting) == ([fresh], [wrong], [])
    assert fresh.value in desk.get(reverse("mandates:address_desk"), {"show": "unchecked"}).content.decode()
    page = desk.get(reverse("mandates:address_desk"), {"show": "blocked"}).content.decode()
    assert wrong.value in page
    assert "unvfvt@ohchr.org" in page


def test_address_desk_turns_pages_and_takes_the_same_queries(
    desk: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    url = reverse("mandates:address_desk")
    ContactPointFactory.create()
    LetterFactory.complete(mandates=[MandateFactory.create()])
    with django_assert_num_queries(8):
        desk.get(url, {"show": "unchecked"})
    for _number in range(45):
        ContactPointFactory.create()
    for _number in range(3):
        LetterFactory.complete(mandates=[MandateFactory.create()])
    with django_assert_num_queries(8):
        page = desk.get(url, {"show": "unchecked"})
    assert (len(page.context["page"]), page.context["page"].paginator.num_pages) == (40, 2)


def test_six_years_are_shown_to_authors_and_block_nothing(desk: Client) -> None:
    holder = HolderFactory.create(since=date(2020, 5, 1), since_precision="month")
    page = desk.get(reverse("mandates:address_desk"), {"show": "holders"}).content.decode()
    assert "six years ended on 1 May 2026" in page
    assert "six years are over" in desk.get(detail(holder.mandate)).content.decode()
    ContactPointFactory.create(mandate=holder.mandate, checked=True)
    letter = LetterFactory.complete(mandates=[holder.mandate])
    assert not desk.get(letter.get_absolute_url()).context["read"].missing


def test_holder_is_added_changed_and_ended_on_the_pages(desk: Client) -> None:
    mandate = MandateFactory.create()
    data = {"name": "Ada Trial", "since": "2020-05", "source_note": "A page", "as_of": "2026-01-01"}
    create = reverse("mandates:holder_create", args=[mandate.slug])
    desk.post(create, data)
    second = {**data, "name": "Ben Trial", "since": "2026-06"}
    page = desk.post(create, second)
    assert list(page.context["form"].errors) == ["since"]
    assert "Ben Trial" in page.content.decode()
    first = MandateHolder.objects.get()
    desk.post(reverse("mandates:holder_edit", args=[first.pk]), {**data, "until": "2026-06"})
    desk.post(create, second)
    rows = MandateHolder.objects.order_by("pk")
    assert [(h.name, h.since_text, h.until_text) for h in rows] == [
        ("Ada Trial", "2020-05", "2026-06"),
        ("Ben Trial", "2026-06", ""),
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [("since", "soon"), ("until", "2019"), ("name", ""), ("as_of", "x"), ("source_note", ""), ("since", "2020-13")],
)
def test_holder_that_makes_no_sense_is_refused_beside_the_field(desk: Client, field: str, value: str) -> None:
    mandate = MandateFactory.create()
    data = {"name": "Ada", "since": "2020-05", "source_note": "A page", "as_of": "2026-01-01", field: value}
    page = desk.post(reverse("mandates:holder_create", args=[mandate.slug]), data)
    assert list(page.context["form"].errors) == [field]
    assert not MandateHolder.objects.exists()


def test_mandate_is_changed_on_its_page(desk: Client) -> None:
    mandate = MandateFactory.create(source_note="A page")
    url = reverse("mandates:mandate_edit", args=[mandate.slug])
    data = {"title": "New title", "title_fa": "", "kind": "special rapporteur", "scope": "thematic", "country": ""}
    desk.post(url, {**data, "source_note": "Another page", "is_verified": "on"})
    mandate.refresh_from_db()
    assert (mandate.title, mandate.source_note) == ("New title", "Another page")
    assert list(desk.post(url, {**data, "kind": "king"}).context["form"].errors) == ["kind"]


def test_upload_is_previewed_then_taken_over(desk: Client) -> None:
    MandateFactory.create(slug="sr-kept", title="Changed here by hand", from_file={"title": "As imported"})
    rows = (row(email="trying@un.example", holder="Ada Trial"), row("sr-kept", title="As the file says"))
    answer = desk.post(reverse("mandates:directory_import"), upload(*rows))
    preview = desk.get(answer["Location"])
    page = preview.content.decode()
    assert "address trying@un.example of sr-trying, unchecked" in page
    assert "Changed here by hand" in page
    assert "As the file says" in page
    assert "Take it over" in page
    assert not Mandate.objects.filter(slug="sr-trying").exists()
    apply = reverse("mandates:import_apply", args=[DirectoryImport.objects.get().pk])
    assert desk.get(apply).status_code == 405
    page = desk.post(apply, follow=True).content.decode()
    assert "Taken over on" in page
    assert "Take it over" not in page
    assert Mandate.objects.filter(slug="sr-trying").exists()
    again = desk.post(reverse("mandates:directory_import"), upload(*rows), follow=True)
    assert "Nothing is to be changed" in again.content.decode()


def test_upload_with_errors_names_them_and_changes_nothing(desk: Client) -> None:
    page = desk.post(reverse("mandates:directory_import"), upload(row(), row("sr-b", kind="king", email="x")))
    text = page.content.decode()
    assert page.status_code == 422
    assert "line 3, column kind" in text
    assert "line 3, column email" in text
    assert not DirectoryImport.objects.exists()
    page = desk.post(f"/fa{reverse('mandates:directory_import')}", upload(row(kind="king")))
    assert "سطر ۲، ستون kind" in page.content.decode()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"\x00" * 10, b"a,b\n1,2", b'"', b"x" * 3_000_000])
def test_upload_of_anything_else_is_no_fault_of_ours(desk: Client, content: bytes) -> None:
    page = desk.post(reverse("mandates:directory_import"), upload(content=content))
    assert page.status_code in {200, 422}
    assert not DirectoryImport.objects.exists()


def test_upload_that_was_overtaken_is_not_taken_over(desk: Client) -> None:
    desk.post(reverse("mandates:directory_import"), upload(row()))
    MandateFactory.create(slug="sr-trying")
    apply = reverse("mandates:import_apply", args=[DirectoryImport.objects.get().pk])
    assert "has changed since this preview" in desk.post(apply, follow=True).content.decode()
