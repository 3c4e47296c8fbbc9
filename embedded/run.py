"""`make run`: the whole site on this machine, from nothing, until Ctrl-C."""

import http.client
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from embedded.console import StopError, guarded, say
from embedded.engines import Engines, engines
from embedded.machine import MEGABYTES_TO_RUN, ROOT, require_disk
from embedded.messages import compile_messages
from embedded.secrets import keep_secrets
from embedded.site import (
    chosen_environment,
    data_dir_of,
    port_of,
    processes,
    require_free,
    site_environment,
    static_fingerprint,
)
from embedded.steps import run_step, step
from embedded.supervisor import Supervisor
from embedded.turn import turn

SECONDS_TO_ANSWER = 60
SECONDS_AFTER_A_KILL = 15


def main(arguments: list[str]) -> int:
    """Runs until INT, TERM or HUP, then stops everything: exit code 0."""
    chosen = chosen_environment()
    try:
        with ExitStack() as stack:
            try:
                _run(stack, chosen, data_dir_of(chosen), port_of(chosen))
            except KeyboardInterrupt:
                say("\nStopping ...")
                raise
            finally:
                # What is being stopped already is not interrupted by a second Ctrl-C.
                for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                    signal.signal(number, signal.SIG_IGN)
    except KeyboardInterrupt:
        say("Stopped.")
    return 0


def _run(stack: ExitStack, chosen: Mapping[str, str], data_dir: Path, port: int) -> None:
    require_disk(data_dir, MEGABYTES_TO_RUN)
    was_killed = stack.enter_context(turn(data_dir, f"http://127.0.0.1:{port}/"))
    # The children of a killed run need a moment to let go of the port.
    require_free(port, seconds=SECONDS_AFTER_A_KILL if was_killed else 0)
    environment, running = prepare(stack, chosen, data_dir)
    _serve(stack, environment, running, port, data_dir)


def prepare(stack: ExitStack, chosen: Mapping[str, str], data_dir: Path) -> tuple[dict[str, str], Engines]:
    """Engines started, tables, translations, static files and the demonstration in place."""
    secrets = keep_secrets(data_dir / "secrets.env")
    with step("PostgreSQL and Redis"):
        running = stack.enter_context(engines(data_dir, chosen, secrets))
    say(f"  {', '.join(running.titles)}")
    environment = site_environment(chosen, data_dir=data_dir, secrets=secrets, engines=running)
    for folder in ("mailbox", "media", "beat"):
        (data_dir / folder).mkdir(exist_ok=True)
    compile_messages(ROOT / "locale")
    _manage("Database tables", environment, data_dir, "migrate", "--noinput", "--verbosity=1")
    stamp, fingerprint = data_dir / "static.stamp", static_fingerprint()
    if not stamp.exists() or stamp.read_text() != fingerprint:
        _manage("Static files", environment, data_dir, "collectstatic", "--noinput", "--clear", "--verbosity=1")
        stamp.write_text(fingerprint)
    _manage("Demonstration campaign", environment, data_dir, "load_demonstration", "--if-empty")
    return environment, running


def _manage(name: str, environment: Mapping[str, str], data_dir: Path, *arguments: str) -> None:
    log = data_dir / "log" / f"{arguments[0]}.log"
    run_step(name, [sys.executable, "manage.py", *arguments], env=environment, cwd=ROOT, log=log)


def _serve(stack: ExitStack, environment: Mapping[str, str], running: Engines, port: int, data_dir: Path) -> None:
    """Starts the processes, says where the site is once it answers, then shows what they say until interrupted.

    Until it answers, nothing may end; afterwards what ends by itself is started again.
    """
    supervisor = Supervisor(cwd=ROOT, env=environment)
    stack.callback(supervisor.stop)
    for name, command in processes(port, data_dir).items():
        supervisor.start(name, command)
    began = time.monotonic()
    while not answers(port):
        if time.monotonic() - began > SECONDS_TO_ANSWER:
            raise StopError(f"The site does not answer after {SECONDS_TO_ANSWER} s: the lines above say why.")
        supervisor.watch(0.2)
        supervisor.require_all()
    _welcome(environment["SITE_URL"], data_dir)
    while True:
        supervisor.watch(0.5)
        for server in running.servers:
            server.mend()
        # What starts while its engine is away would only end again.
        supervisor.mend(may_start=lambda: all(server.answers for server in running.servers))


def answers(port: int) -> bool:
    """Whether the site is there and well."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/health/")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _welcome(site_url: str, data_dir: Path) -> None:
    say(f"\nCountersign is at  {site_url}/\n  in Persian       {site_url}/fa/\n  its mailbox      {site_url}/mailbox/")
    accounts = data_dir / "demonstration-accounts.txt"
    if accounts.exists():
        say(f"\n{accounts.read_text().rstrip()}")
    say("\nCtrl-C stops everything; `make run` starts it again with the same data.\n")


if __name__ == "__main__":
    sys.exit(guarded(main))
