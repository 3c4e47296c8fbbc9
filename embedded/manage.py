"""`python -m embedded manage ...`: Django's command line in the environment of `make run`, whether that runs or not."""

import signal
import subprocess
import sys
from contextlib import ExitStack

from embedded import postgres, redis
from embedded.console import guarded
from embedded.engines import engines
from embedded.machine import ROOT
from embedded.ports import Ports
from embedded.secrets import keep_secrets
from embedded.site import chosen_environment, data_dir_of, site_environment
from embedded.turn import AlreadyRunningError, turn


def main(arguments: list[str]) -> int:
    chosen = chosen_environment()
    data_dir = data_dir_of(chosen)
    with ExitStack() as stack:
        ports = Ports(data_dir / "ports.json")
        urls: dict[str, str] = {}
        try:
            stack.enter_context(turn(data_dir, "python -m embedded manage"))
            secrets = keep_secrets(data_dir / "secrets.env")
        except AlreadyRunningError:
            secrets = keep_secrets(data_dir / "secrets.env")
            urls = {
                "DATABASE_URL": postgres.url(ports.numbers[postgres.NAME], secrets["POSTGRES_PASSWORD"]),
                "REDIS_URL": redis.url(ports.numbers[redis.NAME], secrets["REDIS_PASSWORD"]),
            }
        running = stack.enter_context(engines(data_dir, {**urls, **chosen}, secrets))
        environment = site_environment(chosen, data_dir=data_dir, secrets=secrets, engines=running)
        # Ctrl-C is for the command: a shell takes it to leave the line, not to end.
        signal.signal(signal.SIGINT, lambda number, frame: None)
        return subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(guarded(main))
