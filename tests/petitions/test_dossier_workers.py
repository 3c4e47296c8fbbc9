"""Dossiers with several at work: a worker that froze, a sweep, a comparison, and a name taken back meanwhile."""

import hashlib
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from petitions import actions
from petitions.errors import DossierBusyError, DossierStateError
from petitions.handover import lists, ordering, steps
from petitions.handover.store import LONGEST_TRIAL, folder_of, workshop_of
from petitions.models import Handover, Signature
from tests.accounts.factories import UserFactory
from tests.petitions.dossiers import asked_for, built
from tests.petitions.factories import SignatureFactory, StatementFactory

pytestmark = pytest.mark.django_db


def asked() -> tuple[Handover, Signature]:
    """A dossier of two names that nobody builds yet, and one of the two signatures."""
    statement = StatementFactory.open()
    SignatureFactory.accepted(statement=statement, name="Stays Invented")
    return asked_for(statement), SignatureFactory.accepted(statement=statement, name="Gone Invented")


def claimed(*, after: timedelta = timedelta(0)) -> Handover:
    worker = actions.claim_dossier(now=timezone.now() + after)
    assert worker is not None
    return worker


def retry(handover: Handover) -> Handover:
    return actions.retry_dossier(handover=handover, by=UserFactory.with_role("moderator"), now=timezone.now())


def taken_back(signature: Signature) -> None:
    actions.withdraw_signature(signature=signature, now=timezone.now())


def in_another_connection(act: Callable[[], Any]) -> Any:
    """What `act` gives, or the error it ended with; no lock is waited for longer than a second."""
    given: list[Any] = []

    def run() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '1s'")
            given.append(act())
        except Exception as error:
            given.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return given[0]


def is_whole(handover: Handover) -> bool:
    """Whether exactly the files that are written down lie there, with the hashes written down."""
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder_of(handover).iterdir()}
    return found == dict(handover.files.values_list("name", "sha256"))


def test_dossier_that_is_being_built_is_not_begun_anew_by_hand() -> None:
    handover, gone = asked()
    worker = claimed()
    while not worker.figures:
        steps.take_step(worker, now=timezone.now())
    taken_back(gone)
    with pytest.raises(DossierStateError):
        retry(handover)
    actions.build_dossier(handover=worker)
    handover.refresh_from_db()
    assert (handover.state, handover.is_fresh, handover.figures["counted"], handover.restarts) == ("built", True, 1, 1)
    assert b"Gone Invented" not in (folder_of(handover) / "signatories.json").read_bytes()
    with pytest.raises(DossierStateError):
        retry(handover)


@pytest.mark.parametrize("done", [0, 1, 2, 4, 5])
def test_worker_that_froze_for_longer_than_its_lease_writes_nothing_down(done: int) -> None:
    handover, _gone = asked()
    frozen = claimed()
    for _step in range(done):
        assert steps.take_step(frozen, now=timezone.now())
    other = claimed(after=Handover.LEASE + timedelta(seconds=1))
    before = Handover.objects.filter(pk=handover.pk).values().get()
    actions.build_dossier(handover=frozen)
    assert Handover.objects.filter(pk=handover.pk).values().get() == before
    assert (handover.lines.count(), handover.files.count()) == (2 if done else 0, done if done > 1 else 0)
    actions.build_dossier(handover=other)
    handover.refresh_from_db()
    assert (handover.state, handover.figures["counted"]) == ("built", 2)
    assert is_whole(handover)


