"""Redis from both sources."""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from embedded import redis
from embedded.console import StopError
from embedded.process import working_in
from tests.embedded.places import open_folder, start_redis

FOUND = any(shutil.which(name) for name in ("redis-server", "valkey-server"))
INSTALLED = pytest.mark.skipif(not FOUND, reason="no Redis is installed")
KINDS = [pytest.param("installed", marks=INSTALLED), "wheel"]


@pytest.fixture
def room() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_redis_killed_starts_again_with_what_it_wrote(room: Path, kind: str) -> None:
    killed, url = start_redis(room, kind)
    with Redis.from_url(url) as client:
        client.set("kept", "yes")
        client.waitaof(1, 0, 5000) if killed.plan.version >= (7, 2) else client.bgrewriteaof()
    killed.process.send_signal(signal.SIGKILL)
    killed.process.wait()
    server, url = start_redis(room, kind)
    try:
        with Redis.from_url(url, decode_responses=True) as client:
            assert client.get("kept") == "yes"
    finally:
        server.stop()
    assert working_in(room / "redis", redis.PROGRAMS) == []


@pytest.mark.slow
def test_redis_left_running_is_stopped_and_replaced(room: Path) -> None:
    left, _url = start_redis(room)
    server, url = start_redis(room)
    try:
        assert left.process.wait(10) == 0
        assert redis.check_redis_url(url).startswith("Redis ")
    finally:
        server.stop()


@pytest.mark.slow
def test_redis_refuses_a_wrong_password(room: Path) -> None:
    server, url = start_redis(room)
    try:
        with pytest.raises(StopError, match="REDIS_URL does not work"):
            redis.check_redis_url(url.replace("secret", "guess"))
        assert redis.check_redis_url(url).startswith("Redis ")
    finally:
        server.stop()


@pytest.mark.parametrize("url", ["nonsense", "http://127.0.0.1/0"])
def test_check_redis_url_says_what_a_url_looks_like(url: str) -> None:
    with pytest.raises(StopError, match=r"must look like redis://"):
        redis.check_redis_url(url)
