"""Statements for programs: nothing before its moment, nobody who is not on the page, nothing that surprises."""

import hashlib
import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaign.api.asking import PARAMETERS
from campaign.api.description import describe
from cases.models import Case
from mandates.models import DemandAddressee, Mandate
from petitions.actions import (
    accept_signature,
    begin_amendment,
    close_past_statements,
    close_statement,
    erase_signature,
    record_demand_status,
    take_off_statement,
    write_text,
)
from petitions.counts.counting import count_signatures
from petitions.models import Signature, Statement, Tally
from tests.accounts.factories import UserFactory
from tests.cases.factories import SourceFactory
from tests.petitions.api_answers import LIST, detail, names, queries, read
from tests.petitions.api_schema import faults
from tests.petitions.api_tables import tables, written
from tests.petitions.desk import amended, editor, embargoed, opened
from tests.petitions.dossiers import handed_over
from tests.petitions.factories import PaperBatchFactory, SignatureFactory, StatementFactory, verified_expert
from tests.petitions.test_version_embargo import kept, let_it_come
from tests.petitions.withheld import sign_withheld, two_custodians

pytestmark = pytest.mark.django_db

CANARY = "Kanarya Singvogel"


def slugs(url: str = LIST) -> list[str]:
    return [row["slug"] for row in read(url)["statements"]]


def recount() -> None:
    count_signatures()


def test_s4_embargoed_text_is_in_no_answer_before_the_moment_of_the_databases_clock_and_in_all_after() -> None:
    statement = embargoed(editor(), editor(), title=f"{CANARY} title", slug="unguessable-slug")
    never = Client().get("/statements/api/1/statements/no-such-thing.json")
    for who in (None, UserFactory.with_role("moderator"), UserFactory.with_role("case_editor")):
        client = Client()
        if who:
            client.force_login(who)
        for url in (detail(statement), names(statement)):
            refused = client.get(url)
            assert (refused.status_code, refused.content) == (404, never.content)
            assert refused["Cache-Control"] == "no-store"
        for query in ("", "?state=open", "?kind=public", "?language=en"):
            content = client.get(LIST + query).content.decode()
            assert statement.slug not in content
            assert CANARY not in content

    Statement.objects.filter(pk=statement.pk).update(embargoed_until=timezone.now() - timedelta(seconds=1))

    assert Statement.objects.get(pk=statement.pk).state == "embargoed"  # nothing has run but the clock
    assert slugs() == slugs(f"{LIST}?state=open") == [statement.slug]
    assert read(detail(statement))["state"] == "open"
    assert CANARY in read(detail(statement))["current_version"]["texts"][0]["title"]
    assert read(names(statement))["signatories"] == []


def test_s4_draft_and_what_was_taken_off_answer_like_what_never_was() -> None:
    draft, off = StatementFactory.create(), opened(editor(), editor())
    assert read(detail(off))["slug"] == off.slug
    take_off_statement(statement=off, note="wrong", by=editor(), now=timezone.now())
    urls = ["/statements/nothing.json", "/nothing", "/", "/statements/%00.json", "/statements/x/signatories.json"]
    urls = [f"/statements/api/1{url}" for url in urls]
    urls += [url for statement in (draft, off) for url in (detail(statement), names(statement))]
    answers = {(response.status_code, response.content) for response in map(Client().get, urls)}
    assert len(answers) == 1
    assert slugs() == []


def test_s4_a_version_under_review_and_one_that_was_replaced_under_embargo_are_not_told() -> None:
    writer, second = editor(), editor()
    statement = opened(writer, second)
    version = begin_amendment(statement=statement, by=writer, now=timezone.now())
    write_text(version=version, language="en", title=CANARY, body=CANARY, is_unofficial=False, by=writer,
               now=timezone.now())  # fmt: skip
    for url in (LIST, detail(statement)):
        assert CANARY not in json.dumps(read(url))
    assert [row["number"] for row in read(detail(statement))["versions"]] == [1]


def test_s4_versions_come_with_fingerprints_that_the_canonical_text_has(client: Client) -> None:
    writer, second = editor(), editor()
    statement = opened(writer, second)
    amended(statement, writer, second)
    found = read(detail(statement))
    assert [row["number"] for row in found["versions"]] == [2, 1]
    assert found["current_version"] == found["versions"][0]
    for version in found["versions"]:
        for text in version["texts"]:
            canonical = client.get(text["canonical_url"].removeprefix("http://127.0.0.1:8000")).content
            assert text["sha256"] == hashlib.sha256(canonical).hexdigest()


