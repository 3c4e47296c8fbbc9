"""Asking for a dossier, building it, looking at it; what is done when a name in it changes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from outbox import openpgp
from outbox.bell import ring_on_commit
from petitions.errors import (
    DossierStaleError,
    DossierStateError,
    DossierTakenError,
    NoFrozenVersionError,
    SecondPersonError,
)
from petitions.handover import ordering, steps, store
from petitions.handover.checking import MOST_AT_ONCE, Check, check_again
from petitions.handover.claims import lock_own, take_turn
from petitions.models import Handover, HandoverEvent, HandoverLine, HandoverQuerySet, Signature, Statement
from petitions.transparency.checkpoints import latest_checkpoint

BUILD = "petitions.build_dossiers"
What = HandoverEvent.What
# A signature whose transaction began before this much ago is committed by now, or never.
SETTLED = timedelta(seconds=60)
MOST_RESTARTS, MOST_FAILURES = 3, 3
# The note of a failure that the desk says in plain words.
NO_ROOM = "no room"


@dataclass(frozen=True)
class Asked:
    """What a dossier is to be. `pinned` stand first, in this order; `annex_key` is armored, "" for no annex."""

    addressee: str
    language: str = "en"
    planned_on: date | None = None
    covers_all_versions: bool = False
    pinned: Sequence[Signature] = field(default=())
    annex_key: str = ""


@transaction.atomic
def request_dossier(*, statement: Statement, asked: Asked, by: User, now: datetime) -> Handover:
    """A row for a dossier of the newest version, of what was counted a minute ago; a worker builds it.

    Raises `NoFrozenVersionError` and, for a key that does not serve, `openpgp.UnusableKeyError`.
    """
    version = statement.current_version()
    if version is None or not Statement.objects.published().filter(pk=statement.pk).exists():
        raise NoFrozenVersionError
    key = openpgp.read_key(asked.annex_key, now=now) if asked.annex_key else None
    handover = Handover.objects.create(
        statement=statement,
        version=version,
        covers_all_versions=asked.covers_all_versions,
        language=asked.language,
        as_of=(now - SETTLED).replace(microsecond=0),
        pinned=[signature.pk for signature in asked.pinned],
        addressee=asked.addressee,
        planned_on=asked.planned_on,
        annex_key=key.armored if key else "",
        annex_key_fingerprint=key.fingerprint if key else "",
        requested_by=by,
        requested_at=now,
        checkpoint=latest_checkpoint(),
    )
    write_event(handover, What.REQUESTED, by=by, now=now)
    ring_on_commit(BUILD)
    return handover


@transaction.atomic
def claim_dossier(*, now: datetime) -> Handover | None:
    """The oldest dossier to build that no living worker has, now this worker's; None when there is none."""
    waiting = Handover.objects.filter(state=Handover.State.BUILDING)
    free = waiting.filter(Q(claimed_at=None) | Q(claimed_at__lt=now - Handover.LEASE)).order_by("requested_at", "pk")
    for pk in free.values_list("pk", flat=True)[:5]:
        taken = free.order_by().filter(pk=pk).update(claimed_at=now, generation=F("generation") + 1)
        if taken:
            return Handover.objects.select_related("statement", "version__statement").get(pk=pk)
    return None


def build_dossier(*, handover: Handover) -> Handover:
    """Takes all steps that are left of a claimed dossier. Begins anew when a name in it changed meanwhile.

    An error leaves the row to the next sweep, and after `MOST_FAILURES` to a person. When another worker has taken it
    over meanwhile, nothing more is done, and the row returned says nothing.
    """
    try:
        while True:
            while steps.take_step(handover, now=timezone.now()):
                pass
            ordering.forget_order(handover)
            if _finish(handover, now=timezone.now()):
                return handover
    except DossierTakenError:
        return handover
    except Exception as error:
        _note_failure(handover, error, now=timezone.now())
        raise
    finally:
        store.leave_workshop(handover)


@transaction.atomic
def _finish(handover: Handover, *, now: datetime) -> bool:
    """Closes the dossier and returns True, or empties it because a name in it changed while it was built."""
    row = lock_own(handover)
    if row.names_changed_at is not None and row.restarts < MOST_RESTARTS:
        restart(row, now=now)
        handover.refresh_from_db()
        return False
    store.tidy(row, keep=set(row.files.values_list("name", flat=True)))
    is_stale = row.names_changed_at is not None
    row.state = Handover.State.FAILED if is_stale else Handover.State.BUILT
    row.built_at = None if is_stale else now
    row.save(update_fields=["state", "built_at"])
    write_event(row, What.FAILED if is_stale else What.BUILT, now=now)
    handover.refresh_from_db()
    return True


def restart(row: Handover, *, now: datetime) -> None:
    """Empties a locked dossier that is being built; it holds the same moment as before."""
    row.files.all().delete()
    HandoverLine.objects.filter(handover=row).delete()
    row.figures, row.is_sorted, row.sorted_at, row.sorted_up_to = {}, False, None, 0
    row.annexed_up_to = 0
    row.generation += 1
    row.steps_done, row.names_changed_at, row.claimed_at, row.restarts = 0, None, now, row.restarts + 1
    row.save()


