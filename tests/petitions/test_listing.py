"""The public list, page by page, without a row lost or shown twice, and without telling the hour."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from petitions.models import Signature, Statement
from petitions.models.signature import ACCEPTED_ON
from petitions.signatories.listing import read_page
from tests.petitions.factories import SignatureFactory, StatementFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def sign(statement: Statement, days: list[int]) -> None:
    for number, day in enumerate(days):
        at = NOON + timedelta(days=day, seconds=number)
        SignatureFactory.create(statement=statement, state="accepted", accepted_at=at)


def test_pages_hold_every_row_once_forwards_and_backwards() -> None:
    statement = StatementFactory.open()
    sign(statement, [0, 0, 0, 0, 1, 1, 2, 5, 5, 5, 5, 5, 5])
    rows = Signature.objects.listed().filter(statement=statement)
    seen, pages, place = [], [], ""
    while True:
        page = read_page(rows, size=3, older_than=place)
        pages.append(page)
        seen += [row.pk for row in page.rows]
        if not page.older:
            break
        place = page.older
    assert sorted(seen) == sorted(rows.values_list("pk", flat=True))
    assert len(seen) == len(set(seen)) == 13
    for number in range(len(pages) - 1, 0, -1):
        back = read_page(rows, size=3, newer_than=pages[number].newer)
        assert [row.pk for row in back.rows] == [row.pk for row in pages[number - 1].rows]
        assert bool(back.newer) == (number > 1)


def test_t4_order_within_a_day_is_not_that_of_time() -> None:
    statement = StatementFactory.open()
    sign(statement, [0] * 12)
    shown = [row.pk for row in read_page(Signature.objects.filter(statement=statement), size=20).rows]
    assert shown not in (sorted(shown), sorted(shown, reverse=True))
    days = [1, 0, 2]
    sign(statement, days)
    page = read_page(Signature.objects.filter(statement=statement), size=3)
    assert [row.accepted_at.day for row in page.rows if row.accepted_at] == [6, 5, 4]


def test_place_in_the_list_tells_nothing_and_a_wrong_one_opens_the_beginning(client: Client) -> None:
    statement = StatementFactory.open()
    sign(statement, [0] * 60)
    url = reverse("petitions:statement_signatories", args=[statement.slug])
    first = client.get(url).content.decode()
    link = re.search(r'rel="next" href="([^"]+)"', first)
    assert link
    digests = [bytes(row.email_digest or b"").hex() for row in Signature.objects.all()]
    assert not any(digest in first or digest[:12] in link[1] for digest in digests)
    second = client.get(url + unescape(link[1])).content.decode()
    assert (first.count('class="signatory"'), second.count('class="signatory"')) == (50, 10)
    assert 'rel="prev"' in second
    for wrong in ("x", "gAAAA", "%00", "é"):
        assert client.get(url, {"older": wrong}).content.decode().count('class="signatory"') == 50


def test_pages_are_read_through_their_index() -> None:
    statement = StatementFactory.open()
    sign(statement, [0, 1])
    page = Signature.objects.listed().filter(statement=statement).annotate(accepted_on=ACCEPTED_ON)
    deep = page.filter(accepted_on__lt=NOON.date()).order_by("-accepted_on", "-email_digest")[:50]
    with connection.cursor() as cursor:
        # On a table of two rows PostgreSQL would not need one.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        assert "petitions_signature_by_day" in deep.explain()


def test_list_costs_the_same_at_its_end() -> None:
    statement = StatementFactory.open()
    sign(statement, [0] * 9)
    rows, place = Signature.objects.listed().filter(statement=statement), ""
    for _ in range(2):
        place = read_page(rows, size=3, older_than=place).older
    with CaptureQueriesContext(connection) as queries:
        assert len(read_page(rows, size=3, older_than=place).rows) == 3
    assert len(queries) == 2
    assert not any("OFFSET" in query["sql"] for query in queries)