def test_s4_erased_name_is_gone_at_once_and_the_shape_stays() -> None:
    statement = StatementFactory.open()
    gone = SignatureFactory.accepted(statement=statement, name=CANARY, comment=f"{CANARY} sings")
    SignatureFactory.accepted(statement=statement, name="Stays Here")
    recount()
    before = (read(names(statement)), read(detail(statement)))
    assert CANARY in json.dumps(before)
    erase_signature(signature=gone, now=timezone.now())
    recount()
    after = (read(names(statement)), read(detail(statement)))
    assert CANARY not in json.dumps(after)
    assert [row["name"] for row in after[0]["signatories"]] == ["Stays Here"]
    assert (after[0]["erased"], after[1]["counted"], after[1]["figures"]["withdrawn"]) == (1, 1, 1)
    assert [set(one) for one in before] == [set(one) for one in after]


def test_s4_nothing_with_names_is_kept_for_longer_than_a_minute() -> None:
    statement = StatementFactory.open()
    for url in (LIST, detail(statement), names(statement)):
        kept = Client().get(url)["Cache-Control"]
        # Two caches in a row, each of which counts from zero.
        assert 2 * int(re.findall(r"max-age=(\d+)", kept)[0]) <= 60
        assert "must-revalidate" in kept
        assert "stale" not in kept


def test_s4_each_is_shown_as_on_the_page_and_no_more(client: Client) -> None:
    statement = StatementFactory.open()
    fields = {"honorific": "Dr", "original_name": "نام", "title": "Judge", "affiliation": "A Court",
              "category": "lawyer", "comment": "Because.", "country": "FR"}  # fmt: skip
    SignatureFactory.accepted(statement=statement, name="Full Name", **fields, is_current=False, is_demonstration=True)
    SignatureFactory.accepted(statement=statement, name="Ida Nitial", **fields, display="initials")
    SignatureFactory.accepted(statement=statement, name="Hidden Person", **fields, display="hidden")
    SignatureFactory.create(statement=statement, name="Waiting Person", **fields)
    recount()
    found = read(names(statement))
    by_display = {row["display"]: row for row in found["signatories"]}
    assert set(by_display) == {"full", "initials"}
    full, initials = by_display["full"], by_display["initials"]
    assert fields.items() - {("country", "FR")} <= full.items()
    assert (full["name"], full["is_former"], full["invented"]) == ("Full Name", True, True)
    assert initials["name"] == "I. N."
    assert not any(initials[key] for key in {*fields, "proof_evidence", "is_former", "invented"} - {"country"})
    assert found["not_shown"] == 1
    text = json.dumps(found, ensure_ascii=False)
    page = client.get(reverse("petitions:statement_signatories", args=[statement.slug])).content.decode()
    for word in ("Hidden", "Waiting", "Nitial", "people.example"):
        assert word not in text
        assert word not in page


def test_s4_protected_signatory_is_an_office_without_a_day() -> None:
    two_custodians()
    statement = StatementFactory.open(kind="expert")
    signature = sign_withheld(verified_expert(), statement, office="Professor of law")
    assert read(names(statement))["withheld"] == []
    accept_signature(signature=signature, seen_state="pending", by=UserFactory.create(), now=timezone.now())
    found = read(names(statement))
    assert found["signatories"] == []
    assert [(row["office"], set(row)) for row in found["withheld"]] == [
        ("Professor of law", {"office", "category", "version", "invented"})
    ]


def test_s4_organisation_is_shown_as_on_the_page() -> None:
    statement = StatementFactory.open(kind="organisations")
    fields = {"signs_as": "organisation", "organisation": "Invented League", "organisation_role": "Chair",
              "title": "Judge", "affiliation": "Court"}  # fmt: skip
    SignatureFactory.accepted(statement=statement, name="Cha Ir", **fields)
    SignatureFactory.accepted(statement=statement, name="Cha Ir", **fields, display="initials")
    rows = {row["display"]: row for row in read(names(statement))["signatories"]}
    shown = [(rows[key]["name"], rows[key]["organisation"], rows[key]["organisation_role"], rows[key]["title"])
             for key in ("full", "initials")]  # fmt: skip
    assert shown == [("Cha Ir", "Invented League", "Chair", ""), ("", "", "", "")]


