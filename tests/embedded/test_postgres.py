"""PostgreSQL from both sources: what it promises, and that a killed one is found and replaced."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded import postgres
from embedded.account import engine_account
from embedded.console import StopError
from embedded.process import working_in
from tests.embedded.places import ask, needs_root, open_folder, start_postgres

INSTALLED = pytest.mark.skipif(not postgres.installed(engine_account()), reason="no PostgreSQL is installed")
KINDS = [pytest.param("installed", marks=INSTALLED), "wheel"]


@pytest.fixture
def room() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_postgres_knows_persian_and_is_durable(room: Path, kind: str) -> None:
    server, url = start_postgres(room, kind, durable=True)
    try:
        facts = [ask(url, f"SHOW {name}") for name in ("server_encoding", "fsync", "data_checksums")]
        collation = ask(url, "SELECT datcollate FROM pg_database WHERE datname = current_database()")
        trigrams = ask(url, "CREATE EXTENSION pg_trgm", "SELECT show_trgm('محسن')")
    finally:
        server.stop()
    assert facts == ["UTF8", "on", "on"]
    assert collation == "C.UTF-8"
    assert trigrams


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_postgres_killed_keeps_what_was_committed(room: Path, kind: str) -> None:
    killed, url = start_postgres(room, kind, durable=True)
    ask(url, "CREATE TABLE kept AS SELECT 7 AS number")
    killed.process.send_signal(signal.SIGKILL)
    killed.process.wait()
    server, url = start_postgres(room, kind, durable=True)
    try:
        assert ask(url, "SELECT number FROM kept") == 7
    finally:
        server.stop()
    assert working_in(room / "postgres", postgres.PROGRAMS) == []


@pytest.mark.slow
def test_postgres_left_running_is_stopped_and_replaced(room: Path) -> None:
    left, _url = start_postgres(room)
    server, url = start_postgres(room)
    try:
        assert left.process.wait(10) == 0
        assert ask(url, "SELECT 1") == 1
    finally:
        server.stop()


@pytest.mark.slow
def test_postgres_ignores_a_lock_whose_process_is_another_program(room: Path) -> None:
    first, _url = start_postgres(room)
    first.stop()
    lock = room / "postgres" / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{room / 'postgres'}\n1\n5432\n\n127.0.0.1\n")
    server, url = start_postgres(room)
    try:
        assert ask(url, "SELECT 1") == 1
    finally:
        server.stop()


@pytest.mark.slow
def test_postgres_refuses_a_wrong_password(room: Path) -> None:
    server, url = start_postgres(room)
    try:
        with pytest.raises(StopError, match=r"DATABASE_URL does not work: .*password"):
            postgres.check_database_url(url.replace(":secret@", ":guess@"))
        assert postgres.check_database_url(url).startswith(f"PostgreSQL {server.plan.version[0]} at 127.0.0.1:")
    finally:
        server.stop()


def test_postgres_of_another_major_version_is_not_started_on_the_data(room: Path) -> None:
    (room / "postgres").mkdir()
    (room / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(StopError, match=r"needs PostgreSQL 9 \(found: .*install that version, or move"):
        start_postgres(room)


@pytest.mark.slow
def test_postgres_interrupted_while_making_the_cluster_makes_it_again(room: Path) -> None:
    (room / "postgres.new" / "cluster").mkdir(parents=True)
    (room / "postgres.new" / "cluster" / "PG_VERSION").write_text("9\n")
    server, url = start_postgres(room)
    try:
        assert ask(url, "SELECT 1") == 1
    finally:
        server.stop()
    assert not (room / "postgres.new").exists()


@needs_root
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_postgres_runs_under_an_ordinary_account(room: Path) -> None:
    """A forked child gives root away and does the same as everybody else."""
    os.chown(room, 65534, 65534)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            server, url = start_postgres(room)
            code = 0 if ask(url, "SELECT 1") == 1 and engine_account() is None else 1
            server.stop()
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert working_in(room / "postgres", postgres.PROGRAMS) == []


@pytest.mark.parametrize("url", ["mysql://127.0.0.1/x", "postgresql://[bad", "nonsense"])
def test_check_database_url_says_what_a_url_looks_like(url: str) -> None:
    with pytest.raises(StopError, match=r"must look like postgresql://"):
        postgres.check_database_url(url)


def test_check_database_url_names_the_place_and_no_password() -> None:
    with pytest.raises(StopError, match="Connection refused") as caught:
        postgres.check_database_url("postgresql://me:hunter2@127.0.0.1:1/x?conn_max_age=60")
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)
