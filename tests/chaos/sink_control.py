"""The harness's end of the mail server's control line."""

import json
import socket
import time
from typing import Any


class SinkControl:
    """Requests to `tests.chaos.sink`, each over a connection of its own."""

    def __init__(self, port: int) -> None:
        self.port = port

    def wait(self, *, seconds: float = 20) -> None:
        """Until the mail server answers. Raises `TimeoutError`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                self.state()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise TimeoutError("the chaos mail server does not answer")

    def script(self, recipient: str, *faults: str) -> None:
        """The next faults for `recipient`, one a try; `*`: for whoever comes to that stage first."""
        self._ask(op="script", recipient=recipient, faults=list(faults))

    def chances(self, chances: dict[str, float], *, seed: int = 1) -> None:
        """Faults by chance at every stage from now on; {} ends them."""
        self._ask(op="chances", chances=chances, seed=seed)

    def offer_tls(self, offered: bool) -> None:
        self._ask(op="tls", offered=offered)

    def hold(self) -> None:
        """Forget earlier releases: `hold` in a fault waits again."""
        self._ask(op="hold")

    def release(self) -> None:
        self._ask(op="release")

    def state(self) -> dict[str, Any]:
        """`held`, `pending`, `accepted`, `faults` by kind, `commands` by verb."""
        return self._ask(op="state")

    def _ask(self, **request: Any) -> dict[str, Any]:
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(json.dumps(request).encode() + b"\n")
            answer: dict[str, Any] = json.loads(connection.makefile("rb").readline())
            return answer
