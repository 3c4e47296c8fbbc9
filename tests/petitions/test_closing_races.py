"""Where a closing meets a signature, a sweep meets who opens again, and a handover meets who signs anew."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from petitions.actions import (
    close_past_statements,
    close_statement,
    confirm_code,
    confirm_handover,
    record_handover,
    reopen_statement,
    sign_new_version,
)
from petitions.errors import StatementClosedError
from petitions.models import Signature, Statement
from tests.accounts.factories import UserFactory
from tests.petitions.desk import amended, editor, opened
from tests.petitions.dossiers import approved, told
from tests.petitions.factories import SignatureFactory, StatementFactory
from tests.petitions.mail import last_code
from tests.petitions.signing import ADDRESS, request
from tests.petitions.test_concurrency import at_once
from tests.petitions.test_last_day import let_it_end

pytestmark = pytest.mark.django_db(transaction=True)


class Meanwhile:
    """`act` in a thread and a connection of its own; `result` is what came of it."""

    def __init__(self, act: Callable[[], Any]) -> None:
        self.result: Any = None
        self._thread = threading.Thread(target=self._run, args=[act])
        self._thread.start()

    def _run(self, act: Callable[[], Any]) -> None:
        try:
            self.result = act()
        except Exception as error:
            self.result = error
        finally:
            connection.close()

    def waits(self) -> bool:
        self._thread.join(1)
        return self._thread.is_alive()

    def end(self) -> Any:
        self._thread.join(30)
        assert not self._thread.is_alive()
        return self.result


def confirmed(statement: Statement) -> Callable[[], Any]:
    ticket = request(statement)
    code = last_code(ADDRESS)
    return lambda: confirm_code(ticket=ticket, code=code, now=timezone.now())


def test_s5_a_code_confirmed_while_the_statement_is_closed_waits_and_is_not_counted() -> None:
    statement, person = StatementFactory.open(), editor()
    confirm = confirmed(statement)
    with transaction.atomic():
        close_statement(statement=statement, note="Over.", by=person, now=timezone.now())
        signer = Meanwhile(confirm)
        assert signer.waits()
    assert isinstance(signer.end(), StatementClosedError)
    assert not Signature.objects.exists()


def test_s5_a_code_confirmed_before_the_closing_is_counted_and_the_closing_waits_for_it() -> None:
    statement, person = StatementFactory.open(), editor()
    confirm = confirmed(statement)
    with transaction.atomic():
        confirm()
        closer = Meanwhile(lambda: close_statement(statement=statement, note="x", by=person, now=timezone.now()))
        assert closer.waits()
    assert closer.end().state == "closed"
    assert Signature.objects.get().state == "accepted"


def test_s5_a_code_confirmed_in_the_last_second_is_counted_and_the_sweep_comes_after_it() -> None:
    statement = StatementFactory.open()
    confirm = confirmed(statement)
    with transaction.atomic():
        confirm()
        Meanwhile(lambda: let_it_end(statement)).end()
        assert Meanwhile(lambda: close_past_statements(now=timezone.now())).end() == 0
    assert close_past_statements(now=timezone.now()) == 1
    assert Signature.objects.get().state == "accepted"
    assert statement.events.get(kind="closed").by is None


def test_s4_a_sweep_leaves_alone_what_is_being_opened_again() -> None:
    statement, person = StatementFactory.open(), editor()
    let_it_end(statement)
    later = timezone.now().date() + timedelta(days=5)
    with transaction.atomic():
        reopen_statement(statement=statement, note="More time.", deadline_on=later, by=person, now=timezone.now())
        assert Meanwhile(lambda: close_past_statements(now=timezone.now())).end() == 0
    assert close_past_statements(now=timezone.now()) == 0
    statement.refresh_from_db()
    assert (statement.state, statement.deadline_on) == ("open", later)


def test_s4_sweeps_and_two_who_open_again_leave_one_order_of_events() -> None:
    person = editor()
    for _round in range(5):
        statement = StatementFactory.open()
        let_it_end(statement)

        def act(position: int, statement: Statement = statement) -> Any:
            if position < 2:
                return close_past_statements(now=timezone.now())
            return reopen_statement(statement=statement, note="More time.", by=person, now=timezone.now())

        at_once(4, act)
        statement.refresh_from_db()
        assert (statement.state, statement.deadline_on) == ("open", None)
        assert list(statement.events.order_by("pk").values_list("kind", flat=True))[-2:] == ["closed", "reopened"]
        assert statement.events.filter(kind__in=["closed", "reopened"]).count() == 2


def test_s4_handover_and_signing_the_new_version_never_wait_for_each_other_for_ever() -> None:
    writer, second = editor(), editor()
    for turn in range(3):
        statement = opened(writer, second, slug=f"turn-{turn}")
        signatures = [SignatureFactory.accepted(statement=statement) for _ in range(3)]
        handover = record_handover(
            handover=approved(statement), told=told(), by=UserFactory.create(), now=timezone.now()
        )
        new, confirmer = amended(statement, writer, second).texts.get(), UserFactory.create()

        def act(position: int, signatures: Any = signatures, new: Any = new, handover: Any = handover,
                confirmer: Any = confirmer) -> Any:  # fmt: skip
            if position:
                return sign_new_version(signature=signatures[position - 1], text=new, now=timezone.now())
            seen = handover.said_fingerprint()
            return confirm_handover(handover=handover, seen=seen, ends_signing=True, by=confirmer, now=timezone.now())

        results = at_once(4, act)
        assert results[0].confirmed_at is not None
        assert all(isinstance(result, Signature | StatementClosedError) for result in results[1:]), results
        assert Statement.objects.get(pk=statement.pk).state == "handed_over"
