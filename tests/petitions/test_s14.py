"""S14: fakes are taken out while people sign; the count is exact, and nobody waits for it."""

import os
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from petitions.actions import reverse_invalidation, withdraw_signature
from petitions.counts.counting import count_signatures
from petitions.models import Invalidation, Signature, Statement, Tally
from tests.petitions.crowds import crowd
from tests.petitions.factories import SignatureFactory, StatementFactory
from tests.petitions.test_invalidation import everything, released, run

# The full size is S14_FAKES=50000.
FAKES = int(os.environ.get("S14_FAKES", "1500"))
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(900 + FAKES // 10)]
CLIENTS = 64
# The connection of a client that would wait longer for a lock gives up, and that is an error of the test.
LONGEST_WAIT = "1s"
# Seconds a client rests: the threads share one interpreter with the worker, which 64 busy ones would starve.
PAUSE = 0.5


class Clients:
    """64 people at once: seven of eight sign, one withdraws a signature that the rule is about to reach."""

    def __init__(self, statement: Statement, fakes: list[Signature]) -> None:
        self.statement, self.fakes = statement, fakes
        self.signed, self.withdrawn, self.errors = list[int](), list[int](), list[Exception]()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._loop, args=[n]) for n in range(CLIENTS)]

    def __enter__(self) -> "Clients":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _loop(self, position: int) -> None:
        act: Callable[[int], None] = self._sign if position % 8 else self._withdraw
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = '{LONGEST_WAIT}'")
            turn = 0
            while not turn or not self._over.wait(PAUSE):
                act(position // 8 + CLIENTS // 8 * turn)
                turn += 1
        except Exception as error:
            self.errors.append(error)
        finally:
            connection.close()

    def _sign(self, _turn: int) -> None:
        self.signed.append(SignatureFactory.accepted(statement=self.statement).pk)

    def _withdraw(self, turn: int) -> None:
        if turn < len(self.fakes) // 2:
            self.withdrawn.append(withdraw_signature(signature=self.fakes[-1 - turn], now=timezone.now()).pk)


def without(rows: dict[int, Any], gone: list[int]) -> dict[int, Any]:
    return {number: row for number, row in rows.items() if number not in set(gone)}


def test_s14_invalidation_while_64_clients_sign_keeps_the_count_exact() -> None:
    statement = StatementFactory.open()
    fakes = crowd(statement, FAKES, domain="bought.example")
    before = everything(statement)
    rule = released(statement)
    with Clients(statement, fakes) as clients:
        while run(most_batches=1):
            count_signatures()
    count_signatures()
    rule.refresh_from_db()
    assert clients.errors == []
    assert (rule.state, len(clients.signed) >= CLIENTS * 7 // 8) == (Invalidation.State.DONE, True)
    assert Signature.objects.counted().count() == len(clients.signed) == Tally.objects.get().counted

    reverse_invalidation(rule=rule, by=rule.proposed_by, now=timezone.now())
    run(most_batches=1000)
    gone = [*clients.withdrawn, *clients.signed]
    assert without(everything(statement), gone) == without(before, gone)
    count_signatures()
    assert Tally.objects.get().counted == len(clients.signed) + FAKES - len(clients.withdrawn)
