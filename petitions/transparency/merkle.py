"""The hash tree of RFC 6962, section 2.1: pure functions, no row.

Our own sixty lines because the one kept library (pymerkle) computes every hash anew in each process, which for one path
through a million leaves is a second of work and their whole table in memory. docs/receipts.md says more.
"""

import hashlib
from collections.abc import Callable

# The hash over the leaves from `start` up to `end`, the latter excluded.
Subtree = Callable[[int, int], bytes]


def leaf_hash(leaf: bytes) -> bytes:
    """32 bytes."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """32 bytes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def subtree_hash(start: int, end: int, known: Callable[[int, int], bytes | None]) -> bytes:
    """The hash over the leaves `start` up to `end`, from those that `known` has; it must have each single leaf."""
    found = known(start, end)
    if found is not None:
        return found
    middle = start + _split(end - start)
    return node_hash(subtree_hash(start, middle, known), subtree_hash(middle, end, known))


def inclusion_path(place: int, size: int, subtree: Subtree) -> list[bytes]:
    """PATH(m, D[n]) of section 2.1.1: what the leaf at `place` must be hashed with to give the root, from below."""
    if not 0 <= place < size:
        raise ValueError("there is no such leaf")
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if place < middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(start, middle))
            start = middle
    return path[::-1]


def consistency_path(old: int, new: int, subtree: Subtree) -> list[bytes]:
    """PROOF(m, D[n]) of section 2.1.2: that the tree of `new` leaves begins with the one of `old` leaves."""
    if not 0 < old <= new:
        raise ValueError("an older tree has fewer leaves, and at least one")
    path, start, end, is_old_root = [], 0, new, True
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(start, middle))
            start, is_old_root = middle, False
    if not is_old_root:
        path.append(subtree(start, end))
    return path[::-1]


def _split(number: int) -> int:
    """The largest power of two below `number`, which is at least 2."""
    return 1 << (number - 1).bit_length() - 1
