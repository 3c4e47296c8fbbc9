"""A moderator's hand: waiting signatures kept for one person for a while, so that two do not read the same."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from petitions.errors import OwnSignatureError, StateChangedError
from petitions.models import Reservation, SetAside, Signature

# Looks again when colleagues were faster at the same moment.
_ATTEMPTS = 3


@transaction.atomic
def take_hand(*, by: User, now: datetime) -> list[Signature]:
    """Keeps the oldest waiting signatures that nobody else holds for `by`, up to `HAND_SIZE`; the whole hand.

    What is in the hand already is kept longer. Not offered: the own signature, and what `by` set aside.
    """
    until = now + timedelta(minutes=settings.HAND_MINUTES)
    _hand(by, now=now).update(until=until)
    for _attempt in range(_ATTEMPTS):
        missing = settings.HAND_SIZE - _hand(by, now=now).count()
        if missing <= 0 or not _take(missing, by=by, now=now, until=until):
            break
    return list(Signature.objects.filter(reservation__in=_hand(by, now=now)).order_by("confirmed_at", "pk"))


def _take(number: int, *, by: User, now: datetime, until: datetime) -> int:
    """Tries for `number` more; how many it tried for, some of which a colleague may have had first."""
    waiting = (
        Signature.objects.filter(state=Signature.State.PENDING)
        .exclude(user=by)
        .exclude(set_aside__by=by)
        .exclude(reservation__in=Reservation.objects.valid_at(now))
    )
    # A colleague who takes at this moment has these rows locked, and we go past them.
    locked = waiting.order_by("confirmed_at", "pk").select_for_update(skip_locked=True, of=("self",))[:number]
    taken = [row.pk for row in locked]
    Reservation.objects.filter(signature__in=taken, until__lte=now).delete()
    # Who committed between our look and our lock has a row already: one signature, one row, and theirs stands.
    rows = [Reservation(signature_id=pk, by=by, until=until) for pk in taken]
    Reservation.objects.bulk_create(rows, ignore_conflicts=True)
    return len(taken)


@transaction.atomic
def release_hand(*, by: User, signature: Signature | None = None) -> int:
    """Gives the hand back, or one signature of it; how many."""
    rows = Reservation.objects.filter(by=by)
    return (rows.filter(signature=signature) if signature else rows).delete()[0]


@transaction.atomic
def set_aside(*, signature: Signature, by: User, now: datetime) -> SetAside:
    """Leaves a waiting signature to a colleague; twice changes nothing. No decision, and the signatory is not told.

    Raises `StateChangedError` when it does not wait any more, `OwnSignatureError`.
    """
    signature = Signature.objects.select_for_update().get(pk=signature.pk)
    if signature.state not in {Signature.State.PENDING, Signature.State.ASKED}:
        raise StateChangedError
    if signature.user_id == by.pk:
        raise OwnSignatureError
    release_hand(by=by, signature=signature)
    row, _is_new = SetAside.objects.get_or_create(signature=signature, by=by, defaults={"at": now})
    return row


def _hand(by: User, *, now: datetime) -> QuerySet[Reservation]:
    return Reservation.objects.valid_at(now).filter(by=by, signature__state=Signature.State.PENDING)
