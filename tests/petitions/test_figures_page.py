"""The figures, the chart and the downloads as everybody reads them, and the recounts for staff."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from petitions.actions import recount_signatures, withdraw_signature
from petitions.counts.chart import WIDTH, draw_chart
from petitions.counts.counting import count_signatures
from petitions.counts.series import Span, condense, read_days, read_hours
from petitions.models import HourlyCount, Statement, Tally
from tests.accounts.factories import UserFactory
from tests.petitions.factories import SignatureFactory, StatementFactory
from tests.petitions.test_counting import remove

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def get(client: Client, name: str, statement: Statement) -> str:
    response = client.get(reverse(f"petitions:{name}", args=[statement.slug]))
    assert response.status_code == 200
    return response.content.decode()


def hour(statement: Statement, at: datetime, **fields: int) -> None:
    HourlyCount.objects.create(statement=statement, hour=at, **fields)


def test_page_says_all_figures(client: Client) -> None:
    statement, moderator = StatementFactory.open(kind="expert"), UserFactory.with_role("moderator")
    for country, number in (("NL", 12), ("DE", 10), ("IR", 6), ("TR", 5)):
        for _ in range(number):
            SignatureFactory.accepted(statement=statement, country=country, category="judge")
    gone = [SignatureFactory.accepted(statement=statement) for _ in range(2)]
    withdraw_signature(signature=gone[0], now=timezone.now())
    remove(gone[1], moderator, "duplicate")
    recount_signatures(now=timezone.now())
    html = get(client, "statement_figures", statement)
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    assert "Netherlands 12 Germany 10 elsewhere, or not said 11" in text
    assert "Iran" not in text
    assert "withdrawn by the signatories 1" in text
    assert "taken out of the count 1 same person signed already 1" in text
    assert "judges and prosecutors: 33" in text
    assert html.count("<svg") == 1
    assert "<script" not in html.split("<main")[1].split("</main")[0]


def test_t4_countries_change_with_the_nightly_recount_only(client: Client) -> None:
    statement = StatementFactory.open()
    count_signatures()
    for _ in range(10):
        SignatureFactory.accepted(statement=statement, country="NL")
    count_signatures()
    assert "Netherlands" not in get(client, "statement_figures", statement)
    recount_signatures(now=timezone.now())
    assert "Netherlands" in get(client, "statement_figures", statement)


def test_t4_public_files_know_no_time_finer_than_a_day(client: Client) -> None:
    statement = StatementFactory.open()
    hour(statement, NOON, counted=3)
    hour(statement, NOON + timedelta(hours=5), counted=2, withdrawn=1)
    hour(statement, NOON + timedelta(days=2), removed=1, corrected=-1)
    rows = list(csv.DictReader(io.StringIO(get(client, "statement_days_csv", statement))))
    assert rows == [
        {"day": "2026-03-04", "counted": "5", "withdrawn": "1", "removed": "0", "corrected": "0"},
        {"day": "2026-03-06", "counted": "0", "withdrawn": "0", "removed": "1", "corrected": "-1"},
    ]
    answer = client.get(reverse("petitions:statement_days_json", args=[statement.slug])).json()
    assert [list(map(str, day.values())) for day in answer["days"]] == [list(row.values()) for row in rows]
    assert "T12" not in str(answer)


def test_t4_hours_are_for_moderators_and_of_busy_days(client: Client) -> None:
    statement = StatementFactory.open()
    yesterday = timezone.now().replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=1)
    hour(statement, yesterday, counted=9, withdrawn=2)
    assert get(client, "statement_figures", statement).count("<svg") == 1
    HourlyCount.objects.update(counted=10)
    html = get(client, "statement_figures", statement)
    assert html.count("<svg") == 2
    hours_table = html.split("<tbody>")[2].split("</tbody>")[0]
    assert "<td>10</td><td>0</td>" in hours_table, "who left is told by the day only"
    hour(statement, yesterday.replace(hour=22), counted=1)
    assert get(client, "statement_figures", statement).count("<svg") == 1
    client.force_login(UserFactory.with_role("moderator"))
    assert get(client, "statement_figures", statement).count("<svg") == 2


@pytest.mark.parametrize("path", ["statement_figures", "statement_days_csv", "statement_days_json"])
def test_draft_has_no_public_figures(client: Client, path: str) -> None:
    assert client.get(reverse(f"petitions:{path}", args=[StatementFactory.create().slug])).status_code == 404


def test_recounts_are_for_moderators(client: Client) -> None:
    url = reverse("petitions:recount_reports")
    statement = StatementFactory.open()
    count_signatures()
    Tally.objects.filter(statement=statement).update(counted=4)
    recount_signatures(now=timezone.now())
    recount_signatures(now=timezone.now())
    client.force_login(UserFactory.create())
    assert client.get(url).status_code == 403
    client.force_login(UserFactory.with_role("moderator"))
    html = client.get(url).content.decode()
    assert "all right" in html
    assert re.search(r"<bdi>counted</bdi>: <bdi>4</bdi> → <bdi>0</bdi>", html)


def test_days_are_condensed_until_they_fit() -> None:
    def spans(days: int) -> Any:
        return [Span(NOON.replace(hour=0)), Span(NOON.replace(hour=0) + timedelta(days=days), counted=2)]

    for days, unit, number in ((10, "day", 11), (61, "day", 62), (62, "week", 10), (500, "month", 17)):
        last = NOON.date() + timedelta(days=days)
        found, condensed = condense(spans(days), today=last)
        assert (found, len(condensed), sum(span.counted for span in condensed)) == (unit, number, 2)
    assert condense([], today=date(2026, 3, 4)) == ("day", [])


def test_chart_is_mirrored_for_readers_from_right_to_left() -> None:
    spans = [Span(NOON, counted=4), Span(NOON, counted=1, removed=2)]
    straight, mirrored = (draw_chart(spans, unit="day", is_mirrored=mirror) for mirror in (False, True))
    assert straight is not None
    assert mirrored is not None
    for one, other in zip(straight.slots, mirrored.slots, strict=True):
        assert one.middle + other.middle == pytest.approx(WIDTH, abs=0.2)
        assert (one.counted_bar.height, one.gone_bar.height) == (other.counted_bar.height, other.gone_bar.height)
    assert draw_chart([Span(NOON)], unit="day") is None
    assert [line.number for line in draw_chart([Span(NOON, counted=730_000)], unit="day").lines][-1] == 800_000  # type: ignore[union-attr]  # there is one


def test_reading_days_costs_one_query(django_assert_num_queries: Any) -> None:
    statement = StatementFactory.open()
    for number in range(30):
        hour(statement, NOON + timedelta(hours=number), counted=1)
    with django_assert_num_queries(1):
        assert [span.counted for span in read_days(statement)] == [12, 18]
    with django_assert_num_queries(1):
        assert len(read_hours(statement, today=NOON.date(), for_staff=True)) == 24
