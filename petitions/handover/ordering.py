"""The order of the names, by rule: no hand moves one name up.

Newest version first; in it those whom staff pinned (their order is stored with the dossier), then people by category
(the order of `ExpertProfile.Category`, without one last) and alphabetically (text/alphabet.py: script by script), then
organisations. Sorted by is the signatory's own sort key, else the name as printed; no program knows which word of a
name is the family's. Who is shown by initials is sorted by the initials alone: their place must not tell the name.
"""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from petitions.handover.claims import lock_own
from petitions.handover.entries import CATEGORIES, ORGANISATIONS, PEOPLE, PINNED
from petitions.models import Handover, HandoverLine, Signature, SignatureQuerySet
from petitions.models.estimating import estimate_anew
from text.alphabet import alphabet_key
from text.names import initials_of

BATCH = 5_000
_COPY = "COPY petitions_handoverline (handover_id, place, signature_id) FROM STDIN"
_HIDDEN = "9"
_GROUPS = {"0": PINNED, "1": PEOPLE, "2": ORGANISATIONS}


def members_of(handover: Handover) -> SignatureQuerySet:
    """The frozen set: what counts now and was counted by `handover.as_of` already. It can shrink and never grows."""
    counted = Signature.objects.counted().filter(statement=handover.statement_id)
    # Who signs a newer version keeps the day of the first acceptance, but had not signed it before.
    rows = counted.filter(accepted_at__lte=handover.as_of, created_at__lte=handover.as_of)
    number = handover.version.number
    return (
        rows.filter(version_number__lte=number) if handover.covers_all_versions else rows.filter(version_number=number)
    )


@transaction.atomic
def sort_some(handover: Handover, *, now: datetime) -> None:
    """Puts the next `BATCH` members in their place and remembers how far it came. DossierTakenError.

    The row is locked last and for a moment: a name that is taken back at this time has to write to it.
    """
    place_some(handover)
    if handover.is_sorted:
        estimate_anew(HandoverLine)
    lock_own(handover)
    handover.claimed_at = now
    handover.save(update_fields=["sorted_at", "sorted_up_to", "is_sorted", "claimed_at"])


def place_some(handover: Handover) -> None:
    """Writes the lines of the next `BATCH` members. How far it came stands in `handover` alone, which is not saved."""
    members = members_of(handover)
    if handover.sorted_at is not None:
        later = Q(accepted_at__gt=handover.sorted_at) | Q(accepted_at=handover.sorted_at, pk__gt=handover.sorted_up_to)
        members = members.filter(later, accepted_at__gte=handover.sorted_at)
    columns = (
        "accepted_at",
        "pk",
        "version_number",
        "display",
        "signs_as",
        "category",
        "name",
        "sort_key",
        "organisation",
        "title",
        "is_protected",
    )
    rows = list(members.order_by("accepted_at", "pk").values_list(*columns)[:BATCH])
    pinned = {pk: place for place, pk in enumerate(handover.pinned)}
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for _at, pk, *row in rows:
            copy.write_row((handover.pk, place_of(*row, pinned=pinned.get(pk)), pk))
    if rows:
        handover.sorted_at, handover.sorted_up_to = rows[-1][:2]
    handover.is_sorted = len(rows) < BATCH


def place_of(
    version: int,
    display: str,
    signs_as: str,
    category: str,
    name: str,
    sort_key: str,
    organisation: str,
    title: str,
    is_protected: bool,
    *,
    pinned: int | None = None,
) -> str:
    """What the lines are ordered by, code point by code point; its fifth letter is the group (`group_of`)."""
    newest_first = f"{9999 - version:04}"
    if display == Signature.Display.HIDDEN:
        return newest_first + _HIDDEN
    if display == Signature.Display.INITIALS:
        printed, sorted_by, category = initials_of(name), initials_of(name), ""
    else:
        printed, sorted_by = name, sort_key or name
    if is_protected:
        printed = sorted_by = title
    rank = CATEGORIES.index(category) if category in CATEGORIES else 99
    group = f"1{rank:02}"
    if signs_as == Signature.SignsAs.ORGANISATION:
        group, sorted_by = "2", (organisation or sorted_by) if display == Signature.Display.FULL else sorted_by
    if pinned is not None and display == Signature.Display.FULL:
        group = f"0{pinned:04}"
    return f"{newest_first}{group} {alphabet_key(sorted_by)[:400]}\x01{printed[:120]}"


def group_of(place: str) -> str | None:
    """The list a line stands in; None for who is counted and not listed."""
    return _GROUPS.get(place[4])


def forget_order(handover: Handover) -> None:
    """Takes the lines away, in batches: they hold names and are of no use once the lists and the annex are written.

    Those of another beginning are left alone. Call it outside of a transaction where there may be many: who takes a
    name back writes to the dossier's row, and must not wait for a million lines.
    """
    own = HandoverLine.objects.filter(handover=handover, handover__generation=handover.generation)
    while HandoverLine.objects.filter(pk__in=own.values("pk")[:BATCH]).delete()[0]:
        pass


def lines_of(handover: Handover, columns: tuple[str, ...], *, only: Q | None = None, after: int = 0) -> Any:
    """Each line in order as (place, *columns of its signature), `BATCH` at a time: the memory does not grow.

    `only` chooses among the lines; `after`, the key of a signature, passes over the lines up to its own.

    Who stopped counting since is passed over; the trigger on signatures has noted that, and the dossier begins anew.
    """
    names = ("place", "signature_id", *(f"signature__{column}" for column in columns))
    rows = HandoverLine.objects.filter(handover=handover, signature__state=Signature.State.ACCEPTED)
    rows = rows.filter(only) if only is not None else rows
    last: tuple[Any, ...] | None = None
    if after:
        last = (
            HandoverLine.objects.filter(handover=handover, signature=after).values_list("place", "signature_id").first()
        )
    while True:
        some = rows
        if last is not None:
            some = rows.filter(Q(place__gt=last[0]) | Q(place=last[0], signature_id__gt=last[1]), place__gte=last[0])
        batch = list(some.order_by("place", "signature_id").values_list(*names)[:BATCH])
        for row in batch:
            yield (row[0], *row[2:])
        if len(batch) < BATCH:
            return
        last = batch[-1]
