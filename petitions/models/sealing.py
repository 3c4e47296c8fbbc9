from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from petitions.models.signature import Signature


class Custodian(models.Model):
    """A member of staff who holds one half of every sealed name. The private key opens with their passphrase alone."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="custodians")
    public_key = models.BinaryField(max_length=32)
    private_key = models.BinaryField(max_length=200)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(retired_at__isnull=True), name="petitions_custodian_one_key"
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="petitions_custodian_key_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("user", "public_key", "private_key", "created_at"),
            )
        ]

    def __str__(self) -> str:
        return str(self.user)


class SealedName(models.Model):
    """Who a protected signatory is: under a key of which each of two custodians holds one half."""

    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, related_name="sealed_name")
    ciphertext = models.BinaryField(null=True)
    first = models.ForeignKey(Custodian, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Custodian, on_delete=models.PROTECT, related_name="+")
    first_share = models.BinaryField(null=True)
    second_share = models.BinaryField(null=True)
    sealed_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="petitions_sealedname_two_people", condition=~Q(first=F("second"))),
            models.CheckConstraint(
                name="petitions_sealedname_whole_or_destroyed",
                condition=Q(
                    destroyed_at__isnull=True,
                    ciphertext__isnull=False,
                    first_share__isnull=False,
                    second_share__isnull=False,
                )
                | Q(
                    destroyed_at__isnull=False,
                    ciphertext__isnull=True,
                    first_share__isnull=True,
                    second_share__isnull=True,
                ),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="petitions_sealedname_changes_to_destroyed_only",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.destroyed_at IS NOT NULL OR NEW.destroyed_at IS NULL"),
            )
        ]

    def __str__(self) -> str:
        return f"sealed name of signature {self.signature_id}"

    def other_than(self, custodian: Custodian) -> Custodian:
        """The one who holds the other half."""
        return self.second if custodian.pk == self.first_id else self.first


class NameOpening(models.Model):
    """One custodian asked, with a reason; the other consented within the hour, or it lapsed. The log of openings."""

    LIFE: ClassVar[timedelta] = timedelta(hours=1)

    sealed_name = models.ForeignKey(SealedName, on_delete=models.PROTECT, related_name="openings")
    asked_by = models.ForeignKey(Custodian, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    asked_at = models.DateTimeField()
    # The asker's half, sealed for the other custodian alone; gone once it is used or has lapsed.
    passed_share = models.BinaryField(null=True)
    opened_by = models.ForeignKey(Custodian, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sealed_name"], condition=Q(passed_share__isnull=False), name="petitions_nameopening_one_open"
            ),
            models.CheckConstraint(
                name="petitions_nameopening_by_two",
                condition=Q(opened_by__isnull=True, opened_at__isnull=True)
                | (Q(opened_at__isnull=False, passed_share__isnull=True) & ~Q(opened_by=F("asked_by"))),
            ),
            models.CheckConstraint(name="petitions_nameopening_has_reason", condition=~Q(reason="")),
        ]
        triggers = [
            pgtrigger.Protect(name="petitions_nameopening_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="petitions_nameopening_ends_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.passed_share IS NULL OR NEW.passed_share IS NOT NULL"
                    " OR (OLD.sealed_name_id, OLD.asked_by_id, OLD.reason, OLD.asked_at)"
                    " IS DISTINCT FROM (NEW.sealed_name_id, NEW.asked_by_id, NEW.reason, NEW.asked_at)"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"opening {self.pk} of {self.sealed_name}"
