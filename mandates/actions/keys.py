from datetime import datetime

from django.db import transaction

from accounts.models import User
from mandates.models import ContactPoint
from outbox import openpgp


@transaction.atomic
def set_key(*, contact_point: ContactPoint, armored: str, by: User, now: datetime) -> ContactPoint:
    """From now on letters to this address are encrypted to the OpenPGP key `armored`.

    What was approved before stays here: it is not encrypted to this key. UnusableKeyError when nothing can be.
    """
    key = openpgp.read_key(armored, now=now)
    return _keep(contact_point, key.armored, key.fingerprint, key.expires_at)


@transaction.atomic
def remove_key(*, contact_point: ContactPoint, by: User, now: datetime) -> ContactPoint:
    """Letters to this address leave in plain words again; what was approved for the key stays here."""
    return _keep(contact_point, "", "", None)


def _keep(contact_point: ContactPoint, armored: str, fingerprint: str, expires_at: datetime | None) -> ContactPoint:
    point = ContactPoint.objects.select_for_update().get(pk=contact_point.pk)
    point.openpgp_key, point.openpgp_fingerprint, point.openpgp_expires_at = armored, fingerprint, expires_at
    point.save(update_fields=["openpgp_key", "openpgp_fingerprint", "openpgp_expires_at"])
    return point
