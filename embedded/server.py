"""One running engine: started on a free port, waited for, stopped."""

import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from embedded import process
from embedded.account import Account
from embedded.console import StopError
from embedded.explain import explain
from embedded.ports import Ports
from embedded.programs import ENVIRONMENT
from embedded.restarts import Restarts

# Recovery after a crash replays the log before the first answer.
SECONDS_TO_ANSWER = 120
SECONDS_TO_STOP = 60
PORT_TAKEN = ("Address already in use", "could not bind")


@dataclass(frozen=True)
class Plan:
    """What is common to every start of one engine. `answers(port)` is true once the engine does its work there.

    `clear()` ends what an earlier life of it left at work; StopError when that cannot be ended.
    """

    name: str
    version: tuple[int, ...]
    folder: Path
    log: Path
    account: Account | None
    stop_signal: signal.Signals
    command: Callable[[int], Sequence[str]]
    answers: Callable[[int], bool]
    clear: Callable[[], None]
    stdin: Callable[[int], str] = lambda port: ""

    @property
    def title(self) -> str:
        return f"{self.name} {'.'.join(map(str, self.version))}"


@dataclass
class Server:
    """An engine of ours on its port. Its process is another one after each start."""

    plan: Plan
    process: subprocess.Popen[bytes]
    port: int
    restarts: Restarts = field(default_factory=Restarts)

    def mend(self) -> None:
        """Starts the engine again, on its port, when it has ended by itself; it may need a while until it answers.

        StopError when that has happened too often.
        """
        if self.is_running:
            return
        self.restarts.note_end(f"{self.plan.title} has ended by itself", advice=f"see {self.plan.log}.")
        if self.restarts.is_due:
            self.plan.clear()
            self.process = _launch(self.plan, self.port, again=True)
            self.restarts.note_start()

    def stop(self) -> None:
        process.stop(self.process, self.plan.stop_signal, seconds=SECONDS_TO_STOP)

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    @property
    def answers(self) -> bool:
        return self.is_running and self.plan.answers(self.port)


def serve(plan: Plan, ports: Ports) -> Server:
    """The engine, answering. Another port is tried when somebody took the chosen one in between."""
    plan.clear()
    for _attempt in range(3):
        port = ports.choose(plan.name)
        server = Server(plan, _launch(plan, port), port)
        try:
            if _wait(server):
                return server
        except BaseException:
            server.stop()
            raise
        if not any(sign in _tail(plan.log) for sign in PORT_TAKEN):
            break
    server.stop()
    raise StopError(explain(_tail(plan.log), otherwise=f"{plan.title} does not start (log: {plan.log})"))


def _launch(plan: Plan, port: int, *, again: bool = False) -> subprocess.Popen[bytes]:
    """The started engine; `again` keeps what its log says of the life before."""
    with plan.log.open("ab" if again else "wb") as log:
        child = process.start(
            plan.command(port),
            cwd=plan.folder,
            env=ENVIRONMENT,
            output=log,
            account=plan.account,
            stop_signal=plan.stop_signal,
            stdin=subprocess.PIPE,
        )
    assert child.stdin is not None  # noqa: S101  for the type checker: a pipe was asked for
    with child.stdin as stdin:
        stdin.write(plan.stdin(port).encode())
    return child


def _wait(server: Server) -> bool:
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while server.is_running and time.monotonic() < deadline:
        if server.answers:
            return True
        time.sleep(0.05)
    return False


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-20:])
