"""The API towards strangers: read only, nobody asked who they are, nonsense refused in words, at a bounded price."""

import random
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from tests.accounts.factories import UserFactory
from tests.petitions.api_answers import LIST, detail, names, queries
from tests.petitions.factories import SignatureFactory, StatementFactory

pytestmark = pytest.mark.django_db


BAD = [
    (LIST, "?state=draft", "state"),
    (LIST, "?state=", "state"),
    (LIST, "?state=open&state=closed", "state"),
    (LIST, "?kind=x%00", "kind"),
    (LIST, "?language=de", "language"),
    (LIST, "?case=%00", "case"),
    (LIST, "?case=" + "x" * 81, "case"),
    (LIST, "?cursor=-1", "cursor"),
    (LIST, "?cursor=99999999999999999999", "cursor"),
    (LIST, "?cursor=%D9%A1", "cursor"),
    (LIST, "?cursor=", "cursor"),
    (LIST, "?page=2", "page"),
    (LIST, "?%FF=1", "�"),
]


@pytest.mark.parametrize(("url", "query", "parameter"), BAD)
def test_p8_bad_parameter_is_refused_and_named(url: str, query: str, parameter: str) -> None:
    response = Client().get(url + query)
    refusal = response.json()
    assert (response.status_code, refusal["error"], refusal["parameter"]) == (400, "bad_parameter", parameter)
    assert refusal["message"]
    if parameter in {"state", "kind", "language", "page"}:
        assert refusal["allowed"]
    assert (response["Cache-Control"], response["Access-Control-Allow-Origin"]) == ("no-store", "*")


def test_p8_place_in_the_list_that_no_page_gave_is_refused() -> None:
    statement = StatementFactory.open()
    for place in ("x", "%00", "gAAAAAB" + "x" * 60, "é", "x" * 3000, "", "1"):
        response = Client().get(f"{names(statement)}?cursor={place}")
        assert (response.status_code, response.json()["parameter"]) == (400, "cursor")
    assert Client().get(f"{names(statement)}?q=name").json()["parameter"] == "q"


def test_p8_garbage_never_gives_a_fault() -> None:
    statement = StatementFactory.open()
    client = Client(raise_request_exception=False)
    chance = random.Random(38)
    alphabet = "abc019-_.%/?&=;#\x00\x7f\u202e\ud7ff\U0001f600'\"<>{}[]\\ \n"
    for _number in range(300):
        word = "".join(chance.choice(alphabet) for _each in range(chance.randint(1, 30)))
        quoted = quote(word, safe="" if chance.random() < 0.5 else "&=%")
        name = chance.choice(["state", "kind", "language", "case", "cursor", quoted])
        for url in (f"{LIST}?{name}={quoted}", f"{names(statement)}?{name}={quoted}",
                    f"/statements/api/1/statements/{quoted}.json", f"/statements/api/1/{quoted}"):  # fmt: skip
            assert client.get(url).status_code in {200, 301, 400, 404}, url


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_t15_api_is_read_only(method: str) -> None:
    client = Client(enforce_csrf_checks=True)
    for url in (LIST, detail(StatementFactory.open()), "/statements/api/1/openapi.json", "/statements/api/1/x"):
        response = getattr(client, method)(url)
        assert (response.status_code, response["Allow"], response.json()["error"]) == (
            405,
            "GET, HEAD",
            "method_not_allowed",
        )


def test_t15_no_cookie_is_set_or_looked_at_and_other_sites_may_read_here_alone() -> None:
    statement = StatementFactory.open()
    urls = [LIST, detail(statement), names(statement), "/statements/api/1/openapi.json", f"{LIST}?x=1"]
    client, stale = Client(), Client()
    client.force_login(UserFactory.with_role("moderator"))
    stale.cookies["sessionid"] = "x" * 32
    for url in urls:
        for who in (Client(), client, stale):
            response = who.get(url)
            assert not response.cookies
            assert "Vary" not in response
            assert response["Access-Control-Allow-Origin"] == "*"
            assert "Access-Control-Allow-Credentials" not in response
        assert client.get(url).content == Client().get(url).content
    pages = ["/", "/statements/", "/statements/api/", statement.get_absolute_url(), "/statements/log/",
             reverse("petitions:statement_signatories", args=[statement.slug]),
             reverse("petitions:statement_days_json", args=[statement.slug])]  # fmt: skip
    for page in pages:
        assert "Access-Control-Allow-Origin" not in Client().get(page)


def test_s4_unchanged_answer_is_not_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaign.api.signatories.PAGE_SIZE", 2)
    statement = StatementFactory.open()
    for _number in range(4):
        SignatureFactory.accepted(statement=statement)
    for url in (LIST, detail(statement), names(statement), "/statements/api/1/openapi.json"):
        etag = Client().get(url)["ETag"]
        again = Client().get(url, headers={"If-None-Match": etag})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
        assert again["Access-Control-Allow-Origin"] == "*"
        assert again["Cache-Control"] == Client().get(url)["Cache-Control"]
    monkeypatch.undo()
    etag = Client().get(names(statement))["ETag"]
    SignatureFactory.accepted(statement=statement)
    assert Client().get(names(statement), headers={"If-None-Match": etag}).status_code == 200
    assert Client().head(LIST).content == b""


def test_t38_queries_do_not_grow_with_what_is_told() -> None:
    first = StatementFactory.open()
    SignatureFactory.accepted(statement=first)
    before = [queries(url) for url in (LIST, detail(first), names(first))]
    for _number in range(3):
        statement = StatementFactory.open()
        for _each in range(3):
            SignatureFactory.accepted(statement=statement)
            SignatureFactory.accepted(statement=first)
    after = [queries(url) for url in (LIST, detail(first), names(first))]
    assert after == before
    assert max(after) <= 12