def test_t4_no_moment_no_order_of_time_and_no_country_below_ten() -> None:
    statement = StatementFactory.open()
    at = datetime(2026, 3, 4, 1, tzinfo=UTC)
    for number in range(12):
        SignatureFactory.create(statement=statement, state="accepted", accepted_at=at + timedelta(hours=number),
                                name=f"Person {chr(97 + number)}", country="AT" if number < 9 else "CH")  # fmt: skip
    recount()
    Tally.objects.update(countries_shown={"named": [], "elsewhere": 12}, countries_on=date(2026, 3, 5))
    text = json.dumps([read(names(statement)), read(detail(statement)), read(LIST)])
    assert not re.search(r"\d\d:\d\d:\d\d|T\d\d|signed_at|_at\"", text.replace(reverse("petitions:update_feed"), ""))
    assert '"AT"' not in text
    shown = [row["name"] for row in read(names(statement))["signatories"]]
    assert len(shown) == 12
    assert shown not in (sorted(shown), sorted(shown, reverse=True))
    assert "_at" not in " ".join(field for schema in describe("x")["components"]["schemas"].values()
                                 for field in schema["properties"] if field.endswith("_at"))  # fmt: skip


def test_s4_list_is_filtered_by_state_kind_language_and_case() -> None:
    call_command("load_demonstration", verbosity=0)
    everything = slugs()
    assert len(everything) == 2
    public = Statement.objects.get(kind="public")
    assert slugs(f"{LIST}?kind=public") == slugs(f"{LIST}?kind=public&state=open&language=fa") == [public.slug]
    case = public.cases.published().order_by("slug")[0]
    assert public.slug in slugs(f"{LIST}?case={case.slug}")
    Case.objects.filter(pk=case.pk).update(state="draft")
    assert slugs(f"{LIST}?case={case.slug}") == slugs(f"{LIST}?case=no-such-case") == []
    assert case.slug not in json.dumps(read(LIST))
    assert slugs(f"{LIST}?state=closed") == []
    close_statement(statement=public, note="Enough.", by=editor(), now=timezone.now())
    assert slugs(f"{LIST}?state=closed") == [public.slug]
    found = read(detail(public))
    assert (found["state"], found["closed_on"], found["invented"]) == (
        "closed",
        timezone.now().date().isoformat(),
        True,
    )


def test_s4_pages_hold_every_statement_once_while_others_are_added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaign.api.statements.PAGE_SIZE", 3)
    expected = [StatementFactory.open().slug for _number in range(8)][::-1]
    url, seen, pages = f"{LIST}?kind=public&state=open", [], 0
    while url:
        page = read(url)
        seen += [row["slug"] for row in page["statements"]]
        StatementFactory.open()
        pages += 1
        url = page["next"]
        assert url is None or url.startswith("http://127.0.0.1:8000/")
        url = url and url.removeprefix("http://127.0.0.1:8000")
    assert (seen, pages) == (expected, 3)


