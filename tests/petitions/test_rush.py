"""Whom a rush from one network holds: nobody for the network, and those alone who share what strangers do not."""

import os
import random
import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from itertools import accumulate
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from redis import Redis

from outbox.models import Message
from petitions.actions import confirm_code, find_ticket
from petitions.models import Signature, Statement
from petitions.moderation.rush import find_rush, is_even, things_in_common
from petitions.signatories import pace
from tests.petitions.factories import StatementFactory
from tests.petitions.floods import Sent, a_person, floods, judged, new_rule, old_rule, people
from tests.petitions.mail import body_of, last_code
from tests.petitions.signing import sign

TOR_USERS = int(os.environ.get("TOR_USERS", "1000"))
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def tor_users(number: int, seconds: float = 600) -> list[Sent]:
    dice = random.Random(10)
    times = sorted(dice.uniform(0, seconds) for _ in range(number))
    # A mailbox each, as people have, told apart by letters: numbered ones are what waits.
    return [
        Sent(
            second, "192.0.2.9", f"{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}.{row.email}", row.name
        )
        for n, second in enumerate(times)
        for row in [a_person(dice, second=second, network="")]
    ]


def held(rows: list[Sent], form: str) -> list[str]:
    """The reasons of those of `rows` who wait."""
    found = [
        find_rush(
            form=form,
            ip_address=row.network,
            email=row.email,
            name=row.name,
            comment=row.comment,
            now=NOON + timedelta(seconds=row.second),
        )
        for row in rows
    ]
    return [reason for reason in found if reason]


def newest_code(address: str) -> str:
    """The code in the newest mail of all, which is to `address`."""
    mail = Message.objects.order_by("-created_at", "-pk")[0]
    assert mail.to_address.partition("@")[0] == address.partition("@")[0]
    found = re.search(r"\b(\d{6})\b", body_of(message_from_bytes(bytes(mail.raw or b""), policy=default)))
    assert found
    return found[1]


@pytest.mark.django_db
@pytest.mark.timeout(500)
def test_g10_a_thousand_tor_users_on_one_address_are_all_counted_at_once(client: Client) -> None:
    """Through the form itself and the code of each mailbox, within ten minutes; `TOR_USERS` for other numbers."""
    statement = StatementFactory.open()
    with time_machine.travel(NOON, tick=False) as clock:
        start = timezone.now()
        for row in tor_users(TOR_USERS):
            clock.move_to(start + timedelta(seconds=row.second))
            answer: Any = sign(Client(REMOTE_ADDR=row.network), statement, email=row.email, name=row.name)
            ticket = find_ticket(secret=answer["Location"].split("/")[-2])
            assert ticket is not None
            confirm_code(ticket=ticket, code=newest_code(row.email), now=timezone.now())
    states = Signature.objects.filter(statement=statement).values_list("state", "review_reason")
    assert (len(states), set(states)) == (TOR_USERS, {("accepted", "")})


SHARED = {
    "rush_domain": {"email": "{n}x@bought.example"},
    "rush_comment": {"comment": "Stop the executions,  dear SIRS"},
    "rush_name": {"name": "Ann Lee"},
    "rush_mailbox": {"email": "vote{n}@gmail.com"},
}


@pytest.mark.parametrize("reason", SHARED)
def test_g9_those_who_share_something_wait_and_their_neighbours_do_not(reason: str) -> None:
    neighbours = tor_users(200)
    dice = random.Random(4)
    fakes = []
    for n, row in enumerate(tor_users(100)):
        name = f"{row.name} {chr(97 + n % 26)}{chr(97 + n // 26)}"
        fields = {key: value.replace("{n}", str(n)) for key, value in SHARED[reason].items()}
        email = fields.get("email", f"{dice.random()}.{row.email}")
        fakes.append(Sent(row.second, row.network, email, fields.get("name", name), fields.get("comment", "")))
    mixed = sorted([*neighbours, *fakes], key=lambda row: row.second)
    assert held(neighbours, f"a{reason}") == []
    waiting = held(mixed, f"b{reason}")
    assert set(waiting) == {reason}
    assert len(waiting) >= 85
    # Elsewhere, each from a network of its own, nothing of it holds anybody.
    spread = [Sent(row.second, f"10.0.{n}.1", row.email, row.name, row.comment) for n, row in enumerate(fakes)]
    assert held(spread, f"c{reason}") == []


