"""The lines of the log as they are downloaded: all, in parts, once, and not by one network without end."""

import sys
from datetime import UTC, datetime
from itertools import chain

import pytest
from django.test import Client
from limits import RateLimitItemPerMinute

from petitions.models import Checkpoint
from petitions.signatories import pace
from tests.petitions.factories import StatementFactory
from tests.petitions.receipts import close_day, sign_often

pytestmark = pytest.mark.django_db


def leaves(checkpoint: Checkpoint, query: str = "") -> str:
    return f"/statements/log/{checkpoint.day.isoformat()}/leaves.txt{query}"


def lines(url: str) -> list[bytes]:
    response = Client().get(url)
    assert response.status_code == 200
    return b"".join(response).splitlines(keepends=True)


@pytest.fixture
def checkpoint() -> Checkpoint:
    sign_often(StatementFactory.open(), 7)
    return close_day()


def test_t38_parts_of_the_log_join_to_all_of_it(checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = lines(leaves(checkpoint))
    assert len(everything) == 7
    parts = [lines(leaves(checkpoint, query)) for query in ("?to=3", "?from=3&to=4", "?from=4")]
    assert [len(part) for part in parts] == [3, 1, 3]
    assert list(chain.from_iterable(parts)) == everything
    monkeypatch.setattr(sys.modules["petitions.views.log"], "PART_OF_LOG", 2)
    assert lines(leaves(checkpoint, "?from=1")) == everything[1:3]
    assert Client().get(leaves(checkpoint, "?from=1&to=4")).status_code == 400


@pytest.mark.parametrize(
    "query", ["?from=-1", "?from=x", "?from=7", "?from=3&to=3", "?to=8", "?to=0", "?from=", "?to=%00", "?from=1e3",
              "?from=%D9%A1", "?to=" + "9" * 40, "?from=4&to=2"],
)  # fmt: skip
def test_p8_part_that_is_none_is_refused_in_words(checkpoint: Checkpoint, query: str) -> None:
    response = Client().get(leaves(checkpoint, query))
    assert response.status_code == 400
    assert "“from” and “to” are numbers of lines" in response.content.decode()
    assert response["Cache-Control"] == "no-store"


def test_t38_lines_that_cannot_change_are_asked_for_once(checkpoint: Checkpoint) -> None:
    etags = set()
    for query in ("", "?to=3", "?from=3"):
        first = Client().get(leaves(checkpoint, query))
        assert "immutable" in first["Cache-Control"]
        again = Client().get(leaves(checkpoint, query), headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        etags.add(first["ETag"])
    assert len(etags) == 3
    older = Client().get(leaves(checkpoint))["ETag"]
    sign_often(StatementFactory.open(), 1)
    assert Client().get(leaves(close_day(2)))["ETag"] != older


def test_t38_one_network_gets_its_share_and_another_is_not_told(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "TO_ONE_NETWORK", RateLimitItemPerMinute(3, 10))
    url, here = leaves(checkpoint), {"REMOTE_ADDR": "192.0.2.7"}
    assert [Client().get(url, **here).status_code for _each in range(4)] == [200, 200, 200, 429]  # type: ignore[arg-type]  # the stubs know no environment
    refused = Client().get(url, **here)  # type: ignore[arg-type]  # as above
    assert (refused["Retry-After"], refused["Cache-Control"]) == ("600", "no-store")
    etag = Client().get(url, REMOTE_ADDR="198.51.100.7")["ETag"]
    assert Client().get(url, headers={"If-None-Match": etag}, **here).status_code == 304  # type: ignore[arg-type]  # as above
    assert Client().head(url, **here).status_code == 200  # type: ignore[arg-type]  # as above


def test_t38_a_share_is_counted_in_parts_and_a_long_log_never_costs_more_than_a_hundred() -> None:
    now = datetime.now(UTC)
    asked = [pace.may_read_log(lines=10**9, ip_address="192.0.2.7", now=now) for _each in range(11)]
    assert asked == [True] * 10 + [False]
    asked = [pace.may_read_log(lines=1, ip_address="198.51.100.7", now=now) for _each in range(1001)]
    assert (asked[:1000], asked[1000]) == ([True] * 1000, False)
