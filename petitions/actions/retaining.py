"""Retention: what is no longer needed about signatories goes by itself, in short batches that go on after a crash.

Days are set in the environment (`RETENTION_DAYS_...`). Each batch and its figures in `RetentionRun` are one
transaction, so that being killed anywhere leaves no row half done and repeats none.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from petitions.actions.erasing import empty_rows, empty_words
from petitions.actions.following import KEPT_FOR_NEWS, forget_addresses
from petitions.models import (
    Ending,
    ModerationDecision,
    NameWords,
    RetentionRun,
    SealedName,
    Signature,
    SignatureQuerySet,
    Statement,
)
from petitions.models.identity import ERASED, ERASED_REFERENCES, MAY_BE_PUT_AWAY
from petitions.signatories.names import PRINTED, put_away

BATCH = 500
State = Signature.State
Display = Signature.Display
# What a signature shown by initials shows besides; all else about the person goes.
_SHOWN_WITH_INITIALS = {"name", "country", "wants_updates", "updates_wording", "is_protected"}


def run_retention(*, now: datetime, batch: int = BATCH) -> RetentionRun:
    """Does everything that is due at `now` and returns the finished run, the proof that it ran."""
    note_endings(now=now)
    run = RetentionRun.objects.create(started_at=now)
    steps: list[tuple[str, Callable[[], int]]] = [
        ("erased", lambda: _erase_batch(now, batch)),
        ("anonymised", lambda: _anonymise_batch(now, batch)),
        ("anonymised", lambda: _forget_batch(batch)),
        ("names_put_away", lambda: _put_away_batch(now, batch)),
        ("names_destroyed", lambda: _destroy_names(now, batch)),
    ]
    for figure, step in steps:
        while _in_one_transaction(run, figure, step):
            pass
    all_due = (to_erase(now), to_anonymise(now), to_forget(), to_put_away(now), names_to_destroy(now))
    left = sum(due.count() for due in all_due)
    RetentionRun.objects.filter(pk=run.pk).update(finished_at=Now(), left=left)
    run.refresh_from_db()
    return run


def note_endings(*, now: datetime) -> None:
    """Notes since when statements are closed or handed over; one that is open again begins anew."""
    ended = Statement.objects.filter(state__in=[Statement.State.CLOSED, Statement.State.HANDED_OVER])
    Ending.objects.exclude(statement__in=ended).delete()
    missing = ended.filter(ending=None)
    Ending.objects.bulk_create([Ending(statement=row, since=now) for row in missing], ignore_conflicts=True)


def to_erase(now: datetime) -> SignatureQuerySet:
    """Withdrawn long enough ago; refused or taken out, with nothing decided since; never decided before the end.

    Replaced ones go with those that replaced them: what is not public of the same person must not stay behind.
    """
    withdrawn = now - timedelta(days=settings.RETENTION_DAYS_WITHDRAWN)
    refused = now - timedelta(days=settings.RETENTION_DAYS_REFUSED)
    decided_since = ModerationDecision.objects.filter(signature=OuterRef("pk"), at__gt=refused)
    is_refused = Q(state__in=[State.REFUSED, State.REMOVED], created_at__lte=refused) & ~Exists(decided_since)
    is_removed_long = Q(removed_at__isnull=True) | Q(removed_at__lte=refused)
    is_left_waiting = Q(state__in=[State.PENDING, State.ASKED], statement__ending__since__lte=_end_of_use(now))
    is_replaced = Q(state=State.SUPERSEDED) & (
        Q(replaced_by__erased_at__isnull=False) | Q(replaced_by__anonymised_at__isnull=False)
    )
    return Signature.objects.filter(
        Q(state=State.WITHDRAWN, withdrawn_at__lte=withdrawn)
        | (is_refused & is_removed_long)
        | is_left_waiting
        | is_replaced,
        erased_at=None,
    )


def to_anonymise(now: datetime) -> SignatureQuerySet:
    """Counted below a statement that ended long enough ago, with what is not public still there."""
    return Signature.objects.counted().filter(anonymised_at=None, statement__ending__since__lte=_end_of_use(now))


def to_forget() -> SignatureQuerySet:
    """Reduced to what is public, with an address that was left for news which is not wanted any more."""
    return Signature.objects.filter(KEPT_FOR_NEWS)


def to_put_away(now: datetime) -> SignatureQuerySet:
    """Names that are not shown in full, once moderators have had their days to see who shares one."""
    due = now - timedelta(days=settings.RETENTION_DAYS_CLEAR_NAME)
    return Signature.objects.filter(MAY_BE_PUT_AWAY, confirmed_at__lte=due)


def names_to_destroy(now: datetime) -> QuerySet[SealedName]:
    """Sealed names whose statement ended long enough ago; those of erased signatures are gone already."""
    due = now - timedelta(days=settings.RETENTION_DAYS_SEALED_NAME)
    return SealedName.objects.filter(destroyed_at=None, signature__statement__ending__since__lte=due)


def _end_of_use(now: datetime) -> datetime:
    return now - timedelta(days=settings.RETENTION_DAYS_CLOSED)


def _in_one_transaction(run: RetentionRun, figure: str, step: Callable[[], int]) -> int:
    with transaction.atomic():
        number = step()
        RetentionRun.objects.filter(pk=run.pk).update(**{figure: F(figure) + number})
    return number


def _erase_batch(now: datetime, batch: int) -> int:
    due = to_erase(now).select_for_update(of=("self",), skip_locked=True).order_by("pk")
    return empty_rows([row.pk for row in due.only("pk")[:batch]], now=now)


def _anonymise_batch(now: datetime, batch: int) -> int:
    due = to_anonymise(now).select_for_update(of=("self",), skip_locked=True).order_by("pk")
    rows = list(due[:batch])
    for row in rows:
        _keep_what_is_public(row)
        row.anonymised_at = now
        row.save(update_fields=[*ERASED, *ERASED_REFERENCES, "anonymised_at"])
    keys = [row.pk for row in rows]
    empty_words(keys)
    return len(rows)


def _put_away_batch(now: datetime, batch: int) -> int:
    due = to_put_away(now).select_for_update(of=("self",), skip_locked=True).order_by("pk")
    rows = list(due[:batch])
    for row in rows:
        put_away(row)
        row.save(update_fields=["name_behind", *PRINTED])
    NameWords.objects.filter(signature__in=rows).delete()
    return len(rows)


def _forget_batch(batch: int) -> int:
    due = to_forget().select_for_update(of=("self",), skip_locked=True).order_by("pk")
    return forget_addresses([row.pk for row in due.only("pk")[:batch]])


def _keep_what_is_public(row: Signature) -> None:
    """A public name stands as long as the statement, and so does the digest, by which its bearer can take it off.

    The address stays with those alone who asked for news and have not stopped it.
    """
    row.authority = row.name_behind = None
    if not row.wants_updates:
        row.email = row.updates_agreed_at = None
    if row.display == Display.INITIALS and not row.is_protected:
        row.name = row.shown_name
        _empty(row, keep=_SHOWN_WITH_INITIALS)
    elif row.display == Display.HIDDEN and not row.is_protected:
        _empty(row, keep={"wants_updates", "updates_wording", "is_protected"})
    if (row.display == Display.HIDDEN or row.is_protected) and row.email is None:
        row.user, row.email_digest = None, None


def _empty(row: Signature, *, keep: set[str]) -> None:
    for name, value in ERASED.items():
        if name not in keep:
            setattr(row, name, value)


def _destroy_names(now: datetime, batch: int) -> int:
    keys = list(names_to_destroy(now).order_by("pk").values_list("pk", flat=True)[:batch])
    return SealedName.objects.filter(pk__in=keys, destroyed_at=None).update(
        ciphertext=None, first_share=None, second_share=None, destroyed_at=now
    )
