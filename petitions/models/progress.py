from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models import Source
from petitions.models.statement import Demand, Statement


class DemandStatus(models.Model):
    """What became of a demand as of a day, and where we know it from. Append-only; a later entry corrects."""

    demand = models.ForeignKey(Demand, on_delete=models.CASCADE, related_name="statuses")
    status = models.CharField(_("status"), max_length=14, choices=Demand.Status.choices)
    as_of = models.DateField(_("as of"))
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(_("what happened"), max_length=400)
    note_fa = models.CharField(_("what happened, in Persian"), max_length=400, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(name="petitions_demandstatus_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.demand}: {self.status} ({self.as_of})"


class Milestone(models.Model):
    """A number of signatures, or the goal, that a statement's count reached; noted when it first did."""

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="milestones")
    number = models.PositiveIntegerField()
    is_goal = models.BooleanField(default=False)
    reached_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, help_text=_("When those who asked for news were told"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["statement", "number"], name="petitions_milestone_once")]

    def __str__(self) -> str:
        return f"{self.statement}: {self.number}"
