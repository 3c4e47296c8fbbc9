"""Telling people, once, that what shows who they are will end."""

from datetime import datetime

from django.db import transaction

from accounts.actions.telling import tell
from accounts.models import Verification
from accounts.verification import RENEWED_BEFORE_END


def remind_expiring(*, now: datetime) -> int:
    """Write to those whose verification ends within 30 days and was not renewed; returns to how many. Each once."""
    told = 0
    ending = Verification.objects.valid_at(now).filter(
        expires_at__lte=now + RENEWED_BEFORE_END, reminded_at__isnull=True
    )
    for pk in list(ending.order_by("expires_at").values_list("pk", flat=True)[:500]):
        with transaction.atomic():
            row = Verification.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
            if row is None or row.reminded_at is not None or not row.is_valid_at(now):
                continue
            row.reminded_at = now
            row.save(update_fields=["reminded_at"])
            same = row.user.verifications.valid_at(now).filter(method=row.method)
            if row.user.is_active and not same.exclude(expires_at__lte=row.expires_at).exists():
                tell(user=row.user, template="verification_ends", now=now, verification=row)
                told += 1
    return told
