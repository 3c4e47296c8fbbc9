"""What real mail servers wrote (tests/outbox/logs), whole and damaged: no letter that was taken is called dropped."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from outbox.evidence.mail_log import ask_log
from outbox.evidence.witness import Witness

LOGS = Path(__file__).parent / "logs"
Dice = random.Random


@dataclass
class Truth:
    """What the server did, by Message-ID and by connection, as its queue showed when the log was made."""

    log: bytes
    taken: dict[str, str]
    dropped: set[str]

    def ask(self, path: Path, log: bytes) -> Witness:
        path.write_bytes(log)
        connections = {*self.taken.values(), *self.dropped}
        witness = ask_log(str(path), self.taken, connections=connections, since=None)
        assert witness.problem == ""
        return witness


def exim() -> Truth:
    log = (LOGS / "exim-4.96.log").read_text()
    taken = re.findall(r" <= \S+ H=\S+ (\S+) P=esmtp S=\d+ id=(\S+)", log)
    return _truth(log, {message_id: port for port, message_id in taken}, awaited="(data|dot|abandoned)")


def postfix() -> Truth:
    log = (LOGS / "postfix-3.7.log").read_text()
    ids = dict(re.findall(r": (\w+): message-id=<(\S+)>", log))
    ports = dict(re.findall(r": (\w+): client=unknown(\S+)", log))
    queues = re.findall(r": (\w+): from=\S+ size=\d+, nrcpt=1 \(queue active\)", log)
    return _truth(log, {ids[queue]: ports[queue] for queue in queues}, awaited="after DATA")


def _truth(log: str, taken: dict[str, str], *, awaited: str) -> Truth:
    dropped = {
        found for line in log.splitlines() if re.search(awaited, line) for found in re.findall(r"\[[\d.]+\]:\d+", line)
    }
    return Truth(log.encode(), taken, dropped)


TRUTHS = [pytest.param(exim(), (10, 21), id="Exim"), pytest.param(postfix(), (19, 12), id="Postfix")]


@pytest.mark.parametrize(("truth", "numbers"), TRUTHS)
def test_whole_log_tells_the_fate_of_each_letter(truth: Truth, numbers: tuple[int, int], tmp_path: Path) -> None:
    """The numbers are those of the servers' queues; see logs/README.md."""
    witness = truth.ask(tmp_path / "log", truth.log)
    assert (len(truth.taken), len(truth.dropped)) == numbers
    assert (set(witness.taken), set(witness.dropped)) == (set(truth.taken), truth.dropped)
    assert all(len(traces) == 1 for traces in witness.dropped.values())


def lose_lines(lines: list[bytes], dice: Dice) -> bytes:
    start, end = sorted(dice.choices(range(len(lines) + 1), k=2))
    return b"".join(lines[:start] + lines[end:])


def lose_single_lines(lines: list[bytes], dice: Dice) -> bytes:
    share = dice.random()
    return b"".join(line for line in lines if dice.random() > share)


def repeat_lines(lines: list[bytes], dice: Dice) -> bytes:
    start, end = sorted(dice.choices(range(len(lines) + 1), k=2))
    return lose_single_lines(lines[:end] + lines[start:], dice)


def disorder_lines(lines: list[bytes], dice: Dice) -> bytes:
    start, end = sorted(dice.choices(range(len(lines) + 1), k=2))
    return lose_single_lines(lines[end:] + lines[start:end] + lines[:start], dice)


def cut_off(lines: list[bytes], dice: Dice) -> bytes:
    """The beginning, the end, or both, in the middle of a line; as `copytruncate` and a full disk do."""
    log = b"".join(lines)
    start, end = sorted(dice.choices(range(len(log)), k=2))
    return log[start:end] + b"\n" if dice.random() < 0.5 else log[:start] + b"".join(lines[-dice.randrange(1, 20) :])


def lose_bytes(lines: list[bytes], dice: Dice) -> bytes:
    log = lose_single_lines(lines, dice)
    for _ in range(dice.randrange(1, 6)):
        start = dice.randrange(len(log) + 1)
        log = log[:start] + log[start + dice.choice([1, 7, 90, 500, 4096]) :]
    return log


def garble_bytes(lines: list[bytes], dice: Dice) -> bytes:
    log = bytearray(lose_single_lines(lines, dice))
    for _ in range(dice.randrange(1, 400) if log else 0):
        log[dice.randrange(len(log))] = dice.choice([0, 10, 32, 255, dice.randrange(256)])
    return bytes(log)


def zero_a_block(lines: list[bytes], dice: Dice) -> bytes:
    """As a file system leaves it when the power fails."""
    log = b"".join(lines)
    start = dice.randrange(len(log))
    length = dice.choice([512, 4096])
    return log[:start] + bytes(min(length, len(log) - start)) + log[start + length :]


DAMAGES: list[Callable[[list[bytes], Dice], bytes]] = [
    lose_lines,
    lose_single_lines,
    repeat_lines,
    disorder_lines,
    cut_off,
    lose_bytes,
    garble_bytes,
    zero_a_block,
]


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize(("truth", "numbers"), TRUTHS)
def test_no_damage_makes_a_taken_letter_a_dropped_one(
    truth: Truth, numbers: tuple[int, int], damage: Any, tmp_path: Path
) -> None:
    lines, unseen, still_told = truth.log.splitlines(keepends=True), 0, 0
    for seed in range(150):
        witness = truth.ask(tmp_path / "log", damage(lines, Dice(seed)))
        assert not set(witness.dropped) & set(truth.taken.values()), f"{damage.__name__} with the dice {seed}"
        assert set(witness.dropped) <= truth.dropped
        unseen += len(set(truth.taken) - set(witness.taken))
        still_told += len(witness.dropped)
    assert unseen > 150, "the damage must hide letters, or it shows nothing"
    assert still_told > 100, "the log must still tell something"