def test_g9_a_clock_is_told_from_people() -> None:
    clock = [Sent(row.second, "192.0.2.9", row.email, row.name) for row in tor_users(100)]
    ticking = [Sent(2.0 * n, row.network, row.email, row.name) for n, row in enumerate(clock)]
    assert set(held(ticking, "ticking")) == {"rush_even"}
    # A tablet on a stand passed from hand to hand: about every twelve seconds, some slower.
    dice = random.Random(3)
    hands = list(accumulate(dice.lognormvariate(2.4, 0.4) for _ in range(100)))
    table = [Sent(at, row.network, row.email, row.name) for at, row in zip(hands, clock, strict=True)]
    assert held(table, "table") == []
    # Thousands at once, whom our own queue lets in one by one.
    assert not is_even([n * 0.05 for n in range(31)])


def test_thirty_in_ten_minutes_wait_for_nothing_whatever_they_share() -> None:
    rows = [
        Sent(float(n), "192.0.2.9", f"vote{n}@bought.example", "Ann Lee", "Stop it now, dear sirs") for n in range(31)
    ]
    assert held(rows[:30], "few") == []
    assert held(rows, "more") == ["rush_domain"]
    slow = [Sent(n * 21.0, row.network, row.email, row.name, row.comment) for n, row in enumerate(rows * 3)]
    assert held(slow, "slow") == []


def test_what_strangers_share_by_chance_is_not_compared() -> None:
    def compared(**fields: str) -> set[str]:
        return set(things_in_common(**{"email": "ada@gmail.com", "name": "Ada", "comment": "Free them!", **fields}))

    assert compared() == set()
    assert compared(email="ada@tudelft.nl") == set()
    assert compared(email="12345@qq.com") == set()
    assert compared(email="Ada.7+petition@googlemail.com") == {"rush_mailbox"}
    assert compared(email="ada@ngo.example", name="Ada Laureate") == {"rush_domain", "rush_name"}


def test_without_redis_nobody_waits_and_signing_goes_on(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [Sent(float(n), "192.0.2.9", f"vote{n}@gmail.com", "Ann Lee") for n in range(60)]
    assert held(rows, "with") != []
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(pace, "_quiet_until", 0.0)
    assert held(rows, "without") == []


def test_t3_what_is_remembered_names_nothing_and_goes_within_ten_minutes(settings: Any) -> None:
    redis = Redis.from_url(settings.REDIS_URL)
    before = set(redis.keys("pace:*"))
    held([Sent(0.0, "192.0.2.77", "zzyzx9@ngo.example", "Zzyzx Invented", "A comment of twenty letters")], "t3")
    added = set(redis.keys("pace:*")) - before
    assert len(added) == 5
    for key in added:
        text = repr((key, redis.zrange(key, 0, -1)))
        assert not any(secret in text for secret in ("zzyzx", "192.0.2", "ngo", "comment"))
        assert 0 < redis.ttl(key) <= 600


@pytest.mark.django_db
def test_who_waits_reads_why_and_so_does_the_moderator(client: Client) -> None:
    statement: Statement = StatementFactory.open()
    for n in range(31):
        answer: Any = sign(Client(REMOTE_ADDR=f"192.0.2.{n}"), statement, email=f"p{n}@bought.example")
    page = client.post(answer["Location"], {"code": last_code("p30@bought.example")}, follow=True).content.decode()
    signature = Signature.objects.get()
    assert (signature.state, signature.review_reason) == ("pending", "rush_domain")
    assert "many signatures came in a rush from one network and one mail domain" in page


def test_g9_the_shapes_by_the_old_rule_and_the_new() -> None:
    """A small flood of each shape; docs/moderation.md has the large one. What gets through is asserted too."""
    dice = random.Random(9)
    crowd, shapes = people(dice, 1000), floods(dice, 1500)
    assert judged(crowd, rule=old_rule()).people_waiting > 0.02
    assert judged(crowd, rule=new_rule).people_waiting <= 0.005
    seen = {"one network, numbered mailboxes", "one network, by the clock"}
    for shape in seen:
        measured = judged(crowd + shapes[shape], rule=new_rule)
        assert measured.fakes_waiting > 0.9, shape
        assert measured.people_waiting <= 0.005, shape
    assert judged(shapes["one network, careful"], rule=new_rule).fakes_waiting < 0.05
    assert judged(shapes["bought mailboxes, a human's pace"], rule=new_rule).fakes_waiting == 0
