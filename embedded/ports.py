"""Ports on 127.0.0.1 that no one else uses, the same ones at every start where that is possible."""

import json
import random
import socket
from pathlib import Path

# Below the range from which the kernel takes ports for outgoing connections, so that none of those takes ours.
RANGE = range(20000, 32000)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    return next(port for port in random.sample(RANGE, len(RANGE)) if is_free(port))


class Ports:
    """Ports by name, remembered in a JSON file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.numbers = _read(path)

    def remembered(self, name: str) -> int:
        """The port of `name`, which may be in use by the one who chose it; a new one when there is none."""
        return self.numbers.get(name) or self.choose(name)

    def choose(self, name: str) -> int:
        """The remembered port of `name` if it is free, else a new one."""
        number = self.numbers.get(name)
        if number is None or not is_free(number):
            self.numbers[name] = free_port()
            self.path.write_text(json.dumps(self.numbers))
        return self.numbers[name]


def _read(path: Path) -> dict[str, int]:
    """What is remembered; nothing when the file is missing or not ours."""
    try:
        numbers = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    if not isinstance(numbers, dict):
        return {}
    return {name: number for name, number in numbers.items() if isinstance(number, int)}
