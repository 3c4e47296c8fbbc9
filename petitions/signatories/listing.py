"""The public list: a petition's by day, a page at a time however long it is; experts and organisations by name.

By day, each page begins where the one before ended, the newest day first. Within a day the order is that of the
mailboxes' keyed digests, which says nothing about the hour (reliability, T4); for the same reason the place in the list
travels sealed.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cryptography.fernet import InvalidToken
from django.core.paginator import Paginator
from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import Lower

from outbox.addresses import seal, unseal
from petitions.models import Signature, SignatureQuerySet, Statement
from petitions.models.signature import ACCEPTED_ON
from text.names import search_key

# Organisations and protected signatories below one statement are tens, not thousands.
MOST_APART = 1000

if TYPE_CHECKING:
    _Paginator = Paginator[Signature]
else:
    _Paginator = Paginator


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
    return seal(f"{day.isoformat()} {bytes(signature.email_digest or b'').hex()}".encode()).decode()


def is_place(place: str) -> bool:
    """Whether `place` is one that a page gave, and not something else."""
    return _unseal(place) is not None


def _unseal(place: str) -> tuple[date, bytes] | None:
    with suppress(InvalidToken, ValueError):
        day, digest = unseal(place.encode()).decode().split(" ")
        return date.fromisoformat(day), bytes.fromhex(digest)
    return None


def list_apart(statement: Statement) -> dict[str, Any]:
    """What stands beside the list of individuals: `organisations`, names `withheld`, how many names were `erased`.

    Names withheld are sorted by their office: the order of signing would tell when somebody signed.
    """
    rows = Signature.objects.filter(statement=statement).with_badges()
    organisations, withheld = rows.none(), rows.none()
    if statement.kind != Statement.Kind.PUBLIC:
        organisations = rows.listed().filter(signs_as=Signature.SignsAs.ORGANISATION)
        withheld = rows.withheld().order_by(Lower("title"), "category")
    return {
        "organisations": list(in_order(organisations)[:MOST_APART]),
        "withheld": list(withheld[:MOST_APART]),
        "erased": len(rows.erased().values_list("pk")[:MOST_APART]),
    }


def in_order(rows: SignatureQuerySet) -> SignatureQuerySet:
    """By the key each chose. Who shows initials comes last: a place in the alphabet would give the name away."""
    shown = Q(display=Signature.Display.FULL)
    key = Case(When(shown, then=Lower("sort_key")), default=Value(""))
    return rows.annotate(accepted_on=ACCEPTED_ON).order_by(
        Case(When(shown, then=0), default=1), key, "accepted_on", "email_digest"
    )


def find_names(statement: Statement, query: str) -> SignatureQuerySet:
    """Those below `statement` whose name, shown in full, holds `query` in whatever script; none for a single letter."""
    key = search_key(query)
    if len(key) < 2:
        return Signature.objects.none()
    return Signature.objects.searchable().filter(statement=statement, search_key__contains=key)


class TalliedPaginator(_Paginator):
    """Is told the number of rows, and opens no more than 200 pages."""

    def __init__(self, rows: SignatureQuerySet, per_page: int, *, total: int) -> None:
        super().__init__(rows, per_page)
        self.total = total

    @cached_property
    def count(self) -> int:
        return min(self.total, self.per_page * 200)
