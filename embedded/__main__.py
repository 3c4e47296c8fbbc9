"""`python -m embedded COMMAND`: prepares the virtual environment, then becomes the program behind that command."""

import os
import sys
from dataclasses import dataclass

from embedded.clean import clean
from embedded.console import StopError, guarded
from embedded.machine import become
from embedded.venv import ensure_venv


@dataclass(frozen=True)
class Command:
    module: str
    for_development: bool = False


COMMANDS = {
    "run": Command("embedded.run"),
    "manage": Command("embedded.manage"),
    "test": Command("embedded.suite", for_development=True),
    "tour": Command("embedded.tour", for_development=True),
    "bench": Command("embedded.bench", for_development=True),
    "chaos": Command("embedded.chaos", for_development=True),
    "lint": Command("embedded.lint", for_development=True),
    "lock": Command("embedded.lock", for_development=True),
    "messages": Command("embedded.messages", for_development=True),
}


def main(arguments: list[str]) -> int:
    name = arguments[0] if arguments else ""
    if name == "clean":
        clean()
    elif command := COMMANDS.get(name):
        # Every command starts Python many times over; without compiled files each start compiles the whole house.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        python = ensure_venv(for_development=command.for_development)
        become([str(python), "-m", command.module, *arguments[1:]])
    else:
        raise StopError(f"Say what to do: python -m embedded {'|'.join([*COMMANDS, 'clean'])}")
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
