"""S1: connections at once, honest and slow, against the public pool; meanwhile staff work in theirs. CONNECTIONS=2000.

And a control: gunicorn's own threads under the same storm.
"""

import http.client
import os
import statistics
import sys
import threading
import time

from django.conf import settings
from django.test import Client
from django.urls import reverse

from embedded.ports import free_port
from tests.accounts.factories import UserFactory
from tests.chaos.storm import Storm, open_files_for
from tests.chaos.trial import SkippedError, Trial, control, scenario
from tests.petitions.factories import StatementFactory

CONNECTIONS = int(os.environ.get("CONNECTIONS") or 300)
# Longer than a slow connection is let, so that it is seen to be closed.
SECONDS = 30.0
STAFF_P95 = 0.5
OURS = ("--worker-class", "campaign.serving.Worker", "--worker-connections", "5000")
GUNICORNS = ("--worker-class", "gthread", "--worker-connections", "5000")


@scenario("S1", f"{CONNECTIONS} connections at once, half of them slow")
def stand_the_storm(trial: Trial) -> None:
    storm, staff = _blow(trial, OURS, connections=CONNECTIONS)
    outcomes = storm.outcomes()
    quiet, loud = staff.quiet_p95, staff.loud_p95
    trial.show(
        outcomes=dict(outcomes),
        slow=dict(storm.slow),
        most_open=storm.most_open,
        seconds_to_503=_spread([one.seconds for one in storm.told if one.outcome == "503"]),
        seconds_to_page=_spread([one.seconds for one in storm.told if one.outcome == "200"]),
        staff_p95=round(loud, 3),
        staff_p95_before=round(quiet, 3),
        staff_errors=staff.errors,
    )
    # Those that are answered come again a second later: a few are always between two connections.
    trial.must(storm.most_open >= CONNECTIONS * 0.9, f"{CONNECTIONS} are open at once, not {storm.most_open}")
    trial.must(set(outcomes) <= {"200", "503"}, f"a page or 503, and nothing else: {dict(outcomes)}")
    trial.must(outcomes["200"], "somebody gets the page all the while")
    trial.must(all(one.has_retry_after for one in storm.told if one.outcome == "503"), "503 says when to come back")
    trial.must(storm.slow["closed"] >= CONNECTIONS // 4, f"heads and bodies without end are closed: {storm.slow}")
    trial.must(not staff.errors, f"no page of staff fails: {staff.errors}")
    # A machine that is slow without any storm cannot show it.
    trial.must(loud < STAFF_P95 or quiet > STAFF_P95 / 2, f"staff wait {loud:.2f} s at p95, {quiet:.2f} s before")


@control("C8", "control: the same with gunicorn's own threads")
def let_the_slow_hold_threads(trial: Trial) -> None:
    """A tenth as many connections keep its threads for seconds each, and whoever wants a page waits behind them."""
    storm, _staff = _blow(trial, GUNICORNS, connections=200)
    waits = [one.seconds for one in storm.told]
    trial.show(outcomes=dict(storm.outcomes()), seconds_to_page=_spread(waits))
    trial.must(statistics.median(waits) > 5, f"half of the pages must take more than 5 s: {_spread(waits)}")


class Staff(threading.Thread):
    """Somebody at the moderators' desk, who opens it again and again."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self._port, self._is_over = port, threading.Event()
        client = Client()
        client.force_login(UserFactory.with_role("moderator"))
        self._headers = {
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        }
        self._page = reverse("petitions:moderation_queue")
        self.waits: list[float] = []
        self.errors: list[str] = []
        self.quiet_p95 = self.loud_p95 = 0.0

    def measure(self, number: int) -> float:
        """The p95 of so many openings of the desk, in seconds."""
        self.waits = []
        for _ in range(number):
            self._open()
        return _p95(self.waits)

    def run(self) -> None:
        self.waits = []
        while not self._is_over.wait(0.1):
            self._open()
        self.loud_p95 = _p95(self.waits)

    def stop(self) -> None:
        self._is_over.set()
        self.join()

    def _open(self) -> None:
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            connection.request("GET", self._page, headers=self._headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                self.errors.append(str(answer.status))
        except OSError as error:
            self.errors.append(type(error).__name__)
        finally:
            connection.close()
        self.waits.append(time.monotonic() - began)


def _blow(trial: Trial, shape: tuple[str, ...], *, connections: int) -> tuple[Storm, Staff]:
    """A storm over the public pool of that shape, while one of staff works in the other."""
    if reason := open_files_for(connections):
        raise SkippedError(reason)
    trial.cluster.end("worker", "beat")
    statement = StatementFactory.open()
    public, own = free_port(), free_port()
    _start(trial, "web", public, shape, workers=2)
    _start(trial, "desk", own, OURS, workers=1)
    storm = Storm(public, f"/statements/{statement.slug}/", connections, SECONDS)
    staff = Staff(own)
    try:
        staff.quiet_p95 = staff.measure(20)
        staff.start()
        storm.blow()
        staff.stop()
    finally:
        trial.cluster.end("web", "desk")
    return storm, staff


def _start(trial: Trial, name: str, port: int, shape: tuple[str, ...], *, workers: int) -> None:
    command = [sys.executable, "-m", "gunicorn", "campaign.wsgi", "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    command += [*shape, "--workers", str(workers), "--threads", "4"]
    trial.cluster.start_program(name, command, DATABASE_POOL="1", BEHIND_PROXY="1")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", "/health/")
            assert connection.getresponse().status == 200
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(name)


def _p95(waits: list[float]) -> float:
    return sorted(waits)[int(len(waits) * 0.95)] if waits else 0.0


def _spread(waits: list[float]) -> dict[str, float]:
    if not waits:
        return {}
    return {"p50": round(statistics.median(waits), 2), "p95": round(_p95(waits), 2), "max": round(max(waits), 2)}
