"""Addresses that circulate as a mandate's and are wrong or dead. Whatever the database says, nothing goes there."""

import csv
from functools import cache
from pathlib import Path

from outbox.addresses import normalise_address

BLOCKED_CSV = Path(__file__).resolve().parent / "data" / "blocked_addresses.csv"


def why_blocked(address: str) -> str:
    """Why nothing may be sent to `address`, in English; empty when it is not on the list."""
    return _blocked().get(normalise_address(address).lower(), "")


@cache
def _blocked() -> dict[str, str]:
    with BLOCKED_CSV.open(encoding="utf-8", newline="") as file:
        return {row["address"].lower(): row["reason"] for row in csv.DictReader(file)}
