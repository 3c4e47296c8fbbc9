"""Folders and engines for these tests, gone when the test ends."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from embedded import postgres, redis
from embedded.account import engine_account
from embedded.ports import Ports
from embedded.server import Server

needs_root = pytest.mark.skipif(engine_account() is None, reason="only root starts engines as another user")


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that every account may enter; pytest's own ones are for their owner alone."""
    folder = Path(tempfile.mkdtemp(prefix="countersign-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def start_postgres(room: Path, kind: str = "", *, durable: bool = False) -> tuple[Server, str]:
    return postgres.start(log=room / "postgres.log", kind=kind, durable=durable, **common(room))


def start_redis(room: Path, kind: str = "") -> tuple[Server, str]:
    return redis.start(log=room / "redis.log", kind=kind, **common(room))


def common(room: Path) -> dict[str, Any]:
    ports = Ports(room / "ports.json")
    return {"room": room, "account": engine_account(), "password": "secret", "ports": ports}


def ask(url: str, *statements: str) -> object:
    """The first value that the last of `statements` returns."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            cursor = connection.execute(statement.encode())
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None
