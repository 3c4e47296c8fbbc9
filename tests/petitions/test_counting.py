import random
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from petitions import tasks
from petitions.actions import (
    accept_signature,
    answer_moderator,
    ask_signatory,
    change_display,
    refuse_signature,
    undo_decision,
    withdraw_signature,
)
from petitions.counting import count_signatures, figures_of, place_of, recount_signatures
from petitions.errors import PetitionsError
from petitions.models import ModerationDecision, Signature, Tally, TallyChange
from tests.accounts.factories import UserFactory
from tests.petitions.factories import SignatureFactory, StatementFactory, new_version

pytestmark = pytest.mark.django_db


def by_hand(statement: Any) -> dict[str, Any]:
    rows = list(Signature.objects.filter(statement=statement))
    accepted = [row for row in rows if row.state == "accepted"]
    proofs, versions = {row.proof for row in accepted}, {row.version_number for row in accepted}
    return {
        "counted": len(accepted),
        "pending": sum(row.state in {"pending", "asked"} for row in rows),
        "withdrawn": sum(row.state == "withdrawn" for row in rows),
        "refused": sum(row.state == "refused" for row in rows),
        "hidden": sum(row.display == "hidden" for row in accepted),
        "demonstration": sum(row.is_demonstration for row in accepted),
        "by_proof": {proof: sum(row.proof == proof for row in accepted) for proof in proofs},
        "by_version": {str(n): sum(row.version_number == n for row in accepted) for n in versions},
    }


def shown(statement: Any) -> dict[str, Any]:
    tally = Tally.objects.get(statement=statement)
    return {name: getattr(tally, name) for name in by_hand(statement)}


def act_at_random(dice: random.Random, row: Signature, by: User, decisions: list[ModerationDecision]) -> None:
    """One of the things that can happen to a signature, whether its rules allow it or not."""
    now = timezone.now()
    seen: dict[str, Any] = {"signature": row, "seen_state": row.state, "by": by, "now": now}
    what = dice.randrange(7)
    if what == 0:
        decisions.append(accept_signature(**seen))
    elif what == 1:
        decisions.append(refuse_signature(**seen, reason="abusive", note=""))
    elif what == 2:
        decisions.append(ask_signatory(**seen, note="?"))
    elif what == 3 and decisions:
        undo_decision(decision=dice.choice(decisions), by=by, now=now)
    elif what == 4:
        withdraw_signature(signature=row, now=now)
    elif what == 5:
        change_display(signature=row, display=dice.choice(Signature.Display.values), now=now)
    else:
        answer_moderator(signature=row, text="!", now=now)


@pytest.mark.parametrize("seed", range(4))
def test_tally_equals_the_rows_after_any_sequence_of_actions(seed: int) -> None:
    dice = random.Random(seed)
    statement, moderator = StatementFactory.open(), UserFactory.with_role("moderator")
    decisions: list[ModerationDecision] = []
    for step in range(40):
        if step == 20:
            new_version(statement)
        signatures = list(Signature.objects.filter(statement=statement))
        if dice.random() < 0.35 or not signatures:
            make = dice.choice([SignatureFactory.create, SignatureFactory.accepted])
            make(statement=statement, proof=dice.choice(Signature.Proof.values), is_demonstration=dice.random() < 0.5)
            continue
        with suppress(PetitionsError):
            act_at_random(dice, dice.choice(signatures), moderator, decisions)
        if dice.random() < 0.3:
            count_signatures()
            assert shown(statement) == by_hand(statement)
    count_signatures()
    assert shown(statement) == by_hand(statement)
    assert recount_signatures() == []


def test_count_touches_only_changed_statements() -> None:
    quiet, busy = StatementFactory.open(), StatementFactory.open()
    count_signatures()
    before = Tally.objects.get(statement=quiet).counted_at
    SignatureFactory.accepted(statement=busy)
    assert count_signatures() == 1
    assert Tally.objects.get(statement=quiet).counted_at == before
    assert (count_signatures(), TallyChange.objects.count()) == (0, 0)


def test_recount_repairs_and_reports_a_wrong_count() -> None:
    statement = StatementFactory.open()
    SignatureFactory.accepted(statement=statement)
    count_signatures()
    Tally.objects.filter(statement=statement).update(counted=77_000)
    (difference,) = recount_signatures()
    assert (difference.statement, difference.shown["counted"], difference.true["counted"]) == (statement, 77_000, 1)
    assert Tally.objects.get(statement=statement).counted == 1
    assert recount_signatures() == []


def test_recount_does_not_report_what_merely_waits() -> None:
    statement = StatementFactory.open()
    SignatureFactory.accepted(statement=statement)
    assert recount_signatures() == []
    assert Tally.objects.get(statement=statement).counted == 1


def test_tasks_twice_change_nothing() -> None:
    statement = StatementFactory.open()
    SignatureFactory.accepted(statement=statement)
    for task in (tasks.count_signatures, tasks.recount_signatures, tasks.forget_unconfirmed):
        task()
        first = figures_of(statement.pk)
        task()
        assert figures_of(statement.pk) == first == shown(statement)


def test_reading_the_tally_costs_one_row_whatever_the_number(client: Client) -> None:
    statement = StatementFactory.open()
    for url_name in ("statement_detail", "statement_signatories", "statement_list"):
        counts = []
        for _ in range(2):
            for _ in range(3):
                SignatureFactory.accepted(statement=statement)
            count_signatures()
            args = [] if url_name == "statement_list" else [statement.slug]
            with CaptureQueriesContext(connection) as queries:
                assert client.get(reverse(f"petitions:{url_name}", args=args)).status_code == 200
            assert not any("count(" in query["sql"].lower() for query in queries)
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 14, url_name


def test_list_of_statements_needs_as_many_queries_for_three_as_for_one(client: Client) -> None:
    counts = []
    for number in (1, 2):
        for _ in range(number):
            StatementFactory.open()
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("petitions:statement_list"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_place_is_told_before_and_after_the_sweep() -> None:
    statement = StatementFactory.open()
    rows = [SignatureFactory.accepted(statement=statement) for _ in range(3)]
    assert [place_of(row) for row in rows] == [1, 2, 3]
    count_signatures()
    assert [place_of(row) for row in rows] == [1, 2, 3]
    late = SignatureFactory.accepted(statement=statement)
    assert place_of(late) == 4
    assert place_of(SignatureFactory.create(statement=statement)) is None
