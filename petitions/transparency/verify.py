#!/usr/bin/env python3
"""Checks a receipt, a count, or that nothing was taken back. Needs Python 3.10 or newer, no network and nothing else.

    python verify.py receipt.json checkpoint.json        is this signature in the log, and what became of it?
    python verify.py count leaves.txt checkpoint.json    do the leaves give the counts that were signed?
    python verify.py extends old.json new.json [proof.json]   does the newer log begin with the whole older one?
With `--keys keys.txt`, a file that you got earlier or elsewhere, only those keys are believed. Without it the key in
the checkpoint is believed and printed: compare it with the one others have.
Ends with 0: it holds. 1: it does not hold, do not believe it. 2: nothing could be checked (no such file, not yet).
Formats: docs/receipts.md of Countersign; RFC 6962, RFC 8032, C2SP signed-note and tlog-checkpoint. Copy it freely.
"""

import base64
import functools
import hashlib
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any


class RefusedError(Exception):
    """What was given does not hold; says why."""


class NotCheckedError(Exception):
    """Nothing could be checked; says why."""


# --- Ed25519, RFC 8032 section 5.1. Only checking: nothing here is secret, so it need not take constant time.
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = Any  # (X, Y, Z, T), extended coordinates modulo P


def point_add(a: Point, b: Point) -> Point:
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    i, j, k, m = f - e, h - g, h + g, f + e
    return (i * j % P, k * m % P, j * k % P, i * m % P)


def point_times(number: int, point: Point) -> Point:
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = point_add(result, point)
        point, number = point_add(point, point), number >> 1
    return result


def point_read(encoded: bytes) -> Point | None:
    """The point that 32 bytes stand for; None when they stand for none."""
    y, sign = int.from_bytes(encoded, "little") & (2**255 - 1), encoded[31] >> 7
    if y >= P:
        return None
    x_squared = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x_squared, (P + 3) // 8, P)
    if (x * x - x_squared) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - x_squared) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


