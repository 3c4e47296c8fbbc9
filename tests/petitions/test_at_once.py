"""The same thing sent many times at once, over HTTP to a real server: SUBMITS=64 ROUNDS=1000 REPLAYS=1000 in full."""

import os
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from embedded.machine import ROOT
from embedded.ports import free_port
from outbox.models import Message
from petitions.counts.counting import count_signatures
from petitions.models import Signature, SigningMailbox, Tally
from tests.chaos.signers import Browser
from tests.petitions.factories import StatementFactory
from tests.petitions.mail import last_code, mails_to
from tests.petitions.signing import fill

SUBMITS = int(os.environ.get("SUBMITS") or 64)
ROUNDS = int(os.environ.get("ROUNDS") or 2)
REPLAYS = int(os.environ.get("REPLAYS") or 192)
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.timeout(900 + 10 * ROUNDS),
]


@pytest.fixture
def browsers(port: int) -> Iterator[list[Browser]]:
    """One for each who sends at once, from a network of its own."""
    made = [Browser(port, network=seat, errors=Counter()) for seat in range(SUBMITS)]
    yield made
    for browser in made:
        browser.close()


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Gunicorn on the test's own database, as in production."""
    number, base = free_port(), str(settings.DATABASES["default"]["NAME"])
    url = re.sub(r"/[^/?]*(\?|$)", lambda found: f"/{base}{found[1]}", os.environ["DATABASE_URL"])
    command = [sys.executable, "-m", "gunicorn", "campaign.wsgi", "--bind", f"127.0.0.1:{number}"]
    command += ["--worker-class", "campaign.serving.Worker", "--workers", "2", "--threads", "4", "--no-control-socket"]
    secrets = {
        "SECRET_KEY": settings.SECRET_KEY, "ADDRESS_KEYS": ",".join(settings.ADDRESS_KEYS),
        "DIGEST_KEY": settings.DIGEST_KEY,
    }  # fmt: skip
    environment = {
        **os.environ, **secrets, "DATABASE_URL": url, "DATABASE_POOL": "1", "BEHIND_PROXY": "1",
        "COUNTERSIGN_ENV": "test", "DJANGO_SETTINGS_MODULE": "campaign.settings", "PYTHONWARNINGS": "ignore",
    }  # fmt: skip
    with (tmp_path / "gunicorn.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            first = Browser(number, network=0, errors=Counter())
            assert first.send("/health/").status == 200
            first.close()
            yield number
        finally:
            server.terminate()
            server.wait()


def at_once(number: int, act: Callable[[int], Any]) -> list[Any]:
    """`act` in `number` threads from one starting line; what each gave."""
    line, results = threading.Barrier(number), [None] * number

    def run(place: int) -> None:
        line.wait()
        results[place] = act(place)

    threads = [threading.Thread(target=run, args=[place]) for place in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_s2_many_identical_submits_at_once_give_one_row_and_one_mail(browsers: list[Browser]) -> None:
    statement = StatementFactory.open()
    for turn in range(ROUNDS):
        for seat, browser in enumerate(browsers):
            # Networks of their own: many rounds from the same ones would be a rush, and wait for a moderator.
            browser.network = turn * SUBMITS + seat
        address = f"ada{turn}@people.example"
        path, fields = f"/statements/{statement.slug}/sign/", fill(statement, email=address)
        answers = at_once(SUBMITS, lambda seat: browsers[seat].send(path, **fields))  # noqa: B023  same turn
        tickets = {re.sub(r"/confirm/[\w-]{43}/$", "/confirm/…/", answer.location) for answer in answers}
        assert {(answer.status, answer.body) for answer in answers} == {(302, "")}
        assert tickets == {"/statements/confirm/…/"}
        assert (SigningMailbox.objects.count(), len(mails_to(address))) == (turn + 1, 1)
        code = last_code(address)
        confirmed = at_once(8, lambda seat: browsers[seat].send(answers[0].location, code=code))  # noqa: B023  same turn
        assert len({(answer.status, answer.location) for answer in confirmed}) == 1
        assert confirmed[0].status == 302
        assert Signature.objects.count() == turn + 1
    count_signatures()
    assert Tally.objects.get(statement=statement).counted == ROUNDS
    assert Message.objects.count() == ROUNDS
    assert not any("500" in browser.errors for browser in browsers)


def test_s4_confirmation_replayed_is_counted_once(browsers: list[Browser]) -> None:
    statement = StatementFactory.open()
    first = browsers[0].send(f"/statements/{statement.slug}/sign/", **fill(statement, email="ada@people.example"))
    code = last_code("ada@people.example")

    def replay(seat: int) -> set[tuple[int, str, str]]:
        answers = [browsers[seat].send(first.location, code=code) for _ in range(max(1, REPLAYS // SUBMITS))]
        return {(answer.status, answer.location, answer.body) for answer in answers}

    answers = set().union(*at_once(SUBMITS, replay))
    signature = Signature.objects.get()
    assert answers == {(302, f"/statements/signatures/{signature.pk}/thanks/", "")}
    count_signatures()
    assert Tally.objects.get(statement=statement).counted == 1
    assert len(mails_to("ada@people.example")) == 1
    assert not any("500" in browser.errors for browser in browsers)
