"""A rush: many people sign at once while PostgreSQL is killed, and the count is exact afterwards (S7)."""

import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from django.db import DatabaseError, connection, connections
from django.utils import timezone

from embedded.ports import free_port
from petitions.actions import recount_signatures
from petitions.counts.counting import count_signatures
from petitions.models import HourlyCount, Signature, Statement, Tally
from tests.chaos.cluster import Cluster
from tests.chaos.facts import patiently
from tests.chaos.processes import send, wait_until
from tests.chaos.signers import Browser, Mailman, address_of, sign
from tests.petitions.factories import StatementFactory

CLIENTS = 64
SECONDS_BETWEEN_LINES = 10.0


@dataclass
class Rush:
    """`run` has `number` people sign from 64 clients, and among them kills PostgreSQL and reloads the site so often.

    A reload is what a deployment does: gunicorn's workers end when they have answered, and new ones begin.
    """

    cluster: Cluster
    number: int
    kills: int = 0
    reloads: int = 0
    # How long somebody waits for a code, in seconds.
    patience: float = 240.0
    statement: Statement = field(init=False)
    acknowledged: dict[int, int] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    pressed: int = 0
    done_kills: int = 0
    done_reloads: int = 0
    outages: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def run(self, tell: Callable[[str], None]) -> None:
        connections.close_all()
        self.statement = StatementFactory.open()
        port = free_port()
        self._start_web(port)
        self._numbers = iter(range(self.number))
        self._lock, mailman = threading.Lock(), Mailman(self.patience)
        # Daemons, so that a run that is told to stop does.
        people = [
            threading.Thread(target=self._sign_on, args=[port, seat, mailman], daemon=True) for seat in range(CLIENTS)
        ]
        others = [threading.Thread(target=act, daemon=True) for act in (mailman.work, self._sweep_on)]
        began = time.monotonic()
        for thread in [*people, *others]:
            thread.start()
        self._watch(people, tell, began)
        self.seconds = time.monotonic() - began
        mailman.stop()
        for thread in others:
            thread.join()
        self.cluster.end("web")
        # Ours ended with the last kill.
        connections.close_all()
        count_signatures()

    def _start_web(self, port: int) -> None:
        """As in production: gunicorn, threads, a pool of connections; a proxy in front tells who comes."""
        gunicorn = [sys.executable, "-m", "gunicorn", "campaign.wsgi", "--bind", f"127.0.0.1:{port}"]
        shape = ["--worker-class", "campaign.serving.Worker", "--workers", "2", "--threads", "4", "--no-control-socket"]
        self._web = self.cluster.start_program("web", [*gunicorn, *shape], DATABASE_POOL="1", BEHIND_PROXY="1")
        browser = Browser(port, network=0, errors=Counter())
        assert browser.send("/health/").status == 200
        browser.close()

    def _sign_on(self, port: int, seat: int, mailman: Mailman) -> None:
        browser = Browser(
            port,
            network=seat,
            errors=self.errors,
            keeps_connection=not self.reloads,
            on_press=self._count_press,
        )
        path = f"/statements/{self.statement.slug}/"
        while (number := self._next()) is not None:
            browser.network = number
            try:
                self.acknowledged[number] = sign(browser, mailman, path=path, number=number)
            except (AssertionError, TimeoutError) as error:
                self.failures.append(f"{number}: {type(error).__name__} {error}"[:300])
        browser.close()

    def _next(self) -> int | None:
        with self._lock:
            return next(self._numbers, None)

    def _count_press(self) -> None:
        with self._lock:
            self.pressed += 1

    def _sweep_on(self) -> None:
        """The sweep of the count, every half second, whatever happens to the database under it."""
        while not self._is_over:
            with suppress(DatabaseError):
                count_signatures()
            connection.close()
            time.sleep(0.5)

    _is_over = False

    def _watch(self, people: list[threading.Thread], tell: Callable[[str], None], began: float) -> None:
        told = began
        while any(person.is_alive() for person in people):
            done = len(self.acknowledged)
            if self.done_kills < self.kills and done >= self.number * (self.done_kills + 1) / (self.kills + 1):
                self.outages.append(self.cluster.crash_database())
                self.done_kills += 1
            if self.done_reloads < self.reloads and done >= self.number * (self.done_reloads + 1) / (self.reloads + 1):
                send(self._web.pid, signal.SIGHUP)
                self.done_reloads += 1
            if time.monotonic() - told > SECONDS_BETWEEN_LINES:
                told = time.monotonic()
                tell(f"{told - began:5.0f} s  {done} of {self.number}; {self.done_kills} kills; {dict(self.errors)}")
            time.sleep(0.05)
        self._is_over = True

    def complaints(self) -> list[str]:
        """What is not as it must be; empty when every acknowledged signature is there and the count is exact."""
        rows = patiently(lambda: list(Signature.objects.filter(statement=self.statement)))
        addresses = Counter(str(row.email) for row in rows)
        keys = {str(row.email): row.pk for row in rows}
        tally = Tally.objects.get(statement=self.statement)
        hours = HourlyCount.objects.filter(statement=self.statement).net()
        accepted = sum(row.state == "accepted" for row in rows)
        wrong = []
        # By address too: after a loss the sequence gives the same key to somebody else.
        if lost := [number for number, key in self.acknowledged.items() if keys.get(address_of(number)) != key]:
            wrong.append(f"{len(lost)} acknowledged signatures are not there")
        if len(self.acknowledged) != self.number:
            wrong.append(f"{self.number - len(self.acknowledged)} could not sign: {self.failures[:3]}")
        if doubled := [address for address, number in addresses.items() if number > 1]:
            wrong.append(f"{len(doubled)} addresses signed twice")
        if set(addresses) - {address_of(number) for number in range(self.number)}:
            wrong.append("somebody signed whom nobody sent")
        if not accepted == len(rows) == tally.counted == hours == self.number:
            wrong.append(f"{accepted} accepted, {len(rows)} rows, tally {tally.counted}, hours {hours}")
        if self.errors["form lost"]:
            wrong.append(f"{self.errors['form lost']} forms came back without what was typed")
        if recount_signatures(now=timezone.now()).differences.exists():
            wrong.append("the recount found a difference")
        if wait_until(lambda: count_signatures() == 0, seconds=5) is False:
            wrong.append("the sweep does not come to an end")
        return wrong
