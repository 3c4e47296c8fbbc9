"""The wall of cases and the page of one case, as readers get them."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from cases.models import Case, CaseText, PersonName
from tests.accounts.factories import UserFactory
from tests.cases.factories import (
    CaseFactory,
    ClaimFactory,
    ConsentFactory,
    EventFactory,
    PersonFactory,
    SourceFactory,
    StatusEventFactory,
)

pytestmark = pytest.mark.django_db

EVIL = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"


def page_of(client: Client, case: Case, prefix: str = "") -> str:
    response = client.get(f"{prefix}/cases/{case.slug}/")
    assert response.status_code == 200
    return response.content.decode()


def words_of(html: str) -> str:
    return " ".join(html.split())


@pytest.mark.parametrize("state", ["draft", "in_review", "unpublished"])
@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_case_that_is_not_published_does_not_exist_for_strangers(client: Client, state: str, prefix: str) -> None:
    case = CaseFactory.complete(state=state)
    client.force_login(UserFactory.with_role("moderator"))
    assert client.get(f"{prefix}/cases/{case.slug}/").status_code == 404
    client.logout()
    assert client.get(f"{prefix}/cases/{case.slug}/").status_code == 404
    for address in ("/cases/", f"/cases/?q={case.person.name_in('en').split()[-1]}", "/cases/?status=death_row"):
        assert case.slug not in client.get(prefix + address).content.decode()


@pytest.mark.parametrize("role", ["case_editor", "letter_author"])
def test_case_that_is_not_published_is_a_marked_preview_for_staff(client: Client, role: str) -> None:
    case = CaseFactory.complete()
    client.force_login(UserFactory.with_role(role))
    html = page_of(client, case)
    assert "This is a preview for staff" in html
    assert '<meta name="robots" content="noindex">' in html
    assert "og:title" not in html


def test_case_list_shows_name_other_script_status_day_and_age(client: Client) -> None:
    CaseFactory.published(
        person=PersonFactory.create(named=("Nima Shahi", "نیما شاهی")),
        last_verified_on=date(2025, 9, 28),
        on=date(2025, 9, 27),
    )
    html = words_of(client.get("/cases/").content.decode())
    for words in ("Nima Shahi", "نیما شاهی", "sentenced to death", "as of 27 September 2025"):
        assert words in html
    assert "not verified since 28 September 2025" in html


def test_case_checked_lately_is_not_called_stale(client: Client) -> None:
    today = timezone.localdate()
    case = CaseFactory.published(last_verified_on=today - timedelta(days=30))
    assert "not verified" not in client.get("/cases/").content.decode()
    assert "We last checked this status" in page_of(client, case)
    Case.objects.update(last_verified_on=today - timedelta(days=31))
    assert "not verified since" in client.get("/cases/").content.decode()
    assert "Not verified since" in page_of(client, case)


def test_executed_person_is_not_called_stale_and_nothing_is_asked(client: Client) -> None:
    case = CaseFactory.published(status="executed", on=date(2025, 7, 27))
    assert "not verified" not in client.get("/cases/").content.decode()
    html = page_of(client, case)
    assert "27 July 2025" in html
    assert "kept so that the name and the facts are not lost" in html
    assert "verified" not in html.lower()
    assert "What is being done" not in html


def test_case_list_finds_by_name_in_another_script_and_by_status(client: Client) -> None:
    masouri = CaseFactory.published(person=PersonFactory.create(named=("Saeed Masouri", "سعید ماسوری")), status="held")
    shahi = CaseFactory.published(person=PersonFactory.create(named=("Nima Shahi", "نیما شاهی")))
    for query in ("q=ماسوری", "q=masoori", "status=held", "q=Saeed&status=held"):
        html = client.get(f"/cases/?{query}").content.decode()
        assert (masouri.slug in html, shahi.slug in html) == (True, False), query
    assert "Nobody is found" in client.get("/cases/?q=Masouri&status=executed").content.decode()


@pytest.mark.parametrize(
    "query", ["q=%00", "status=nonsense", "page=x", "page=99999", "page=-1", "q=" + "a" * 500, "q=%27--"]
)
def test_case_list_survives_any_query(client: Client, query: str) -> None:
    CaseFactory.published()
    assert client.get(f"/cases/?{query}").status_code == 200


def test_case_list_without_cases_says_so(client: Client) -> None:
    assert "No case is published yet" in client.get("/cases/").content.decode()


def test_case_list_has_pages(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cases.views.public.CASES_PER_PAGE", 1)
    first, second = CaseFactory.published(), CaseFactory.published()
    html = client.get("/cases/?q=invented").content.decode()
    assert (second.slug in html, first.slug in html) == (True, False)
    assert "?q=invented&amp;page=2" in html
    assert first.slug in client.get("/cases/?q=invented&page=2").content.decode()


def test_case_pages_cost_the_same_whatever_the_number_of_rows(client: Client, django_assert_num_queries: Any) -> None:
    def fill(case: Case) -> None:
        ClaimFactory.create(case=case)
        EventFactory.create(case=case, sources=[SourceFactory.create(), SourceFactory.create()])
        StatusEventFactory.create(case=case)

    case = CaseFactory.published()
    fill(case)
    cache.clear()
    with django_assert_num_queries(5):
        client.get("/cases/")
    with django_assert_num_queries(12):
        page_of(client, case)
    for _ in range(2):
        fill(CaseFactory.published())
        fill(case)
    with django_assert_num_queries(5):
        client.get("/cases/")
    with django_assert_num_queries(12):
        page_of(client, case)


def test_case_detail_shows_every_disagreeing_claim_with_who_says_so(client: Client) -> None:
    case = CaseFactory.published()
    shown = SourceFactory.create(publisher="Monitor A", publisher_interest="close to one party")
    ClaimFactory.create(
        case=case, value="70", source=SourceFactory.create(publisher="Monitor B", publisher_interest="independent")
    )
    ClaimFactory.create(case=case, value="69", source=shown, is_shown=True, reason="It names the birth certificate")
    ClaimFactory.create(case=case, attribute="prison", value="Ghezel Hesar")
    html = words_of(page_of(client, case))
    assert html.count(">disputed<") == 1
    assert 0 < html.index("<bdi>69</bdi>") < html.index("<bdi>70</bdi>")
    for words in ("Monitor A", "close to one party", "Monitor B", "independent", "It names the birth certificate"):
        assert words in html


def test_case_detail_names_what_is_not_known_and_hides_what_is_withheld(client: Client) -> None:
    case = CaseFactory.published()
    ClaimFactory.create(case=case, attribute="age", knowledge="not_known", value="")
    secret = SourceFactory.create(publisher="A person who must stay unnamed", title="Their letter")
    ClaimFactory.create(case=case, attribute="occupation", knowledge="withheld", value="", source=secret)
    case.sources.add(secret)
    html = page_of(client, case)
    assert "<em>not known</em>" in html
    assert "<em>withheld</em>" in html
    assert "must stay unnamed" not in html
    assert "Their letter" not in html


def test_withheld_source_is_named_by_its_kind_only(client: Client) -> None:
    brother = SourceFactory.create(
        publisher="The brother", title="A call", url="https://b.example/x", kind="family", is_withheld=True
    )
    case = CaseFactory.published(source=brother)
    ClaimFactory.create(case=case, source=brother)
    EventFactory.create(case=case, sources=[brother])
    html = page_of(client, case)
    assert "not named, for their safety" in html
    for words in ("The brother", "A call", "b.example"):
        assert words not in html


def test_waiting_status_and_risk_note_stay_at_the_desk(client: Client) -> None:
    case = CaseFactory.published(risk_note="The cousin is in danger")
    StatusEventFactory.create(
        case=case, status="released", on=date(2025, 10, 1), state="pending", recorded_by=case.written_by, note="Unsure"
    )
    ConsentFactory.create(case=case, note="Lives in Karaj")
    html = page_of(client, case)
    for words in ("released", "Unsure", "cousin", "Karaj"):
        assert words not in html


@pytest.mark.parametrize(("prefix", "note"), [("", "On 8 or 27 September"), ("/fa", "هشتم یا بیست‌وهفتم سپتامبر")])
def test_status_history_says_how_sure_each_day_is(client: Client, prefix: str, note: str) -> None:
    case = CaseFactory.published(status="released", on=date(2025, 10, 20))
    StatusEventFactory.create(
        case=case,
        on=date(2025, 9, 27),
        date_note="On 8 or 27 September",
        date_note_fa="هشتم یا بیست‌وهفتم سپتامبر",
    )
    assert page_of(client, case, prefix).count(note) == 1


def test_case_detail_says_on_what_it_rests(client: Client) -> None:
    case = CaseFactory.published(publication_note="Two reports name him; nobody could be reached.")
    html = page_of(client, case)
    assert "the family has not been reached" in html
    assert "Two reports name him" in html
    ConsentFactory.create(case=case, may_send_to_un=True)
    assert "the family has not been reached" not in page_of(client, case)


def test_invented_person_is_called_invented(client: Client) -> None:
    case = CaseFactory.published(person=PersonFactory.create(is_demonstration=True))
    assert "This person is invented." in page_of(client, case)
    assert "invented person" in client.get("/cases/").content.decode()


def test_persian_page_is_right_to_left_with_the_persian_name_and_story(client: Client) -> None:
    case = CaseFactory.published(person=PersonFactory.create(named=("Nima Shahi", "نیما شاهی")))
    CaseText.objects.create(case=case, language="fa", headline="تیتر ساختگی", story="داستان ساختگی")
    html = page_of(client, case, "/fa")
    assert '<html lang="fa" dir="rtl">' in html
    assert html.index("نیما شاهی") < html.index("Nima Shahi")
    assert "داستان ساختگی" in html
    assert "An invented story." not in html


def test_persian_page_has_the_persian_words_and_the_english_ones_where_there_are_none(client: Client) -> None:
    source = SourceFactory.create(
        publisher="Monitor A", publisher_fa="دیدبان الف", publisher_interest="close to one party",
        publisher_interest_fa="نزدیک به یک طرف",
    )  # fmt: skip
    case = CaseFactory.published(source=source)
    StatusEventFactory.create(
        case=case, on=date(2025, 10, 2), source=source, date_note="or the day after", date_note_fa="یا روز بعد"
    )
    ClaimFactory.create(case=case, value="69", source=source, is_shown=True, reason="A paper", reason_fa="یک سند")
    ClaimFactory.create(case=case, value="70", source=SourceFactory.create(publisher_interest="untranslated"))
    words = {"place": "Ahvaz", "place_fa": "اهواز", "date_note": "at night", "date_note_fa": "شبانه"}
    EventFactory.create(case=case, sources=[source], **words)
    EventFactory.create(case=case, sources=[source], place="Karaj")
    english = ["Monitor A", "close to one party", "or the day after", "A paper", "Ahvaz", "at night"]
    persian = ["دیدبان الف", "نزدیک به یک طرف", "یا روز بعد", "یک سند", "اهواز", "شبانه"]
    for prefix, present, absent in [("", english, persian), ("/fa", persian, english)]:
        html = page_of(client, case, prefix)
        assert [words for words in [*present, "untranslated", "Karaj"] if words not in html] == []
        assert [words for words in absent if words in html] == []


def test_untranslated_story_keeps_its_language_and_direction(client: Client) -> None:
    case = CaseFactory.published()
    html = page_of(client, case, "/fa")
    assert '<div class="prose" lang="en" dir="ltr"><p>An invented story.</p>' in html


def test_case_detail_carries_its_social_card(client: Client, settings: Any) -> None:
    settings.SITE_URL = "https://countersign.example"
    case = CaseFactory.published(person=PersonFactory.create(named=("Nima Shahi", "نیما شاهی")))
    html = page_of(client, case)
    assert '<meta property="og:title" content="Nima Shahi: sentenced to death">' in html
    assert f'<meta property="og:url" content="https://countersign.example/cases/{case.slug}/">' in html
    assert '<meta property="og:image" content="https://countersign.example/' in html


def test_nothing_typed_becomes_markup(client: Client) -> None:
    source = SourceFactory.create(title=EVIL, publisher=EVIL, publisher_interest=EVIL, url="", note=EVIL)
    person = PersonFactory.create(named=(EVIL, "شخص"))
    case = CaseFactory.published(person=person, source=source, publication_note=EVIL, risk_note=EVIL)
    PersonName.objects.create(person=person, text=EVIL + "2", script="latn", kind="alias", source=source)
    CaseText.objects.filter(case=case).update(headline=EVIL, story=EVIL)
    ClaimFactory.create(case=case, value=EVIL, locator=EVIL, source=source)
    ClaimFactory.create(case=case, value="48", source=source, is_shown=True, reason=EVIL)
    EventFactory.create(case=case, text=EVIL, place=EVIL, disagreement=EVIL, date_note=EVIL, sources=[source])
    StatusEventFactory.create(case=case, source=source, note=EVIL, date_note=EVIL)
    ConsentFactory.create(case=case, how=EVIL, note=EVIL, may_publish=True)
    anonymous = page_of(client, case) + client.get("/cases/").content.decode()
    client.force_login(UserFactory.with_role("case_editor", name=EVIL))
    desk = "".join(
        client.get(address).content.decode()
        for address in ("/cases/desk/", f"/cases/desk/{case.slug}/", f"/cases/desk/sources/?case={case.slug}")
    )
    assert "&lt;script&gt;" in anonymous
    for html in (anonymous, desk):
        assert "<script>alert" not in html
        assert "<img src=x" not in html
