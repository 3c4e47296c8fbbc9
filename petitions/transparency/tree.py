"""The log's hash tree over its rows: few rows read and little kept, however many leaves there are."""

from functools import lru_cache
from itertools import count

from petitions.models import LogEntry, LogSubtree
from petitions.models.log import FAN
from petitions.transparency.leaves import leaf_of
from petitions.transparency.merkle import consistency_path, inclusion_path, leaf_hash, subtree_hash


class LogTree:
    """Reads the tree as of any number of leaves that were given a place and `grow`n over.

    It reads rows of 256 hashes and keeps the last 16 of them: half a megabyte at most.
    """

    def __init__(self) -> None:
        self._row = lru_cache(maxsize=16)(_read_row)

    def root(self, size: int) -> bytes:
        return self._subtree(0, size)

    def inclusion(self, place: int, size: int) -> list[bytes]:
        return inclusion_path(place, size, self._subtree)

    def consistency(self, old: int, new: int) -> list[bytes]:
        return consistency_path(old, new, self._subtree)

    def _subtree(self, start: int, end: int) -> bytes:
        return subtree_hash(start, end, self._known)

    def _known(self, start: int, end: int) -> bytes | None:
        level, width = 0, 1
        while width < end - start:
            level, width = level + 1, width * FAN
        if width != end - start or start % width:
            return None
        number = start // width
        return self._row(level, number // FAN)[number % FAN]


def grow(old: int, new: int) -> None:
    """Keeps the subtrees that the leaves from `old` up to `new` have filled; 8,192 bytes are read for each."""
    for level in count(1):
        width = FAN**level
        if new < width:
            return
        filled = (
            LogSubtree(level=level, number=number, hash=_hash_over(_read_row(level - 1, number)))
            for number in range(old // width, new // width)
        )
        while batch := [row for _, row in zip(range(FAN), filled, strict=False)]:
            LogSubtree.objects.bulk_create(batch)


def _read_row(level: int, number: int) -> list[bytes]:
    """The hashes of `level` from `number` times 256 on, 256 of them or as many as there are."""
    first = number * FAN
    if level == 0:
        entries = LogEntry.objects.filter(place__gte=first, place__lt=first + FAN).order_by("place")
        return [leaf_hash(leaf_of(entry)) for entry in entries]
    rows = LogSubtree.objects.filter(level=level, number__gte=first, number__lt=first + FAN).order_by("number")
    return [bytes(row.hash) for row in rows]


def _hash_over(row: list[bytes]) -> bytes:
    return subtree_hash(0, FAN, lambda start, end: row[start] if end - start == 1 else None)
