"""Addresses that circulate as a mandate's and are wrong or dead. Whatever the database says, nothing goes there."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from outbox.addresses import normalise_address

BLOCKED_CSV = Path(__file__).resolve().parent / "data" / "blocked_addresses.csv"


@dataclass(frozen=True)
class BlockedAddress:
    """An address of the project's own list, why it is there, and where that is known from; in English."""

    address: str
    reason: str
    source: str


def blocked_entry(address: str) -> BlockedAddress | None:
    """The entry of the list for `address`, however it is spelt; None when it is not on the list."""
    return _blocked().get(normalise_address(address).lower())


def why_blocked(address: str) -> str:
    """Why nothing may be sent to `address`, in English; empty when it is not on the list."""
    entry = blocked_entry(address)
    return entry.reason if entry else ""


def blocked_entries() -> list[BlockedAddress]:
    """The whole list, in the order of its file."""
    return list(_blocked().values())


@cache
def _blocked() -> dict[str, BlockedAddress]:
    with BLOCKED_CSV.open(encoding="utf-8", newline="") as file:
        return {row["address"].lower(): BlockedAddress(**row) for row in csv.DictReader(file)}
