from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from outbox.addresses import SealedBytesField
from petitions.models.statement import Statement


class PaperBatchQuerySet(models.QuerySet["PaperBatch"]):
    def checked(self) -> PaperBatchQuerySet:
        return self.filter(checked_at__isnull=False)


class PaperBatch(models.Model):
    """Sheets signed on paper: how many, who answers for them, and a scan. Counted apart, after a second person's look.

    The scan names people: it lies encrypted in the database, and no public page leads to it.
    """

    LARGEST_SCAN: ClassVar[int] = 10 * 1024 * 1024

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="paper_batches")
    claimed = models.PositiveIntegerField(_("signatures on the sheets"))
    place = models.CharField(_("where they were collected"), max_length=160)
    collected_on = models.DateField(_("when they were collected"))
    responsible = models.CharField(_("who answers for them"), max_length=160)
    scan = SealedBytesField()
    scan_sha256 = models.CharField(max_length=64)
    scan_type = models.CharField(max_length=20)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    accepted = models.PositiveIntegerField(_("signatures that stand"), null=True)
    note = models.CharField(_("what was found"), max_length=500, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)

    objects = PaperBatchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["statement", "scan_sha256"], name="petitions_paperbatch_scan_once"),
            models.CheckConstraint(
                name="petitions_paperbatch_checked_by_second_person",
                condition=Q(checked_at__isnull=True, checked_by__isnull=True, accepted__isnull=True)
                | (
                    Q(checked_at__isnull=False, checked_by__isnull=False, accepted__isnull=False)
                    & ~Q(checked_by=F("entered_by"))
                ),
            ),
            models.CheckConstraint(
                name="petitions_paperbatch_accepts_no_more_than_claimed",
                condition=Q(accepted__isnull=True) | Q(accepted__lte=F("claimed")),
            ),
            models.CheckConstraint(name="petitions_paperbatch_claims_some", condition=Q(claimed__gt=0)),
        ]
        triggers = [
            pgtrigger.Protect(
                name="petitions_paperbatch_checked_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.checked_at IS NOT NULL"),
            ),
            pgtrigger.Protect(
                name="petitions_paperbatch_as_entered",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "statement", "claimed", "place", "collected_on", "responsible", "scan", "scan_sha256", "entered_by"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"paper batch {self.pk} of {self.statement_id}"