def test_failure_of_a_worker_that_froze_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    handover, _gone = asked()
    frozen = claimed()
    steps.take_step(frozen, now=timezone.now())
    other = claimed(after=Handover.LEASE + timedelta(seconds=1))
    monkeypatch.setattr(lists, "write_lists", lambda *_args, **_kwargs: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        actions.build_dossier(handover=frozen)
    handover.refresh_from_db()
    assert (handover.failures, handover.claimed_at) == (0, other.claimed_at)
    with pytest.raises(ZeroDivisionError):
        actions.build_dossier(handover=other)
    handover.refresh_from_db()
    assert (handover.failures, handover.claimed_at) == (1, None)


def test_what_a_dead_worker_left_is_in_no_file_and_gone_in_the_end() -> None:
    handover, gone = asked()
    dead = claimed()
    steps.take_step(dead, now=timezone.now())
    lists.write_lists(dead, workshop_of(dead), beat=lambda: None)
    (folder_of(handover) / "signatories-002.pdf").write_bytes(b"Gone Invented")
    taken_back(gone)
    actions.build_dossier(handover=claimed(after=Handover.LEASE + timedelta(seconds=1)))
    handover.refresh_from_db()
    assert handover.state == "built"
    assert is_whole(handover)


def test_dossier_begun_anew_is_fenced_off_from_all_that_built_it_before() -> None:
    handover, gone = asked()
    actions.build_dossier(handover=claimed())
    handover.refresh_from_db()
    first = handover.generation
    taken_back(gone)
    retry(handover)
    handover.refresh_from_db()
    assert (handover.state, handover.restarts, handover.generation > first > 0) == ("building", 0, True)


@pytest.mark.django_db(transaction=True)
def test_sweep_spares_a_dossier_that_is_begun_anew_at_this_moment() -> None:
    handover, gone = asked()
    actions.build_dossier(handover=claimed())
    taken_back(gone)
    swept: list[int] = []

    def sweep() -> None:
        try:
            swept.append(actions.destroy_stale_files(now=timezone.now()))
        finally:
            connection.close()

    thread = threading.Thread(target=sweep)
    with transaction.atomic():
        retry(handover)
        new = folder_of(handover) / "signatories.json"
        new.write_text("what the new worker writes")
        thread.start()
        wait_until(lambda: somebody_waits() or not thread.is_alive())
    thread.join()
    assert (swept, new.read_text()) == ([0], "what the new worker writes")
    handover.refresh_from_db()
    assert (handover.state, handover.files_destroyed_at) == ("building", None)


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_database_knows_how_many_names_it_will_be_asked_for() -> None:
    """Without, it read all lines again for each batch: 800 of a million names a second."""
    handover, _gone = asked()
    worker = claimed()
    while not worker.is_sorted:
        steps.take_step(worker, now=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'petitions_handoverline'")
        assert cursor.fetchone() == (handover.lines.count(),) == (2,)


@pytest.mark.django_db(transaction=True)
def test_name_is_taken_back_at_once_while_the_order_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    _handover, gone = asked()
    found: list[Any] = []
    real = ordering.forget_order

    def forget(worker: Handover) -> None:
        real(worker)
        if not found:
            found.append(in_another_connection(lambda: taken_back(gone)))

    monkeypatch.setattr(ordering, "forget_order", forget)
    built_ = actions.build_dossier(handover=claimed())
    assert found == [None]
    assert (built_.state, built_.restarts, built_.figures["counted"], built_.lines.count()) == ("built", 1, 1, 0)


@pytest.mark.django_db(transaction=True)
def test_name_is_taken_back_at_once_while_a_dossier_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    statement = StatementFactory.open()
    SignatureFactory.accepted(statement=statement, name="Stays Invented")
    gone = SignatureFactory.accepted(statement=statement, name="Gone Invented")
    handover, real = built(statement), steps.make
    moderator = UserFactory.with_role("moderator")
    found: list[Any] = []

    def make(trial: Handover, folder: Path, name: str, **rest: Any) -> list[str]:
        if not found:
            assert folder.is_relative_to(Path(settings.DATA_DIR) / "dossiers")
            assert folder.stat().st_mode & 0o77 == 0
            found.append(in_another_connection(lambda: taken_back(gone)))
            for act in (actions.check_dossier, actions.retry_dossier):
                found.append(
                    in_another_connection(lambda: act(handover=handover, by=moderator, now=timezone.now()))  # noqa: B023  at once
                )
        return real(trial, folder, name, **rest)

    monkeypatch.setattr(steps, "make", make)
    check = actions.check_dossier(handover=handover, by=moderator, now=timezone.now())
    assert [type(each) for each in found] == [type(None), DossierBusyError, DossierBusyError]
    assert check.is_same
    gone.refresh_from_db()
    handover.refresh_from_db()
    assert (gone.state, handover.is_fresh, handover.lines.count()) == ("withdrawn", False, 0)
    assert not list((Path(settings.DATA_DIR) / "dossiers").glob("trial-*"))
    retry(handover)
    with pytest.raises(DossierStateError):
        actions.check_dossier(handover=handover, by=moderator, now=timezone.now())


def test_sweep_takes_away_what_a_killed_comparison_left() -> None:
    place = Path(settings.DATA_DIR) / "dossiers"
    old, new = place / "trial-old", place / "trial-new"
    for folder in (old, new):
        folder.mkdir(parents=True)
        (folder / "signatories.json").write_text("Gone Invented")
    long_ago = (timezone.now() - LONGEST_TRIAL - timedelta(minutes=1)).timestamp()
    os.utime(old, (long_ago, long_ago))
    actions.destroy_stale_files(now=timezone.now())
    assert (old.exists(), new.exists()) == (False, True)
    with suppress(FileNotFoundError):
        (new / "signatories.json").unlink()
        new.rmdir()
