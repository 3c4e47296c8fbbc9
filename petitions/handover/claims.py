"""Whose a dossier is: one worker builds it, one person compares it, and neither disturbs who takes a name back.

Each claim and each new beginning raises `Handover.generation`. A worker that froze for longer than its lease still
holds an old number, and whatever it writes down after that is refused.
"""

from django.db import connection

from petitions.errors import DossierBusyError, DossierTakenError
from petitions.models import Handover

_LANE = 0xD055  # our own number for advisory locks; the second one is the dossier's


def lock_own(handover: Handover) -> Handover:
    """The row of a dossier that is being built, locked. DossierTakenError when it is not this worker's any more."""
    row = Handover.objects.select_for_update(no_key=True).get(pk=handover.pk)
    if row.state != Handover.State.BUILDING or row.generation != handover.generation:
        raise DossierTakenError
    return row


def take_turn(handover: Handover) -> None:
    """Lets nobody else compare a finished dossier, or begin it anew, until the transaction ends. DossierBusyError.

    A lock of its own: withdrawing a signature writes to the row of the dossier, and must never wait for a comparison.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LANE, handover.pk])
        if cursor.fetchone() != (True,):
            raise DossierBusyError
