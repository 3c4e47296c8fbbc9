from __future__ import annotations

import pgtrigger
from django.db import models

from petitions.models.statement import Statement


class Ending(models.Model):
    """A statement that can no longer be signed, and since when we know: from then on its retention runs."""

    statement = models.OneToOneField(Statement, on_delete=models.CASCADE, related_name="ending")
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"end of {self.statement_id}"


class RetentionRun(models.Model):
    """Proof that retention ran: when, what it did, and how much was left to do (0 unless it was stopped)."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    erased = models.PositiveIntegerField(default=0)
    anonymised = models.PositiveIntegerField(default=0)
    names_put_away = models.PositiveIntegerField(default=0)
    names_destroyed = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="petitions_retentionrun_finished_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.finished_at IS NOT NULL"),
            )
        ]

    def __str__(self) -> str:
        return f"retention of {self.started_at:%Y-%m-%d %H:%M}"
