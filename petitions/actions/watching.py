"""The watch list, and what a second channel showed about a signature that it holds."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import IntegrityError, transaction

from accounts.models import User
from petitions.errors import OwnConfirmationError, OwnSignatureError, PetitionsError, SecondChannelMissingError
from petitions.models import SecondChannel, Signature, SignatureQuerySet, WatchedName
from petitions.moderation.importing_names import ReadName
from petitions.moderation.name_words import bearers_of, unnoted
from text.likeness import Catalogue

# Looked at one by one while a page is asked for.
MOST_UNREAD = 5000
WATCHED = Signature.ReviewReason.WATCHED


class WatchedAlreadyError(PetitionsError):
    """The name is on the list."""


class NotHeldError(PetitionsError):
    """The signature does not wait for a second channel."""


@dataclass(frozen=True)
class NameToWatch:
    """One entry of the list, cleaned; `spellings` has one on each line, `why` is a `WatchedName.Why`."""

    name: str
    spellings: str
    why: str
    source: str
    note: str = ""


def watch_name(*, entry: NameToWatch, by: User, now: datetime, is_demonstration: bool = False) -> WatchedName:
    """Put a name on the list; signatures that wait under a name like it are held. Raises `WatchedAlreadyError`.

    Those counted already stay counted: `counted_under` finds them for a person's look.
    """
    try:
        with transaction.atomic():
            row = WatchedName.objects.create(
                name=entry.name,
                spellings=entry.spellings,
                why=entry.why,
                source=entry.source,
                note=entry.note,
                added_by=by,
                added_at=now,
                is_demonstration=is_demonstration,
            )
            waiting = Signature.objects.waiting().exclude(review_reason=WATCHED)
            alike = list(_alike(row, waiting, waiting.filter(name_words=None)))
            Signature.objects.waiting().filter(pk__in=alike).update(review_reason=WATCHED)
    except IntegrityError as error:
        if "petitions_watchedname_once" not in str(error):
            raise
        raise WatchedAlreadyError from error
    return row


def counted_under(watched: WatchedName) -> list[Signature]:
    """The signatures that are counted under a name like `watched` and were never held for it; 100 at most.

    By index, and the newest that the worker has not noted one by one, 5,000 of them: see `are_names_unread`.
    """
    counted = Signature.objects.counted().exclude(review_reason=WATCHED)
    unread = unnoted(counted).order_by("pk")[:MOST_UNREAD]
    found = islice(_alike(watched, counted, unread), 100)
    return list(counted.filter(pk__in=list(found)).select_related("statement", "text"))


def are_names_unread() -> bool:
    """Whether the worker is so far behind that `counted_under` may miss some."""
    return unnoted(Signature.objects.counted()).order_by("pk")[MOST_UNREAD:].exists()


def _alike(watched: WatchedName, signatures: SignatureQuerySet, unread: SignatureQuerySet) -> Iterator[int]:
    """The numbers of those of `signatures` like `watched`: candidates by index, and `unread`, by the exact rule."""
    catalogue = Catalogue((0, spelling) for spelling in watched.all_spellings)
    noted = signatures.filter(pk__in=bearers_of(watched.all_spellings))
    for rows in (noted, unread):
        for pk, *names in rows.values_list("pk", "name", "original_name").iterator(chunk_size=2000):
            if any(catalogue.find(name) for name in names if name):
                yield pk


def retire_watched_name(*, watched: WatchedName, by: User, now: datetime) -> None:
    """Take a name off the list; what it holds stays held. Doing it twice changes nothing."""
    WatchedName.objects.watched().filter(pk=watched.pk).update(retired_by=by, retired_at=now)


@transaction.atomic
def record_second_channel(
    *, signature: Signature, channel: str, finding: str, what: str, by: User, now: datetime
) -> SecondChannel:
    """Record what `by` found over a second channel; a colleague then decides. The last finding counts.

    Raises `OwnSignatureError` and `NotHeldError` (it is not held for its name, or is decided).
    """
    signature = Signature.objects.select_for_update(of=("self",)).get(pk=signature.pk)
    if signature.user_id == by.pk:
        raise OwnSignatureError
    waits = signature.state in {Signature.State.PENDING, Signature.State.ASKED}
    if signature.review_reason != WATCHED or not waits:
        raise NotHeldError
    return SecondChannel.objects.create(signature=signature, channel=channel, finding=finding, what=what, by=by, at=now)


def require_second_channel(signature: Signature, *, by: User) -> None:
    """Nothing for a signature that is not held; raises `SecondChannelMissingError`, `OwnConfirmationError`.

    The database refuses the same (`petitions.models.holding`).
    """
    if signature.review_reason != WATCHED:
        return
    last = signature.second_channels.order_by("-at", "-pk").first()
    if last is None or last.finding == SecondChannel.Finding.DENIED:
        raise SecondChannelMissingError
    if last.by_id == by.pk:
        raise OwnConfirmationError


def import_names(*, rows: Iterable[ReadName], by: User, now: datetime) -> int:
    """Put the good and new ones of `rows` on the list, all or none; returns how many."""
    with transaction.atomic():
        good = [row for row in rows if row.is_new and not row.problem]
        for row in good:
            entry = NameToWatch(name=row.name, spellings=row.spellings, why=row.why, source=row.source, note=row.note)
            watch_name(entry=entry, by=by, now=now)
    return len(good)
