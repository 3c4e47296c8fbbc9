"""The public list, a page at a time, however long it is: each page begins where the one before ended.

The newest day comes first. Within a day the order is that of the mailboxes' keyed digests, which says nothing about the
hour (reliability, T4); for the same reason the place in the list travels sealed.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from cryptography.fernet import InvalidToken
from django.db.models import QuerySet

from outbox.addresses import seal, unseal
from petitions.models import Signature, SignatureQuerySet
from petitions.models.signature import ACCEPTED_ON


@dataclass(frozen=True)
class ListPage:
    """`rows` to show, and the sealed places after which there is more; "" where there is nothing."""

    rows: list[Signature]
    newer: str
    older: str


def read_page(signatures: SignatureQuerySet, *, size: int, older_than: str = "", newer_than: str = "") -> ListPage:
    """The page of `signatures` after one of the two places of another page; the first page for a place that is none.

    Reads `size` + 1 rows through the index `petitions_signature_by_day`, wherever in the list it is.
    """
    rows: QuerySet[Any] = signatures.annotate(accepted_on=ACCEPTED_ON)
    if newer := _unseal(newer_than):
        found = _after(rows, newer, limit=size + 1, is_backwards=True)
        has_newer, found = len(found) > size, found[:size][::-1]
        has_older = True
    else:
        older = _unseal(older_than)
        found = _after(rows, older, limit=size + 1)
        has_newer, has_older, found = older is not None, len(found) > size, found[:size]
    return ListPage(
        rows=found,
        newer=_seal(found[0]) if found and has_newer else "",
        older=_seal(found[-1]) if found and has_older else "",
    )


def _after(
    rows: QuerySet[Any], place: tuple[date, bytes] | None, *, limit: int, is_backwards: bool = False
) -> list[Signature]:
    """What follows `place`: the rest of its day, then the other days. Two queries are two ranges of the index."""
    order = ("accepted_on", "email_digest") if is_backwards else ("-accepted_on", "-email_digest")
    rows = rows.order_by(*order)
    if place is None:
        return list(rows[:limit])
    day, digest = place
    side = "gt" if is_backwards else "lt"
    found = list(rows.filter(accepted_on=day, **{f"email_digest__{side}": digest})[:limit])
    if len(found) < limit:
        found += rows.filter(**{f"accepted_on__{side}": day})[: limit - len(found)]
    return found


def _seal(signature: Signature) -> str:
    day: date = signature.accepted_on  # type: ignore[attr-defined]  # annotated by `read_page`
    return seal(f"{day.isoformat()} {bytes(signature.email_digest).hex()}".encode()).decode()


def _unseal(place: str) -> tuple[date, bytes] | None:
    with suppress(InvalidToken, ValueError):
        day, digest = unseal(place.encode()).decode().split(" ")
        return date.fromisoformat(day), bytes.fromhex(digest)
    return None
