"""An expert connects an ORCID iD that was proved, shows it or not, and disconnects it."""

from datetime import datetime

from django.db import transaction

from accounts.models import User, Verification
from accounts.orcid import OrcidProof, address_of
from accounts.verification import LASTS

Method = Verification.Method
Ending = Verification.Ending


class OrcidTakenError(Exception):
    """The iD is connected to another account."""


class OrcidTakenBackError(Exception):
    """Staff took this iD back from this person; a person has to look at it again."""


def connect_orcid(*, by: User, proof: OrcidProof, is_public: bool, now: datetime) -> Verification:
    """Record that `by` proved the iD; an earlier iD of theirs ends. `is_public`: the iD may stand beside the name.

    Raises `OrcidTakenError` and `OrcidTakenBackError`.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=by.pk)
        same = Verification.objects.filter(method=Method.ORCID, orcid=proof.orcid)
        if same.filter(user=user, ending=Ending.REVOKED).exists():
            raise OrcidTakenBackError
        _end(user, ending=Ending.RENEWED, now=now)
        # Who comes at the same time waits here for the unique rule, and then gets nothing.
        row = Verification(
            user=user,
            method=Method.ORCID,
            orcid=proof.orcid,
            evidence="\n".join(filter(None, [address_of(proof.orcid), proof.name])),
            is_public=is_public,
            checked_at=now,
            expires_at=now + LASTS[Method.ORCID],
        )
        Verification.objects.bulk_create([row], ignore_conflicts=True)
        connected = same.filter(user=user, revoked_at__isnull=True).first()
        if connected is None:
            raise OrcidTakenError
        return connected


def show_orcid(*, by: User, is_public: bool) -> None:
    """Agree, or no longer agree, that the connected iD stands beside the name."""
    by.verifications.filter(method=Method.ORCID, revoked_at__isnull=True).update(is_public=is_public)


def disconnect_orcid(*, by: User, now: datetime) -> bool:
    """End the connection; whether there was one. Signatures keep what was known on their day, without the iD."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=by.pk)
        return _end(user, ending=Ending.DISCONNECTED, now=now)


def _end(user: User, *, ending: str, now: datetime) -> bool:
    rows = user.verifications.filter(method=Method.ORCID, revoked_at__isnull=True)
    return bool(rows.update(revoked_at=now, revoked_by=user, ending=ending, is_public=False))
