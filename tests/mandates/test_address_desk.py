"""The desk of the directory: what wants a check, entries and holders by hand, files looked at before they are taken."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from mandates import actions
from mandates.models import ContactPoint, DirectoryImport, Mandate, MandateHolder
from tests.accounts.factories import UserFactory
from tests.mandates.factories import ContactPointFactory, HolderFactory, LetterFactory, MandateFactory, today
from tests.mandates.test_importing import as_csv, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def author() -> User:
    return UserFactory.with_role("letter_author", name="Author One")


@pytest.fixture
def desk(client: Client, author: User) -> Client:
    client.force_login(author)
    return client


def detail(mandate: Mandate) -> str:
    return reverse("mandates:mandate_detail", args=[mandate.slug])


def upload(*rows: dict[str, str], content: bytes | None = None) -> dict[str, SimpleUploadedFile]:
    data = as_csv(rows).encode() if content is None else content
    return {"file": SimpleUploadedFile("mandates.csv", data, "text/csv")}


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
    with django_assert_num_queries(9):
        desk.get(url, {"show": "unchecked"})
    for _number in range(45):
        ContactPointFactory.create()
    for _number in range(3):
        LetterFactory.complete(mandates=[MandateFactory.create()])
    with django_assert_num_queries(9):
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
