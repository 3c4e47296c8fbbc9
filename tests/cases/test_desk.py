"""The case editors' desk, over HTTP: from an empty form to a public page, and every wrong turn."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from cases.models import Case, Claim, Consent, Event, Source, StatusEvent
from tests.accounts.factories import UserFactory
from tests.cases.factories import NOW, CaseFactory, ClaimFactory, EventFactory, SourceFactory

pytestmark = pytest.mark.django_db

NEW_CASE = {
    "name_latin": "Nima Shahi",
    "name_persian": "نیما شاهی",
    "gender": "male",
    "country": "IR",
    "headline": "A headline",
    "story": "A story",
}
NEW_SOURCE = {
    "title": "A report",
    "publisher": "Monitor",
    "publisher_interest": "close to one side",
    "kind": "ngo",
    "language": "en",
    "reliability": "unsure",
}


@pytest.fixture
def editor(client: Client) -> User:
    user = UserFactory.with_role("case_editor")
    client.force_login(user)
    return user


def address(name: str, case: Case, *args: object) -> str:
    return reverse(f"cases:{name}", args=[case.slug, *args])


def test_editor_writes_a_case_and_a_second_person_publishes_it(client: Client, editor: User) -> None:
    response = client.post("/cases/desk/new/", NEW_CASE)
    case = Case.objects.get()
    assert response["Location"] == address("case_edit", case)
    client.post(f"/cases/desk/sources/new/?case={case.slug}", NEW_SOURCE)
    source = Source.objects.get()
    client.post(address("status_add", case), {"status": "death_row", "when": "2025-09", "source": source.pk})
    claim = {"attribute": "age", "knowledge": "stated", "value": "48", "source": source.pk, "is_shown": "on"}
    client.post(address("claim_add", case), claim)
    event = {"text": "Arrested", "when": "1403-12", "calendar": "solar_hijri", "sources": [source.pk]}
    client.post(address("event_add", case), event)
    details = {"country": "IR", "gender": "male", "publication_basis": "public_reports", "publication_note": "Known."}
    client.post(address("details_edit", case), details)
    assert "sh_month" in Event.objects.values_list("precision", flat=True)
    client.post(address("case_submit", case))
    case.refresh_from_db()
    assert (case.state, case.submitted_at is not None) == ("in_review", True)
    read = str(case.submitted_at)

    html = client.get(address("case_edit", case)).content.decode()
    assert "I have read it: publish" not in html
    refused = client.post(address("case_publish", case), {"read": read}, follow=True)
    assert "A second person must do this" in refused.content.decode()

    client.force_login(UserFactory.with_role("case_editor"))
    html = client.get(address("case_edit", case)).content.decode()
    assert "I have read it: publish" in html
    client.post(address("case_publish", case), {"read": read})
    client.logout()
    public = client.get(f"/cases/{case.slug}/").content.decode()
    for words in ("Nima Shahi", "نیما شاهی", "September 2025", "close to one side", "Esfand 1403", "48"):
        assert words in public


def test_submitting_an_incomplete_case_says_what_is_missing(client: Client, editor: User) -> None:
    case = CaseFactory.create(written_by=editor)
    html = client.post(address("case_submit", case), follow=True).content.decode()
    assert "a status with its date and source" in html
    case.refresh_from_db()
    assert case.state == "draft"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name_latin", "Nima\u202eShahi", "invisible character"),
        ("name_latin", "Nіma Shahi", "mixes letters of different alphabets"),  # Cyrillic і
        ("name_latin", "نیما شاهی", "Latin letters"),
        ("name_persian", "Nima Shahi", "Arabic or Persian letters"),
        ("name_latin", "", "required"),
        ("country", "XX", "not one of the available choices"),
        ("story", "", "required"),
        ("headline_fa", "تیتر", "give both"),
    ],
)
def test_case_create_refuses_beside_the_field_and_keeps_the_rest(
    client: Client, editor: User, field: str, value: str, words: str
) -> None:
    html = client.post("/cases/desk/new/", NEW_CASE | {field: value}).content.decode()
    assert words in html
    assert "A headline" in html
    assert not Case.objects.exists()


def test_case_create_under_a_like_name_asks_to_compare(client: Client, editor: User) -> None:
    client.post("/cases/desk/new/", NEW_CASE)
    again = NEW_CASE | {"name_latin": "Neema Shahi"}
    html = client.post("/cases/desk/new/", again).content.decode()
    assert "Compare it first" in html
    assert Case.objects.count() == 1
    client.post("/cases/desk/new/", again | {"is_another_person": "on"})
    assert Case.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"source": ""}, "Every claim needs its source"),
        ({"value": ""}, "Write what the source states"),
        ({"knowledge": "withheld"}, "Leave the words empty"),
        ({"source": "999999999999999999999"}, "Select a valid choice"),
    ],
)
def test_claim_without_its_source_is_refused(client: Client, editor: User, change: dict[str, Any], words: str) -> None:
    case = CaseFactory.complete()
    claim = {"attribute": "age", "knowledge": "stated", "value": "48", "source": StatusEvent.objects.get().source_id}
    html = client.post(address("claim_add", case), claim | change).content.decode()
    assert words in html
    assert not Claim.objects.exists()
    client.post(address("claim_add", case), claim)
    assert Claim.objects.get().value == "48"


def test_source_of_another_case_cannot_be_cited_before_it_is_collected(client: Client, editor: User) -> None:
    case, source = CaseFactory.complete(), SourceFactory.create()
    claim = {"attribute": "age", "knowledge": "stated", "value": "48", "source": source.pk}
    assert "Select a valid choice" in client.post(address("claim_add", case), claim).content.decode()
    client.post(address("source_attach", case, source.pk))
    client.post(address("claim_add", case), claim)
    assert Claim.objects.get().source == source


@pytest.mark.parametrize(
    ("when", "calendar", "certainty", "words"),
    [
        ("soon", "gregorian", "", "Write the date as 2025"),
        ("2025-02-31", "gregorian", "", "no such day"),
        ("2025", "gregorian", "about", "needs a whole day"),
        ("1404-04-21", "gregorian", "", "does not look like the Gregorian"),
        ("", "gregorian", "", "required"),
    ],
)
def test_status_with_a_wrong_date_is_refused(
    client: Client, editor: User, when: str, calendar: str, certainty: str, words: str
) -> None:
    case = CaseFactory.complete()
    source = StatusEvent.objects.get().source_id
    data = {"status": "released", "when": when, "calendar": calendar, "certainty": certainty, "source": source}
    assert words in client.post(address("status_add", case), data).content.decode()
    assert StatusEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "on", "precision"),
    [
        ({"when": "2025"}, date(2025, 1, 1), "year"),
        ({"when": "2025-07", "certainty": "after"}, date(2025, 7, 31), "after"),
        ({"when": "2025-07", "certainty": "before"}, date(2025, 7, 1), "before"),
        ({"when": "1404-04-21", "calendar": "solar_hijri", "certainty": "about"}, date(2025, 7, 12), "about"),
        ({"when": ""}, None, "unknown"),
    ],
)
def test_event_keeps_its_date_as_far_as_it_is_known(
    client: Client, editor: User, typed: dict[str, str], on: date | None, precision: str
) -> None:
    case = CaseFactory.complete()
    source = StatusEvent.objects.get().source_id
    client.post(address("event_add", case), {"text": "Something", "sources": [source], **typed})
    event = Event.objects.get()
    assert (event.on, event.precision) == (on, precision)


def test_event_page_shows_the_date_as_it_was_typed(client: Client, editor: User) -> None:
    case = CaseFactory.complete()
    event = EventFactory.create(case=case, on=date(2025, 2, 19), precision="sh_month")
    html = client.get(address("event_edit", case, event.pk)).content.decode()
    assert 'value="1403-12"' in html
    assert '<option value="solar_hijri" selected>' in html


PERSIAN_WORDS = {
    "claim": {"reason": "The only source", "reason_fa": "تنها منبع"},
    "event": {"date_note": "at night", "date_note_fa": "شبانه", "place": "Ahvaz", "place_fa": "اهواز"},
    "status": {"date_note": "at night", "date_note_fa": "شبانه"},
}


@pytest.mark.parametrize("kind", PERSIAN_WORDS)
def test_form_keeps_the_words_in_both_languages(client: Client, editor: User, kind: str) -> None:
    case, words = CaseFactory.complete(), PERSIAN_WORDS[kind]
    source = StatusEvent.objects.get().source_id
    typed: dict[str, dict[str, Any]] = {
        "claim": {"attribute": "age", "knowledge": "stated", "value": "48", "source": source, "is_shown": "on"},
        "event": {"text": "Something", "when": "2025", "sources": [source]},
        "status": {"status": "released", "when": "2025-10-14", "source": source},
    }
    html = client.get(address(f"{kind}_add", case)).content.decode()
    client.post(address(f"{kind}_add", case), typed[kind] | words)
    rows: Any = {
        "claim": Claim.objects,
        "event": Event.objects,
        "status": StatusEvent.objects.filter(status="released"),
    }
    assert rows[kind].values(*words).get() == words
    for name in words:
        (field,) = re.findall(rf'<input[^>]* name="{name}"[^>]*>', html)
        assert ('lang="fa" dir="rtl"' in field) == name.endswith("_fa")


def test_source_is_kept_and_found_under_its_persian_name(client: Client, editor: User) -> None:
    words = {"publisher": "Monitor", "publisher_fa": "دیدبان", "publisher_interest_fa": "نزدیک به یک طرف"}
    client.post("/cases/desk/sources/new/", NEW_SOURCE | words)
    assert Source.objects.values(*words).get() == words
    SourceFactory.create(title="Another report")
    html = client.get("/cases/desk/sources/", {"q": "دیدبان"}).content.decode()
    assert ("A report" in html, "Another report" in html) == (True, False)


@pytest.mark.parametrize("kind", ["claim", "event", "name"])
def test_removing_needs_a_post_and_an_editable_case(client: Client, editor: User, kind: str) -> None:
    case = CaseFactory.complete()
    ClaimFactory.create(case=case)
    EventFactory.create(case=case)
    rows: Any = {"claim": case.claims, "event": case.events, "name": case.person.names.filter(script="arab")}[kind]
    target = address(f"{kind}_remove", case, rows.get().pk)
    assert client.get(target).status_code == 405
    Case.objects.update(state="in_review")
    client.post(target)
    assert rows.count() == 1
    Case.objects.update(state="draft")
    client.post(target)
    assert rows.count() == 0


def test_part_of_another_case_is_not_found(client: Client, editor: User) -> None:
    case, claim = CaseFactory.complete(), ClaimFactory.create(case=CaseFactory.create())
    assert client.get(address("claim_edit", case, claim.pk)).status_code == 404
    assert client.post(address("claim_remove", case, claim.pk)).status_code == 404


def test_source_that_a_fixed_page_shows_cannot_be_changed(client: Client, editor: User) -> None:
    source = SourceFactory.create(title="As it was")
    case = CaseFactory.published(source=source)
    data = NEW_SOURCE | {"title": "As it was not"}
    html = client.post(reverse("cases:source_edit", args=[source.slug]), data).content.decode()
    assert html.count("The words of this case are fixed") == 1
    Case.objects.filter(pk=case.pk).update(state="draft")
    client.post(reverse("cases:source_edit", args=[source.slug]), data)
    source.refresh_from_db()
    assert source.title == "As it was not"


def test_source_address_that_could_run_is_refused(client: Client, editor: User) -> None:
    client.post("/cases/desk/sources/new/", NEW_SOURCE | {"url": "javascript:alert(1)"})
    assert not Source.objects.exists()


def test_new_status_of_a_published_case_is_confirmed_by_another_editor(client: Client, editor: User) -> None:
    case = CaseFactory.published()
    entry = {"status": "released", "when": "2025-10-14", "source": SourceFactory.create().pk}
    client.post(address("status_add", case), entry)
    waiting = StatusEvent.objects.get(state="pending")
    client.post(address("status_confirm", case, waiting.pk))
    assert "released" not in client.get(f"/cases/{case.slug}/").content.decode()
    client.force_login(UserFactory.with_role("case_editor"))
    assert "New statuses to confirm" in client.get("/cases/desk/").content.decode()
    client.post(address("status_confirm", case, waiting.pk))
    assert "released" in client.get(f"/cases/{case.slug}/").content.decode()


def test_consent_is_recorded_purpose_by_purpose_and_withdrawn(client: Client, editor: User) -> None:
    case = CaseFactory.published(publication_basis="consent", publication_note="")
    form = {"capacity": "family", "how": "A signed letter", "given_on": "2025-09-01"}
    html = client.post(address("consent_record", case), form).content.decode()
    assert "Tick at least one thing" in html
    client.post(address("consent_record", case), form | {"may_publish": "on"})
    consent = Consent.objects.get()
    assert (consent.may_publish, consent.may_send_to_un, consent.recorded_by) == (True, False, editor)
    client.post(address("consent_withdraw", case, consent.pk), {"note": "The mother wrote."})
    assert client.get(f"/cases/{case.slug}/").status_code == 200  # the editor's preview
    client.logout()
    assert client.get(f"/cases/{case.slug}/").status_code == 404


def test_letter_author_records_a_consent_and_comes_back(client: Client) -> None:
    case = CaseFactory.published()
    client.force_login(UserFactory.with_role("letter_author"))
    form = {"capacity": "family", "how": "A letter", "given_on": "2025-09-01", "may_send_to_un": "on"}
    assert client.post(address("consent_record", case) + "?next=/un/", form)["Location"] == "/un/"
    evil = client.post(address("consent_record", case) + "?next=https://evil.example/", form)
    assert evil["Location"] == address("consent_record", case)
    assert client.get(address("case_edit", case)).status_code == 403


def test_desk_is_closed_to_others(client: Client) -> None:
    case = CaseFactory.published()
    for target in ("/cases/desk/", "/cases/desk/new/", "/cases/desk/sources/", address("case_edit", case)):
        assert client.get(target)["Location"].startswith("/account/login/")
    client.force_login(UserFactory.with_role("moderator"))
    for target in ("/cases/desk/", "/cases/desk/new/", "/cases/desk/sources/", address("case_edit", case)):
        assert client.get(target).status_code == 403
    assert client.post(address("case_unpublish", case), {"note": "x"}).status_code == 403
    assert Case.objects.get().state == "published"


def test_unpublish_and_return_need_words(client: Client, editor: User) -> None:
    case = CaseFactory.published()
    client.post(address("case_unpublish", case), {"note": "  "})
    assert Case.objects.get().state == "published"
    client.post(address("case_unpublish", case), {"note": "An error in the age."})
    assert Case.objects.get().state == "unpublished"


@pytest.mark.parametrize("read", ["", "nonsense", "2025-99-99T00:00:00", "2025-10-15T12:00:00"])
def test_publishing_without_having_read_the_last_version_is_refused(client: Client, editor: User, read: str) -> None:
    case = CaseFactory.complete(state="in_review", submitted_at=NOW)
    client.post(address("case_publish", case), {"read": read})
    assert Case.objects.get().state == "in_review"
    client.post(address("case_publish", case), {"read": NOW.isoformat()})
    assert Case.objects.get().state == "published"


def test_desk_costs_the_same_for_one_and_three_cases(
    client: Client, editor: User, django_assert_max_num_queries: Any
) -> None:
    def look() -> int:
        with django_assert_max_num_queries(40) as captured:
            client.get("/cases/desk/")
        return len(captured)

    CaseFactory.published()
    CaseFactory.complete()
    before = look()
    for _ in range(2):
        CaseFactory.published()
        CaseFactory.complete()
    assert look() == before


def test_desk_pages_stand_in_persian(client: Client, editor: User) -> None:
    case = CaseFactory.complete()
    ClaimFactory.create(case=case)
    for target in ("/fa/cases/desk/", f"/fa/cases/desk/{case.slug}/", f"/fa/cases/desk/{case.slug}/claims/new/"):
        assert '<html lang="fa" dir="rtl">' in client.get(target).content.decode()
