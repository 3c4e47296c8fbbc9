"""Ways to tamper with a receipt and its checkpoint, drawn at random."""

import copy
import json
import random
import string
from typing import Any

from tests.petitions.receipts import in_bytes


def same(content: bytes, original: dict[str, Any]) -> bool:
    try:
        return bool(json.loads(content) == original)
    except ValueError:
        return False


def tamper(
    dice: random.Random,
    receipt: dict[str, Any],
    checkpoint: dict[str, Any],
    *,
    others: list[Any],
    older: dict[str, Any],
) -> tuple[bytes, bytes]:
    """The two files with one thing changed: a byte, a value, a piece of another receipt, or the whole checkpoint."""
    match dice.randrange(12):
        case 0 | 1:
            return byte_changed(dice, in_bytes(receipt)), in_bytes(checkpoint)
        case 2 | 3:
            return in_bytes(receipt), byte_changed(dice, in_bytes(checkpoint))
        case 4 | 5 | 6 | 7:
            return escaped(value_changed(dice, receipt)), in_bytes(checkpoint)
        case 8 | 9:
            return in_bytes(receipt), escaped(value_changed(dice, checkpoint))
        case 10:
            return in_bytes(piece_of_another(dice, receipt, dice.choice(others))), in_bytes(checkpoint)
        case _:
            mixed = {**checkpoint, **{name: older[name] for name in older if dice.randrange(2)}}
            return in_bytes(receipt), in_bytes(mixed)


def escaped(data: Any) -> bytes:
    """As JSON in ASCII: what no UTF-8 can hold, such as half a pair of surrogates, arrives as well."""
    return json.dumps(data).encode()


def byte_changed(dice: random.Random, content: bytes) -> bytes:
    at = dice.randrange(len(content))
    match dice.randrange(4):
        case 0:
            return content[:at] + content[at + 1 :]
        case 1:
            return content[:at] + bytes([dice.randrange(256)]) + content[at:]
        case 2:
            return content[:at] + bytes([content[at] ^ (1 << dice.randrange(8))]) + content[at + 1 :]
        case _:
            return content[:at] + dice.choice(string.hexdigits).encode() + content[at + 1 :]


def value_changed(dice: random.Random, data: Any) -> Any:
    """`data` with one value, however deep, replaced by another one, left out, doubled or moved."""
    data = copy.deepcopy(data)
    places = list(containers(data))
    inside = dice.choice(places)
    key = dice.choice(list(inside) if isinstance(inside, dict) else range(len(inside)))
    match dice.randrange(6):
        case 0:
            del inside[key]
        case 1 if isinstance(inside, list):
            inside.insert(dice.randrange(len(inside) + 1), copy.deepcopy(inside[key]))
        case 1:
            inside[dice.choice(["x", "format", "name", "index", ""])] = 1
        case 2 if isinstance(inside, list):
            dice.shuffle(inside)
        case _:
            inside[key] = another(dice, inside[key])
    return data


def containers(data: Any) -> list[Any]:
    found = [data] if isinstance(data, dict | list) and data else []
    children = data.values() if isinstance(data, dict) else data if isinstance(data, list) else []
    return found + [inner for child in children for inner in containers(child)]


def another(dice: random.Random, value: Any) -> Any:
    strange: list[Any] = [None, True, False, 0, -1, 1.5, 10**30, "", "x", [], {}, [[]], "\ud800", "0" * 64]
    match value:
        case bool() | None:
            return dice.choice(strange)
        case int():
            return dice.choice([value + 1, value - 1, -value, str(value), float(value) + 0.5, *strange])
        case str() if value and dice.randrange(3):
            at = dice.randrange(len(value))
            letter = dice.choice(string.hexdigits + string.ascii_letters + "+/= \n٣")
            return value[:at] + letter + value[at + 1 :]
        case str():
            return dice.choice([value.upper(), value + "\n", value[::-1], value.strip("=") + "==", *strange])
        case _:
            return dice.choice(strange)


def piece_of_another(dice: random.Random, receipt: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    name = dice.choice(["name", "signature", "log", "seal", "state", "text_sha256", "statement_number", "signed_at"])
    return {**receipt, name: other[name]}