@transaction.atomic
def _note_failure(handover: Handover, error: Exception, *, now: datetime) -> None:
    """Writes the failure down; after the last one the dossier is given up, with the files it had."""
    row = Handover.objects.select_for_update().get(pk=handover.pk)
    if row.generation != handover.generation:
        return
    row.failures += 1
    row.claimed_at = None
    is_last = row.failures >= MOST_FAILURES
    if is_last:
        row.state = Handover.State.FAILED
        row.files.all().delete()
        ordering.forget_order(row)
        # The kind of error alone: its words may hold a name.
        write_event(row, What.FAILED, now=now, note=NO_ROOM if store.is_disk_full(error) else type(error).__name__)
    row.save(update_fields=["failures", "claimed_at", "state"])
    if is_last:
        # Who tries again begins anew, and waits for this row; half a dossier would hold names for nothing.
        store.destroy(row)


@transaction.atomic
def retry_dossier(*, handover: Handover, by: User, now: datetime) -> Handover:
    """Builds a dossier that failed, or whose files were destroyed before anybody approved it, from the beginning.

    The moment stays. `DossierStateError` when it was approved, is being built, or is compared right now.
    """
    row = Handover.objects.select_for_update().get(pk=handover.pk)
    is_good = row.state == Handover.State.BUILT and row.is_fresh
    if row.approved_at is not None or row.state == Handover.State.BUILDING or is_good:
        raise DossierStateError
    take_turn(row)
    row.state, row.failures, row.restarts, row.built_at, row.files_destroyed_at = (
        Handover.State.BUILDING,
        0,
        0,
        None,
        None,
    )
    row.save(update_fields=["state", "built_at", "files_destroyed_at"])
    restart(row, now=now)
    Handover.objects.filter(pk=row.pk).update(claimed_at=None, restarts=0, failures=0)
    write_event(row, What.RETRIED, by=by, now=now)
    ring_on_commit(BUILD)
    return row


@transaction.atomic
def approve_dossier(*, handover: Handover, by: User, now: datetime) -> Handover:
    """A second person looked at the files: the dossier may leave the house.

    Raises `SecondPersonError` for who asked for it, `DossierStateError` unless it is built, `DossierStaleError` when a
    name in it changed since.
    """
    row = Handover.objects.select_for_update().get(pk=handover.pk)
    if row.state != Handover.State.BUILT:
        raise DossierStateError
    if row.approved_at is not None:
        return row
    if row.requested_by_id == by.pk:
        raise SecondPersonError
    if not row.is_fresh:
        raise DossierStaleError
    row.approved_by, row.approved_at = by, now
    row.save(update_fields=["approved_by", "approved_at"])
    write_event(row, What.APPROVED, by=by, now=now)
    return row


@transaction.atomic
def note_opening(*, handover: Handover, name: str, by: User, now: datetime) -> None:
    """Writes down who takes a file out of the house, before it is handed to them."""
    write_event(handover, What.OPENED, by=by, now=now, note=name)


@transaction.atomic
def check_dossier(*, handover: Handover, by: User, now: datetime) -> Check:
    """Builds a finished dossier again and says which files come out byte for byte; one check at a time.

    `DossierStateError` when it is not built, has more than `MOST_AT_ONCE` names, or somebody compares it right now.
    """
    take_turn(handover)
    row = Handover.objects.get(pk=handover.pk)
    if row.state != Handover.State.BUILT or int(row.figures["counted"]) > MOST_AT_ONCE:
        raise DossierStateError
    check = check_again(row)
    write_event(row, What.CHECKED, by=by, now=now, note=", ".join(check.different))
    return check


def destroy_stale_files(*, now: datetime) -> int:
    """Destroys our copies of dossiers with a name that may not be shown like that any more; returns how many.

    What was handed over is not ours to take back: its hashes stay, and whoever has it can still prove what it is.
    """
    stale = Handover.objects.filter(names_changed_at__isnull=False, files_destroyed_at__isnull=True)
    stale = stale.exclude(state=Handover.State.BUILDING)
    store.forget_trials(now=now)
    return sum(_destroy_files(stale, pk, now=now) for pk in stale.values_list("pk", flat=True))


@transaction.atomic
def _destroy_files(stale: HandoverQuerySet, pk: int, *, now: datetime) -> bool:
    """Destroys one dossier's files, unless somebody began it anew since: then they are another worker's."""
    row = stale.select_for_update().filter(pk=pk).first()
    if row is None:
        return False
    store.destroy(row)
    row.files_destroyed_at = now
    row.save(update_fields=["files_destroyed_at"])
    write_event(row, What.DESTROYED, now=now)
    return True


def write_event(
    handover: Handover, what: HandoverEvent.What, *, now: datetime, by: User | None = None, note: str = ""
) -> HandoverEvent:
    return HandoverEvent.objects.create(handover=handover, what=what, by=by, at=now, note=note)
