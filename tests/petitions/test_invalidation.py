"""Bulk invalidation: two people, a preview that holds, batches, a stop, a kill, and the exact way back."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from outbox.models import Message
from petitions import tasks
from petitions.actions import (
    answer_moderator,
    carry_out_invalidations,
    erase_signature,
    propose_invalidation,
    release_invalidation,
    reverse_invalidation,
    spare_signatures,
    stop_invalidation,
    undo_decision,
    withdraw_signature,
)
from petitions.counts.counting import figures_of
from petitions.errors import SecondPersonError, StateChangedError
from petitions.models import Invalidation, ModerationDecision, Signature, Sparing, Statement
from petitions.moderation.rules import name_regex, reached_by
from petitions.moderation.traits import note_traits
from tests.accounts.factories import UserFactory
from tests.petitions.crowds import crowd
from tests.petitions.factories import SignatureFactory, StatementFactory

pytestmark = pytest.mark.django_db


def a_moderator() -> User:
    return UserFactory.with_role("moderator")


def a_rule(statement: Statement, **conditions: Any) -> Invalidation:
    now = timezone.now()
    conditions = conditions or {"domain": "bought.example"}
    return Invalidation(
        **{
            "statement": statement,
            "confirmed_from": now - timedelta(days=30),
            "confirmed_to": now,
            "reason": "Bought",
            **conditions,
        }
    )


def proposed(statement: Statement, **conditions: Any) -> Invalidation:
    return propose_invalidation(rule=a_rule(statement, **conditions), by=a_moderator(), now=timezone.now())


def released(statement: Statement, **conditions: Any) -> Invalidation:
    rule = proposed(statement, **conditions)
    return release_invalidation(rule=rule, by=a_moderator(), now=timezone.now())


def run(most_batches: int = 100) -> int:
    return carry_out_invalidations(clock=timezone.now, most_batches=most_batches)


def everything(statement: Statement) -> dict[int, tuple[Any, ...]]:
    """All that a rule could change, of each signature."""
    columns = ("state", "accepted_at", "removed_at", "withdrawn_at")
    return {row[0]: row[1:] for row in Signature.objects.filter(statement=statement).values_list("pk", *columns)}


def test_rule_reaches_what_fits_all_conditions_and_never_an_expert() -> None:
    statement = StatementFactory.open()
    fakes = crowd(statement, 5, domain="bought.example", name="Maria{n}")
    crowd(statement, 3, domain="real.example", name="Maria")
    crowd(StatementFactory.open(), 3, domain="bought.example")
    crowd(statement, 3, domain="bought.example", proof="staff_check", name="Maria9")
    note_traits(statement_id=statement.pk)
    numbers = [row.pk for row in fakes]

    def reached(**conditions: Any) -> list[int]:
        return sorted(reached_by(a_rule(statement, **conditions)).values_list("pk", flat=True))

    assert reached(domain="bought.example") == numbers
    assert reached(name_pattern="maria#") == numbers
    assert reached(name_pattern="Maria?", domain="bought.example") == numbers
    assert reached(name_pattern="Maria3") == [numbers[3]]
    assert reached(domain="bought.example", country="NL") == []
    assert reached(domain="bought.example", confirmed_to=fakes[2].confirmed_at) == numbers[:2]


@pytest.mark.parametrize(
    ("pattern", "regex"), [("Maria #", r"^Maria\ [0-9]+$"), ("A.(b)+", r"^A\.\(b\)\+$"), ("*x**?", "^.*x.*.$")]
)
def test_pattern_of_names_is_no_regular_expression(pattern: str, regex: str) -> None:
    assert name_regex(pattern) == regex


def test_pattern_is_bounded() -> None:
    with pytest.raises(ValueError, match="wildcards"):
        name_regex("*a*b*c*d*e")
    statement = StatementFactory.open()
    SignatureFactory.accepted(statement=statement, name="a" * 120)
    assert reached_by(a_rule(statement, name_pattern="*a*a*a*b")).count() == 0


def test_second_person_releases() -> None:
    statement, writer = StatementFactory.open(), a_moderator()
    rule = propose_invalidation(rule=a_rule(statement), by=writer, now=timezone.now())
    with pytest.raises(SecondPersonError):
        release_invalidation(rule=rule, by=writer, now=timezone.now())
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        Invalidation.objects.update(state="running", released_by=writer, released_at=timezone.now())
    assert run() == 0
    release_invalidation(rule=rule, by=a_moderator(), now=timezone.now())
    with pytest.raises(StateChangedError):
        release_invalidation(rule=rule, by=a_moderator(), now=timezone.now())
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        Invalidation.objects.update(domain="real.example")


def test_rule_runs_tells_nobody_and_is_taken_back_exactly() -> None:
    statement = StatementFactory.open()
    fakes = crowd(statement, 1203, domain="bought.example")
    waiting = crowd(statement, 4, domain="also.example", state="pending", comment="The very same words everywhere")
    crowd(statement, 6, domain="real.example")
    before, figures = everything(statement), figures_of(statement.pk)
    rule = released(statement)
    assert rule.previewed == 1203
    tasks.carry_out_invalidations()
    rule.refresh_from_db()
    assert (rule.state, rule.changed) == ("done", 1203)
    tally = figures_of(statement.pk)
    assert (tally["counted"], tally["pending"], tally["refused"]) == (6, 4, 0)
    assert Signature.objects.filter(pk=fakes[0].pk, state="removed", removed_at__isnull=False).exists()
    tasks.carry_out_invalidations()
    assert ModerationDecision.objects.filter(batch=rule.batch).count() == 1203

    second = released(statement, comment="the very  same words everywhere")
    run()
    assert set(Signature.objects.filter(pk__in=[w.pk for w in waiting]).values_list("state", flat=True)) == {"refused"}
    for done in (rule, second):
        reverse_invalidation(rule=done, by=done.proposed_by, now=timezone.now())
        run()
        done.refresh_from_db()
        assert (done.state, done.restored, done.left_alone) == ("reversed", done.changed, 0)
    assert everything(statement) == before
    assert figures_of(statement.pk) == figures
    assert Message.objects.count() == 0


def test_reversal_leaves_what_moved_since() -> None:
    statement, moderator = StatementFactory.open(), a_moderator()
    kept, withdrawn, answered, undone = crowd(statement, 4, domain="bought.example")
    rule = released(statement)
    run()
    withdraw_signature(signature=withdrawn, now=timezone.now())
    answer_moderator(signature=answered, text="It was me", now=timezone.now())
    undo_decision(decision=undone.decisions.get(), by=moderator, now=timezone.now())
    before = everything(statement)
    reverse_invalidation(rule=rule, by=moderator, now=timezone.now())
    run()
    rule.refresh_from_db()
    after = everything(statement)
    assert (rule.restored, rule.left_alone) == (1, 3)
    assert after.pop(kept.pk) == ("accepted", kept.accepted_at, None, None)
    before.pop(kept.pk)
    assert after == before
    assert {row[0] for row in after.values()} == {"withdrawn", "pending", "accepted"}


def die_in_a_batch() -> None:
    with transaction.atomic():
        run(most_batches=1)
        raise KeyboardInterrupt


def test_stop_between_batches_and_resume_after_a_kill() -> None:
    statement = StatementFactory.open()
    crowd(statement, 1100, domain="bought.example")
    before = everything(statement)
    rule = released(statement)
    assert run(most_batches=1) == 1
    rule.refresh_from_db()
    assert (rule.state, rule.changed) == ("running", 500)
    # A worker that dies in a batch leaves nothing of it: the next one begins the batch anew.
    with pytest.raises(KeyboardInterrupt):
        die_in_a_batch()
    rule.refresh_from_db()
    assert rule.changed == 500
    run(most_batches=1)
    stop_invalidation(rule=rule, by=a_moderator(), now=timezone.now())
    assert run() == 0
    assert figures_of(statement.pk)["counted"] == 100
    reverse_invalidation(rule=rule, by=a_moderator(), now=timezone.now())
    run()
    assert everything(statement) == before


def test_reversal_goes_round_what_a_rule_of_the_database_holds_back() -> None:
    statement = StatementFactory.open()
    rows = crowd(statement, 5, domain="bought.example")
    rule = released(statement)
    run()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.state = 'accepted' AND"
            f" NEW.id = {rows[2].pk} THEN RAISE EXCEPTION 'watch list' USING ERRCODE ="
            " 'integrity_constraint_violation'; END IF; RETURN NEW; END $$;"
            "CREATE TRIGGER hold BEFORE UPDATE ON petitions_signature FOR EACH ROW EXECUTE FUNCTION hold();"
        )
    reverse_invalidation(rule=rule, by=a_moderator(), now=timezone.now())
    run()
    rule.refresh_from_db()
    assert (rule.state, rule.restored, rule.left_alone) == ("reversed", 4, 1)


def typed(statement: Statement, **fields: Any) -> dict[str, Any]:
    now = timezone.now()
    form = "%Y-%m-%dT%H:%M"
    return {
        "statement": statement.pk,
        "confirmed_from": (now - timedelta(days=3)).strftime(form),
        "confirmed_to": now.strftime(form),
        "domain": "bought.example",
        "reason": "One seller of mailboxes",
        **fields,
    }


def test_rule_is_previewed_written_released_and_taken_back_on_pages(client: Client) -> None:
    statement, writer, colleague = StatementFactory.open(), a_moderator(), a_moderator()
    rows = crowd(statement, 30, domain="bought.example")
    client.force_login(writer)
    url = reverse("petitions:invalidation_new")
    page = client.post(url, typed(statement, preview="1")).content.decode()
    assert "30 signatures." in page
    assert Invalidation.objects.count() == 0
    client.post(url, typed(statement, propose="1"))
    rule = Invalidation.objects.get()
    pages = {name: reverse(f"petitions:invalidation_{name}", args=[rule.pk]) for name in ("release", "stop", "reverse")}
    assert "a colleague releases it" in client.post(pages["release"], follow=True).content.decode()
    other = Client()
    other.force_login(colleague)
    assert "Released." in other.post(pages["release"], follow=True).content.decode()
    run()
    detail = client.get(reverse("petitions:invalidation_detail", args=[rule.pk])).content.decode()
    assert "30 changed; 30 were foreseen." in detail
    assert "A colleague was faster" in client.post(pages["stop"], follow=True).content.decode()

    # Whoever signed reads it on the own page, and answers there.
    session = client.session
    session["signatures"] = {str(rows[0].pk): (timezone.now() + timedelta(hours=1)).isoformat()}
    session.save()
    receipt = client.get(reverse("petitions:signature_receipt", args=[rows[0].pk])).content.decode()
    assert "If you signed yourself, say so here" in receipt
    client.post(reverse("petitions:signature_answer", args=[rows[0].pk]), {"answer": "I did sign"})
    assert Signature.objects.get(pk=rows[0].pk).state == "pending"
    assert "being taken back" in client.post(pages["reverse"], follow=True).content.decode()
    run()
    rule.refresh_from_db()
    assert (rule.restored, rule.left_alone) == (29, 1)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"domain": ""}, "A country or a time by itself is no reason"),
        ({"domain": "", "country": "IR"}, "A country or a time by itself is no reason"),
        ({"domain": "gmail.com"}, "Everybody can have an address there"),
        ({"domain": "", "name_pattern": "**"}, "This pattern is every name"),
        ({"domain": "", "name_pattern": "*a*b*c*d*e"}, "At most four"),
        ({"confirmed_to": "2999-01-01T00:00"}, "must lie in the past"),
        ({"reason": ""}, "required"),
    ],
)
def test_rule_that_is_too_wide_is_refused_and_nothing_typed_is_lost(
    client: Client, fields: dict[str, str], said: str
) -> None:
    statement = StatementFactory.open()
    client.force_login(a_moderator())
    url = reverse("petitions:invalidation_new")
    answer = client.post(url, typed(statement, comment="", **fields))
    html = answer.content.decode()
    assert (answer.status_code, said in html) == (422, True)
    assert all(value in html for value in fields.values() if value)


def spare(rule: Invalidation, *rows: Signature, reason: str = "She wrote to us") -> int:
    return spare_signatures(rule=rule, signatures=rows, reason=reason, by=a_moderator(), now=timezone.now())


def test_spared_ones_stay_when_the_rule_runs_and_when_it_is_taken_back() -> None:
    statement = StatementFactory.open()
    rows = crowd(statement, 1003, domain="bought.example")
    waiting = crowd(statement, 2, domain="bought.example", state="pending", proof="email_code", name="Waits {n}")[1:]
    elsewhere = crowd(statement, 1, domain="real.example")
    before, figures = everything(statement), figures_of(statement.pk)
    rule = proposed(statement)
    spared = [rows[0], rows[700], *waiting]
    assert spare(rule, *spared, *elsewhere) == 3
    assert spare(rule, rows[0]) == 0
    rule.refresh_from_db()
    assert (rule.previewed, reached_by(rule).count()) == (1002, 1002)
    release_invalidation(rule=rule, by=a_moderator(), now=timezone.now())
    run()
    rule.refresh_from_db()
    assert (rule.state, rule.changed) == ("done", rule.previewed)
    after = everything(statement)
    assert {row.pk: after[row.pk] for row in spared} == {row.pk: before[row.pk] for row in spared}
    assert not ModerationDecision.objects.filter(signature__in=spared).exists()
    # Something happens to one of them meanwhile: taking the rule back leaves that as it is.
    withdraw_signature(signature=rows[700], now=timezone.now())
    reverse_invalidation(rule=rule, by=a_moderator(), now=timezone.now())
    run()
    rule.refresh_from_db()
    assert (rule.restored, rule.left_alone) == (1002, 0)
    after = everything(statement)
    assert after.pop(rows[700].pk)[0] == "withdrawn"
    before.pop(rows[700].pk)
    assert after == before
    assert figures_of(statement.pk)["counted"] == figures["counted"] - 1


def test_nobody_is_spared_after_the_release_and_the_reason_stands() -> None:
    statement = StatementFactory.open()
    one, other = crowd(statement, 2, domain="bought.example")
    rule = proposed(statement)
    spare(rule, one)
    release_invalidation(rule=rule, by=a_moderator(), now=timezone.now())
    with pytest.raises(StateChangedError):
        spare(rule, other)
    written = Sparing.objects.get()
    with pytest.raises(IntegrityError, match="before the rule is released"), transaction.atomic():
        Sparing.objects.create(rule=rule, signature=other, reason="Late", by=written.by, at=timezone.now())
    with pytest.raises(IntegrityError, match="kept as they were written"), transaction.atomic():
        Sparing.objects.update(reason="Another")
    with pytest.raises(IntegrityError, match="kept as they were written"), transaction.atomic():
        Sparing.objects.all().delete()
    erase_signature(signature=one, now=timezone.now())
    assert Sparing.objects.get().reason == ""


def test_single_signatures_are_spared_on_pages_and_the_second_person_reads_why(client: Client) -> None:
    statement = StatementFactory.open()
    rows = crowd(statement, 103, domain="bought.example", name="Person {n}")
    rule = proposed(statement)
    client.force_login(rule.proposed_by)
    url = reverse("petitions:invalidation_reached", args=[rule.pk])
    page = client.get(url).content.decode()
    assert (page.count('name="signatures"'), f"?after={rows[99].pk}" in page) == (100, True)
    assert client.get(url, {"after": rows[99].pk}).content.decode().count('name="signatures"') == 3
    assert client.get(url, {"name": "person 10"}).content.decode().count('name="signatures"') == 4
    assert client.get(url, {"after": "x\0", "name": "\0"}).status_code == 200

    wrong = client.post(url, {"signatures": [rows[4].pk], "reason": ""})
    assert (wrong.status_code, wrong.content.decode().count(" checked")) == (422, 1)
    none = client.post(url, {"reason": "A friend's"})
    assert (none.status_code, "A friend&#x27;s" in none.content.decode()) == (422, True)
    assert client.post(url, {"signatures": [rows[4].pk + 10**6], "reason": "x"}).status_code == 422
    spared = client.post(url, {"signatures": [rows[4].pk, rows[5].pk], "reason": "Wrote to us"}, follow=True)
    assert "2 signatures are left alone." in spared.content.decode()
    client.force_login(a_moderator())
    detail = client.get(reverse("petitions:invalidation_detail", args=[rule.pk])).content.decode()
    assert "101 signatures." in detail
    assert (detail.count("Wrote to us"), "Person 4<" in detail) == (2, True)
    client.post(reverse("petitions:invalidation_release", args=[rule.pk]))
    assert client.get(url).status_code == 302
    run()
    assert list(Signature.objects.counted().order_by("pk")) == rows[4:6]