def test_s4_pages_hold_every_signatory_once_while_others_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaign.api.signatories.PAGE_SIZE", 3)
    statement = StatementFactory.open(kind="expert")
    for number in range(10):
        SignatureFactory.create(statement=statement, state="accepted", name=f"Early {chr(97 + number)}",
                                accepted_at=timezone.now() - timedelta(days=1 + number // 4))  # fmt: skip
    url, seen = names(statement), []
    while url:
        page = read(url)
        seen += [row["name"] for row in page["signatories"]]
        SignatureFactory.accepted(statement=statement, name="Late Comer")
        url = page["next"] and page["next"].removeprefix("http://127.0.0.1:8000")
    assert sorted(seen) == [f"Early {chr(97 + number)}" for number in range(10)]


def test_s4_demands_carry_addressees_of_the_directory_and_what_became_of_them() -> None:
    statement = StatementFactory.open()
    version = statement.current_version()
    assert version is not None
    demand = version.demands.order_by("position")[0]
    mandate = Mandate.objects.create(slug="sr-invented", title="Special Rapporteur", title_fa="گزارشگر", kind="x",
                                     scope="thematic")  # fmt: skip
    DemandAddressee.objects.create(demand=demand, mandate=mandate)
    secret = SourceFactory.create(is_withheld=True, url="https://secret.example/")
    for status, source, day in (("acknowledged", None, 2), ("met", secret, 1)):
        record_demand_status(demand=demand, status=status, as_of=timezone.now().date() - timedelta(days=day),
                             source=source, note="Said so.", by=editor(), now=timezone.now())  # fmt: skip
    first = read(detail(statement))["demands"][0]
    assert [(row["name"], row["url"]) for row in first["addressees"]] == [
        ("Special Rapporteur", "http://127.0.0.1:8000/un/mandates/sr-invented/")
    ]
    assert [row["status"] for row in first["history"]] == ["met", "acknowledged"]
    assert (first["status"], {row["source_url"] for row in first["history"]}) == ("met", {None})
    assert [row["language"] for row in first["wordings"]] == ["en", "fa"]


@pytest.mark.slow
def test_s4_every_answer_is_what_its_description_says() -> None:
    call_command("load_demonstration", verbosity=0)
    statement = Statement.objects.get(kind="expert")
    handed_over(statement)
    PaperBatchFactory.create(statement=statement)
    recount()
    document = read("/statements/api/1/openapi.json")
    shapes = {"StatementPage": [LIST], "StatementDetail": [], "SignatoryPage": [], "Refusal": []}
    for one in Statement.objects.published():
        shapes["StatementDetail"].append(detail(one))
        shapes["SignatoryPage"].append(names(one))
    for shape, urls in shapes.items():
        for url in urls:
            assert faults(read(url), {"$ref": f"#/components/schemas/{shape}"}, document) == []
    for url in (f"{LIST}?state=x", "/statements/api/1/statements/none.json"):
        found = faults(Client().get(url).json(), {"$ref": "#/components/schemas/Refusal"}, document)
        assert found == []
    assert set(document["paths"]) == set(PARAMETERS)
    assert read(detail(statement))["handovers"][0]["sha256"]
    assert max(map(queries, (LIST, detail(statement), names(statement)))) <= 12


def test_a_wrong_answer_does_not_pass_for_what_the_description_says() -> None:
    document = describe("x")
    good = read(detail(StatementFactory.open()))
    shape = {"$ref": "#/components/schemas/StatementDetail"}
    assert faults(good, shape, document) == []
    wrong: list[dict[str, Any]] = [
        {"counted": "1"}, {"state": "draft"}, {"opened_on": "2026-01-01T10:00:00"}, {"goal": True}, {"more": 1},
        {"figures": {}}, {"cases": [None]},
    ]  # fmt: skip
    for change in wrong:
        assert faults({**good, **change}, shape, document), change
    assert faults({key: value for key, value in good.items() if key != "kind"}, shape, document)


def test_page_for_people_names_addresses_that_answer(client: Client) -> None:
    StatementFactory.open()
    for page in ("/statements/api/", "/fa/statements/api/"):
        html = client.get(page).content.decode()
        addresses = re.findall(r'href="(/statements/api/1/[^"]+)"', html)
        assert len(addresses) == 4
        assert [client.get(url).status_code for url in addresses] == [200] * 4
    assert 'href="/statements/api/"' in client.get("/statements/log/").content.decode()
    assert Signature.objects.count() == 0


def test_tables_of_the_documentation_are_those_of_the_description() -> None:
    """After a change of shapes: python -m tests.petitions.api_tables."""
    assert written() == tables(describe("x"))


def test_s4_the_next_version_is_told_from_its_moment_on() -> None:
    statement = opened(editor(), editor())
    version = kept(statement)
    for url in (LIST, detail(statement)):
        assert [row["number"] for row in _versions(read(url))] == [1]
    let_it_come(version)
    assert [row["number"] for row in _versions(read(LIST))] == [2]
    assert [row["number"] for row in _versions(read(detail(statement)))] == [2, 1]


def _versions(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return answer["versions"] if "versions" in answer else [row["current_version"] for row in answer["statements"]]


def test_s5_a_last_day_closes_by_the_clock_here_too() -> None:
    statement = opened(editor(), editor())
    last = timezone.now().date() - timedelta(days=3)
    Statement.objects.filter(pk=statement.pk).update(deadline_on=last)
    for _ in range(2):
        assert (slugs(f"{LIST}?state=closed"), slugs(f"{LIST}?state=open")) == ([statement.slug], [])
        line = read(detail(statement))
        assert (line["state"], line["closed_on"]) == ("closed", last.isoformat())
        close_past_statements(now=timezone.now())
    assert Statement.objects.get(pk=statement.pk).state == "closed"