BASE = point_read((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


@functools.lru_cache(maxsize=64)
def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the 64 bytes of `signature` were made over `message` with the key whose public half is `public`."""
    point, committed = point_read(public), point_read(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if point is None or committed is None or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    left, right = point_times(s, BASE), point_add(committed, point_times(k, point))
    return not any((left[i] * right[2] - right[i] * left[2]) % P for i in (0, 1))


# --- the hash tree, RFC 6962; the checks are those of RFC 9162, sections 2.1.3.2 and 2.1.4.2
def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def sides(place: int, last: int, path: list[bytes]) -> list[tuple[bytes, bool]]:
    """Each step of a path up from `place`, and whether it stands on the left; refuses a path of another length."""
    steps = []
    for step in path:
        if last == 0:
            raise RefusedError("the path is too long")
        on_left = bool(place & 1) or place == last
        while on_left and not place & 1 and place:
            place, last = place >> 1, last >> 1
        place, last = place >> 1, last >> 1
        steps.append((step, on_left))
    if last:
        raise RefusedError("the path is too short")
    return steps


def root_by_path(hashed: bytes, place: int, size: int, path: list[bytes]) -> bytes:
    """The root that a leaf at `place` of `size` leads to."""
    for step, on_left in sides(place, size - 1, path):
        hashed = node_hash(step, hashed) if on_left else node_hash(hashed, step)
    return hashed


def require_extension(old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: list[bytes]) -> None:
    """Refuses unless the tree of `new_size` leaves begins with the one of `old_size` leaves."""
    if old_size in (0, new_size):
        if path or (old_size and old_root != new_root):
            raise RefusedError("the log was rewritten: as many leaves, and another root")
        return
    path = [old_root, *path] if old_size & (old_size - 1) == 0 else path
    if old_size > new_size or not path:
        raise RefusedError("the log has become shorter, or the proof that it was only added to is missing")
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for step, on_left in sides(place, last, path[1:]):
        old = node_hash(step, old) if on_left else old
        new = node_hash(step, new) if on_left else node_hash(new, step)
    if old != old_root or new != new_root:
        raise RefusedError("the newer log does not begin with the older one: something in it was changed or taken away")


# --- what is read, and how strictly: whatever is not exactly as described is refused
Keys = set[str] | None  # the keys that are believed; None: the one that the file names
ROTATED = "the files are by different keys: give the published ones with --keys keys.txt"
NUMBER, DAY = "(0|[1-9][0-9]{0,15})", "([0-9]{4}-[0-9]{2}-[0-9]{2})"
STATEMENT = re.compile(f"statement {NUMBER} version {NUMBER} counted {NUMBER} withdrawn {NUMBER} removed {NUMBER}")
HASH = "([0-9a-f]{64})"
LEAF = re.compile(f"countersign-leaf 1 (counted|withdrawn|removed) {DAY} {NUMBER} {NUMBER} {HASH} {HASH}")
KINDS = ("counted", "withdrawn", "removed")
FIELDS = {"signature", "name", "salt", "language", "statement_number", "version", "text_sha256", "state", "log", "seal"}


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of `pairs`; one that says a thing twice says one thing to a reader and another to a program."""
    if len(data := dict(pairs)) != len(pairs):
        raise ValueError("a name stands twice")
    return data


def parse(content: bytes, form: str, names: set[str]) -> dict[str, Any]:
    """The JSON object in `content`, of the given `form` and with exactly `names`; a receipt may have more, sealed."""
    try:
        data = json.loads(content.decode("utf-8"), object_pairs_hook=once)
        json.dumps(data, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise RefusedError("the file is damaged: it is not JSON") from error
    if not isinstance(data, dict) or data.get("format") != form:
        raise RefusedError(f"the file is not a {form}: are the files in the right order?")
    if set(data) != names and not (names == FIELDS and set(data) > names):
        raise RefusedError("the file says more or less than it should")
    return data


def take(data: Any, name: str, kind: type) -> Any:
    if not isinstance(data, dict) or not isinstance(data.get(name), kind):
        raise RefusedError(f"'{name}' is missing or damaged")
    return data[name]


def hash_of(text: Any) -> bytes:
    if not isinstance(text, str) or not re.fullmatch(HASH, text):
        raise RefusedError("a hash is not 64 digits")
    return bytes.fromhex(text)


def base64_of(text: str, length: int) -> bytes:
    try:
        value = base64.b64decode(text, validate=True)
    except ValueError:
        value = b""
    if len(value) != length or base64.b64encode(value).decode() != text:
        raise RefusedError("a signature, key or root is damaged")
    return value


def key_of(key: str) -> tuple[str, bytes, bytes]:
    """The name, the id and the public half of a key written as `name+id+key`."""
    found = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)", key)
    typed = base64_of(found[3], 33) if found else b""
    if not found or hashlib.sha256(found[1].encode() + b"\n" + typed).hexdigest()[:8] != found[2] or typed[0] != 1:
        raise RefusedError("the key is damaged")
    return found[1], bytes.fromhex(found[2]), typed[1:]


def leaf_of(line: str) -> re.Match[str]:
    if leaf := LEAF.fullmatch(line):
        return leaf
    raise RefusedError("a leaf is damaged")


class Checkpoint:
    """A checkpoint whose signature holds. `counts` has, by statement and version: counted, withdrawn, removed."""

    def __init__(self, content: bytes, keys: Keys = None) -> None:
        data = parse(content, "countersign-checkpoint 1", {"format", "note", "key", "consistency"})
        self.key = take(data, "key", str)
        if keys is not None and self.key not in keys:
            raise RefusedError(f"the checkpoint is signed by a key that you do not trust: {self.key}")
        self._read_signed(take(data, "note", str))
        path = [hash_of(step) for step in take(data, "consistency", list)]
        require_extension(self.old_size, self.old_root, self.size, self.root, path)

    def __str__(self) -> str:
        return f"Checkpoint of {self.day}: {self.size} leaves, signed by {self.key}"

    def _read_signed(self, note: str) -> None:
        text, _, line = note.rpartition("\n\n")
        name, key_id, public = key_of(self.key)
        found = re.fullmatch("— ([^ ]+) ([A-Za-z0-9+/=]+)\n", line)
        if not found or found[1] != name:
            raise RefusedError("the checkpoint is not signed by its key")
        signature = base64_of(found[2], 68)
        if signature[:4] != key_id or not is_signed(public, (text + "\n").encode(), signature[4:]):
            raise RefusedError("the checkpoint's signature does not hold: it was changed after it was signed")
        self._read_lines(name, text.split("\n"))

    def _read_lines(self, name: str, lines: list[str]) -> None:
        pattern = f"{re.escape(name)}\n{NUMBER}\n(.+)\nday {DAY}\nprevious {NUMBER} (.+)"
        found = re.fullmatch(pattern, "\n".join(lines[:5]))
        counts = [row for row in map(STATEMENT.fullmatch, lines[5:]) if row]
        versions = {row.group(1, 2) for row in counts}
        if not found or not len(versions) == len(counts) == len(lines[5:]):
            raise RefusedError("the checkpoint does not say what a checkpoint says")
        self.size, self.root, self.day = int(found[1]), base64_of(found[2], 32), found[3]
        self.old_size = int(found[4])
        self.old_root = base64_of(found[5], 32) if self.old_size else b""
        self.counts = {(int(row[1]), int(row[2])): [int(row[3]), int(row[4]), int(row[5])] for row in counts}


# --- the three checks
def check_receipt(receipt_file: bytes, checkpoint_file: bytes, keys: Keys = None) -> list[str]:
    """What the receipt proves, as lines to print; NotCheckedError when none of it is in the checkpoint yet."""
    receipt = parse(receipt_file, "countersign-receipt 3", FIELDS)
    checkpoint = Checkpoint(checkpoint_file, keys)
    if receipt.get("checkpoint") and take(receipt["checkpoint"], "size", int) != checkpoint.size:
        raise RefusedError("the receipt is for another checkpoint: download both again, at the same time")
    told = [check_entry(receipt, entry, checkpoint) for entry in take(receipt, "log", list)]
    check_story(receipt, [leaf_of(entry["leaf"]) for entry in receipt["log"]])
    check_seal(receipt, checkpoint, keys)
    lines = [f"Receipt {receipt['signature']}: {receipt['name']}, on statement {receipt['statement_number']}."]
    lines += told or ["It was never counted while this log was kept."]
    if all(entry["index"] is None for entry in receipt["log"]):
        raise NotCheckedError("\n".join([*lines, "It waits for a checkpoint: come back for a new receipt then."]))
    if receipt["name"] and any(entry["nonce"] is None for entry in receipt["log"]):
        raise NotCheckedError("\n".join([*lines, "The log holds this signature, but nothing ties it to the name."]))
    return [*lines, str(checkpoint)]


def check_entry(receipt: dict[str, Any], entry: Any, checkpoint: Checkpoint) -> str:
    """What one leaf of the receipt says, in words, after its opening and its path were found to hold."""
    if not isinstance(entry, dict) or set(entry) != {"leaf", "nonce", "proof", "proved_on", "index", "path"}:
        raise RefusedError("an entry of the receipt says more or less than it should")
    leaf = leaf_of(take(entry, "leaf", str))
    if leaf[3] != str(receipt["statement_number"]):
        raise RefusedError("the leaf is of another statement than the receipt says")
    told = f"{leaf[2]}: {leaf[1]}, version {leaf[4]}"
    if entry["nonce"] is None:
        told += " (what ties it to the name was destroyed)"
    elif hashlib.sha256(hash_of(entry["nonce"]) + opening(receipt, entry)).hexdigest() != leaf[6]:
        raise RefusedError("the leaf is not of this signature: name, language, proof or number differ")
    if entry["index"] is None:
        return told + "; waits for its checkpoint"
    if type(entry["index"]) is not int or not 0 <= entry["index"] < checkpoint.size:
        raise RefusedError("there is no such place in the log")
    path = [hash_of(step) for step in take(entry, "path", list)]
    if root_by_path(leaf_hash(leaf[0].encode()), entry["index"], checkpoint.size, path) != checkpoint.root:
        raise RefusedError("the leaf is not in the log that was signed")
    return told + f"; leaf {entry['index']} of the log"


def opening(receipt: dict[str, Any], entry: dict[str, Any]) -> bytes:
    """What the commitment in a leaf was made from, beside the nonce: each field with its length in bytes."""
    name, salt = take(receipt, "name", str), take(receipt, "salt", str)
    bound = hashlib.sha256(hash_of(salt) + name.encode()).hexdigest() if salt else name
    fields = [("receipt", str(receipt["signature"])), ("name", bound), ("language", receipt["language"])]
    fields += [("proof", take(entry, "proof", str)), ("proved_on", take(entry, "proved_on", str))]
    return ("countersign-opening 1\n" + "".join(f"{k} {len(str(v).encode())}\n{v}\n" for k, v in fields)).encode()


def check_story(receipt: dict[str, Any], leaves: list[re.Match[str]]) -> None:
    """Counted, then left, then counted again; the last leaf is on the version and text of the receipt."""
    is_in_turn = all((leaf[1] == "counted") == (number % 2 == 0) for number, leaf in enumerate(leaves))
    if not is_in_turn or len({leaf[0] for leaf in leaves}) != len(leaves):
        raise RefusedError("the leaves contradict each other: counted twice, or taken away before it was counted")
    if (receipt["state"] == "accepted") != (len(leaves) % 2 == 1):
        raise RefusedError("the receipt says another state than its leaves")
    if leaves and (leaves[-1][4], leaves[-1][5]) != (str(receipt["version"]), receipt["text_sha256"]):
        raise RefusedError("the leaf is on another version or text than the receipt says")


def check_seal(receipt: dict[str, Any], checkpoint: Checkpoint, keys: Keys) -> None:
    """The signature of the site over everything the receipt says, so that the site cannot deny having said it."""
    seal = receipt["seal"]
    if take(seal, "key", str) not in (keys or {checkpoint.key}) or len(seal) != 2:
        raise RefusedError(ROTATED)
    said = {name: receipt[name] for name in receipt if name != "seal"}
    message = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
    if not is_signed(key_of(seal["key"])[2], message, base64_of(take(seal, "signature", str), 64)):
        raise RefusedError("the receipt was changed after the site sealed it")


def check_count(leaves: Iterable[bytes], checkpoint_file: bytes, keys: Keys = None) -> list[str]:
    """Adds up `leaves`, an iterable of lines in bytes; returns lines to print."""
    checkpoint = Checkpoint(checkpoint_file, keys)
    counts: dict[tuple[int, int], list[int]] = {}
    full: list[bytes] = []  # the hash of each full subtree, the widest first: one for each 1 in `number` as binary
    number = 0
    for line in leaves:
        if number == checkpoint.size:
            break
        leaf = leaf_of(line[:-1].decode("utf-8", "replace") if line.endswith(b"\n") else "")
        counts.setdefault((int(leaf[3]), int(leaf[4])), [0, 0, 0])[KINDS.index(leaf[1])] += 1
        hashed, number = leaf_hash(leaf[0].encode()), number + 1
        for _ in range((number & -number).bit_length() - 1):
            hashed = node_hash(full.pop(), hashed)
        full.append(hashed)
    if number < checkpoint.size or not full:
        raise RefusedError(f"there are {number} leaves, the checkpoint signs {checkpoint.size}")
    if functools.reduce(lambda root, left: node_hash(left, root), reversed(full)) != checkpoint.root:
        raise RefusedError("these are not the leaves that were signed")
    if counts != checkpoint.counts:
        raise RefusedError("the leaves give other counts than the checkpoint says")
    return [str(checkpoint)] + [
        f"Statement {statement}, version {version}: {c - w - r} signatures"
        f" ({c} counted, less {w} withdrawn and {r} removed)"
        for (statement, version), (c, w, r) in sorted(counts.items())
    ]


def check_extends(before: bytes, after: bytes, proof: bytes | None = None, *, keys: Keys = None) -> list[str]:
    """Whether the newer checkpoint holds everything of the older one; returns lines to print."""
    old, new = Checkpoint(before, keys), Checkpoint(after, keys)
    if keys is None and old.key != new.key:
        raise RefusedError(ROTATED)
    if proof is not None:
        data = parse(proof, "countersign-consistency 1", {"format", "old", "new", "path"})
        if (data["old"], data["new"]) != (old.size, new.size):
            raise RefusedError("the proof is for other checkpoints")
        path = [hash_of(step) for step in take(data, "path", list)]
        require_extension(old.size, old.root, new.size, new.root, path)
    elif new.old_size != old.size:
        raise NotCheckedError("there are checkpoints between these two: give the proof for them as third file")
    elif new.old_root != old.root:
        raise RefusedError("the log was rewritten: as many leaves, and another root")
    return [f"The log of {new.day} ({new.size} leaves) begins with the whole log of {old.day} ({old.size} leaves)."]


# --- the command
def say(text: str) -> None:
    """Prints what any terminal can show; whatever could steer one is left out."""
    shown = "".join(letter if letter.isprintable() or letter == "\n" else "?" for letter in text)
    print(shown.encode(sys.stdout.encoding, "backslashreplace").decode(sys.stdout.encoding))


def run(arguments: list[str]) -> list[str]:
    keys = None
    if "--keys" in arguments[:-1]:
        at = arguments.index("--keys")
        keys = set(Path(arguments[at + 1]).read_text("utf-8", "replace").split())
        arguments = arguments[:at] + arguments[at + 2 :]
    what = arguments.pop(0) if arguments[:1] in (["count"], ["extends"]) else "receipt"
    files = [Path(path) for path in arguments]
    if what == "receipt" and len(files) == 2:
        return check_receipt(files[0].read_bytes(), files[1].read_bytes(), keys)
    if what == "count" and len(files) == 2:
        with files[0].open("rb") as leaves:
            return check_count(leaves, files[1].read_bytes(), keys)
    if what == "extends" and len(files) in (2, 3):
        return check_extends(*[file.read_bytes() for file in files], keys=keys)
    raise NotCheckedError(str(__doc__).strip())


def main(arguments: list[str]) -> int:
    try:
        lines, code = ["IT HOLDS.", *run(arguments)], 0
    except RefusedError as refused:
        lines, code = [f"REFUSED: {refused}."], 1
    except (NotCheckedError, OSError) as reason:
        lines, code = [f"Nothing was checked. {reason}"], 2
    say("\n".join(lines))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
