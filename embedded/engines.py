"""Both engines together: those that the environment names, else our own, kept in a folder or thrown away."""

import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from embedded import postgres, redis
from embedded.account import Account, engine_account, engine_room, system_room
from embedded.console import StopError
from embedded.ports import Ports
from embedded.server import Server

KINDS = {"", "installed", "wheel"}


@dataclass(frozen=True)
class Engines:
    """Where both answer. `titles` says in words what runs, `servers` are the ones we started."""

    database_url: str
    redis_url: str
    titles: tuple[str, str]
    servers: tuple[Server, ...]

    @property
    def urls(self) -> dict[str, str]:
        return {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}


@dataclass(frozen=True)
class Place:
    """Where our own engines lie, under which account, and whether their data must survive."""

    data_dir: Path
    room: Path
    account: Account | None
    durable: bool


@contextmanager
def engines(
    data_dir: Path, environment: Mapping[str, str], passwords: Mapping[str, str], *, durable: bool = True
) -> Iterator[Engines]:
    """Both engines, answering, for as long as the block runs; DATABASE_URL and REDIS_URL in `environment` start none.

    The data lies below `data_dir`, or where `engine_room` says. `passwords` holds POSTGRES_PASSWORD, REDIS_PASSWORD.
    """
    account = engine_account()
    place = Place(data_dir, engine_room(data_dir, account), account, durable)
    (data_dir / "log").mkdir(exist_ok=True)
    with ExitStack() as stack:
        database_url, database_title = environment.get("DATABASE_URL", ""), ""
        redis_url, redis_title = environment.get("REDIS_URL", ""), ""
        servers: list[Server] = []
        if database_url:
            database_title = postgres.check_database_url(database_url)
        else:
            server, database_url = _own_postgres(place, environment, passwords["POSTGRES_PASSWORD"])
            stack.callback(server.stop)
            servers.append(server)
            database_title = server.plan.title
        if redis_url:
            redis_title = redis.check_redis_url(redis_url)
        else:
            server, redis_url = _own_redis(place, environment, passwords["REDIS_PASSWORD"])
            stack.callback(server.stop)
            servers.append(server)
            redis_title = server.plan.title
        yield Engines(database_url, redis_url, (database_title, redis_title), tuple(servers))


def _own_postgres(place: Place, environment: Mapping[str, str], password: str) -> tuple[Server, str]:
    return postgres.start(
        room=place.room,
        log=place.data_dir / "log" / "postgres.log",
        account=place.account,
        password=password,
        ports=Ports(place.data_dir / "ports.json"),
        kind=_kind(environment, "EMBEDDED_POSTGRES"),
        durable=place.durable,
    )


def _own_redis(place: Place, environment: Mapping[str, str], password: str) -> tuple[Server, str]:
    return redis.start(
        room=place.room,
        log=place.data_dir / "log" / "redis.log",
        account=place.account,
        password=password,
        ports=Ports(place.data_dir / "ports.json"),
        kind=_kind(environment, "EMBEDDED_REDIS"),
        durable=place.durable,
    )


def _kind(environment: Mapping[str, str], name: str) -> str:
    kind = environment.get(name, "")
    if kind not in KINDS:
        raise StopError(f"{name} must be installed or wheel, or be left out.")
    return kind


@contextmanager
def throw_away_engines(environment: Mapping[str, str]) -> Iterator[Engines]:
    """Engines for one run of the tests, in a folder that is gone afterwards."""
    data_dir = Path(tempfile.mkdtemp(prefix="countersign-"))
    data_dir.chmod(0o711)
    passwords = {name: secrets.token_urlsafe(24) for name in ("POSTGRES_PASSWORD", "REDIS_PASSWORD")}
    try:
        with engines(data_dir, environment, passwords, durable=False) as running:
            yield running
    finally:
        shutil.rmtree(system_room(data_dir), ignore_errors=True)
        shutil.rmtree(data_dir, ignore_errors=True)
