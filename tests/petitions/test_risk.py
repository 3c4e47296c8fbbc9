"""What stands out of whom: crowds that share a network do not, and one shape of fakes cannot."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from petitions.models import Signature
from petitions.moderation.risk import assess
from petitions.moderation.traits import note_traits
from tests.petitions.crowds import crowd
from tests.petitions.factories import SignatureFactory, StatementFactory

pytestmark = pytest.mark.django_db


def test_t35_crowds_behind_one_exit_get_no_point_and_are_not_refused() -> None:
    """500 behind one Tor exit and 200 behind one university NAT: a rush is said, and counts nothing."""
    statement, dice = StatementFactory.open(), random.Random(35)
    providers = ["gmail.com", "proton.me", "riseup.net", "tutanota.com"]
    tor = [
        row
        for domain in providers
        for row in crowd(statement, 125, domain=domain, state="pending", review_reason="burst", name="Tor Lee")
    ]
    campus = crowd(statement, 200, domain="tudelft.nl", state="pending", review_reason="burst", name="Campus Ray")
    rows = [*tor, *campus]
    dice.shuffle(rows)
    note_traits()
    found = assess(rows)
    assert len(found) == 700
    assert {assessment.points for assessment in found.values()} == {0}
    assert {sign.code for assessment in found.values() for sign in assessment.signs} == {"burst"}
    assert set(Signature.objects.values_list("state", flat=True)) == {"pending"}


SHAPES = {
    "one_network": ("gmail.com", "Ann Lee", ""),
    "one_domain": ("bought.example", "Ann Lee", ""),
    "template": ("gmail.com", "Ann Lee", "Stop the executions, dear sirs, now"),
    "numbered": ("gmail.com", "Maria{n}", ""),
    "links": ("gmail.com", "Ann Lee", "See www.shop.example"),
    "human_pace": ("gmail.com", "Ann Lee", ""),
}


def test_g9_what_the_points_see_of_each_shape() -> None:
    """How many of 20 fakes of each shape stand out (2 points), among 40 genuine ones: the last shape cannot be seen."""
    statement, now = StatementFactory.open(), timezone.now()
    made: dict[str, list[Signature]] = {}
    for shape, (domain, name, comment) in SHAPES.items():
        made[shape] = [
            SignatureFactory.create(
                statement=statement,
                address=f"{shape}{n}@{domain}",
                name=name.format(n=n + 100),
                comment=comment,
                review_reason="link" if shape == "links" else "burst" if shape == "one_network" else "",
            )
            for n in range(20)
        ]
    made["genuine"] = [
        SignatureFactory.create(
            statement=statement,
            address=f"g{n}@{'gmail.com' if n % 2 else f'own{n}.example'}",
            name=f"Person {chr(97 + n % 26)}",
            created_at=now - timedelta(days=n % 5),
        )
        for n in range(40)
    ]
    note_traits()
    found = assess([row for rows in made.values() for row in rows])
    seen = {shape: sum(found[row.pk].points >= 2 for row in rows) for shape, rows in made.items()}
    assert seen == {
        "one_network": 0, "one_domain": 20, "template": 20, "numbered": 20, "links": 20, "human_pace": 0, "genuine": 0,
    }  # fmt: skip
