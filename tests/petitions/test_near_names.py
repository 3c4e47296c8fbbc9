"""Similar names on one day as one card: a slip apart, across scripts, at the cost of one day's waiting names."""

import random
import string
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from petitions.models import Signature, Statement
from petitions.moderation.clusters import Kind, find_cluster, find_clusters
from petitions.moderation.near_names import near_groups, near_keys, scripts_in_words
from tests.accounts.factories import UserFactory
from tests.petitions.crowds import crowd
from tests.petitions.factories import SignatureFactory, StatementFactory
from text.likeness import distance
from text.names import search_key

SLIPS = ["Shirin Ebadmani", "شیرین عبادمانی", "Shirin Ebatmani", "شيرين عبادمانىر"]


def waiting(statement: Statement, names: list[str], **fields: Any) -> list[Signature]:
    return [
        SignatureFactory.create(
            statement=statement,
            name=name,
            search_key=search_key(name),
            **fields,
        )
        for name in names
    ]


def near_cards() -> list[Any]:
    return [row for row in find_clusters() if row.kind == Kind.NEAR]


def test_groups_are_all_pairs_one_edit_apart_and_no_others() -> None:
    """Against the plain comparison of every two keys, on keys that are full of near ones."""
    dice = random.Random(2)
    keys = {"".join(dice.choices("bdkmnrst", k=dice.randint(4, 9))) for _ in range(250)}
    keys |= {key[:3] + dice.choice(string.ascii_lowercase) + key[4:] for key in keys}
    groups = near_groups(dict.fromkeys(keys, 1))
    centres = {centre for centre, _near in groups}
    long = [key for key in keys if len(key) >= 6]
    for centre, near in groups:
        assert near == sorted(key for key in long if distance(key, centre) <= 1) == near_keys(centre, keys)
        assert centres & set(near) == {centre}
    grouped = {key for _centre, near in groups for key in near}
    assert grouped == {key for key in long if any(other != key and distance(key, other) <= 1 for other in long)}


def test_scripts_are_said() -> None:
    assert scripts_in_words("Shirin شیرین") == ["Arabic script", "Latin script"]
    assert scripts_in_words("ಅನ") == ["Kannada"]


@pytest.mark.django_db
def test_similar_names_of_a_day_are_one_card_decided_together(client: Client) -> None:
    statement, moment = StatementFactory.open(), timezone.now().replace(hour=12) - timedelta(days=1)
    rows = waiting(statement, SLIPS, created_at=moment)
    waiting(statement, ["Somebody Different"], created_at=moment)
    SignatureFactory.create(
        statement=statement, name=SLIPS[0], search_key=search_key(SLIPS[0]), created_at=moment - timedelta(days=2)
    )
    (card,) = near_cards()
    assert (card.number, list(card.members)) == (4, rows)
    client.force_login(UserFactory.with_role("moderator"))
    url = reverse("petitions:cluster_detail", args=[statement.pk, "near"]) + "?" + card.query
    page = client.get(url).content.decode()
    assert all(name in page for name in SLIPS)
    assert "Arabic script" in page
    assert "Latin script" in page
    client.post(url, {"up_to": rows[-1].pk, "verdict": "refuse", "reason": "duplicate"})
    assert set(Signature.objects.filter(pk__in=[row.pk for row in rows]).values_list("state", flat=True)) == {"refused"}
    assert Signature.objects.filter(state="pending").count() == 2


@pytest.mark.django_db
def test_one_name_or_two_short_ones_are_no_similar_names() -> None:
    statement = StatementFactory.open()
    waiting(statement, ["Shirin Ebadmani"] * 4)
    waiting(statement, ["Ali Reza", "Ali Rezam", "Ala Rozan", "Olya Ruza"])
    assert near_cards() == []


@pytest.mark.django_db
def test_t39_similar_names_are_read_by_index_below_many_counted_ones() -> None:
    statement = StatementFactory.open()
    crowd(statement, 20000, domain="people.example", name="Counted {n}")
    (row,) = waiting(statement, ["Shirin Ebadmani"])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE petitions_signature")
    cluster = find_cluster(statement=statement, kind="near", value=row.search_key, on=row.created_at.date())
    assert cluster.number == 1
    for rows in (
        cluster.members,
        Signature.objects.filter(state="pending").exclude(search_key="").order_by("-confirmed_at")[:5000],
    ):
        plan = rows.explain()
        assert "petitions_signature_queue" in plan, plan
        assert "Seq Scan" not in plan, plan
