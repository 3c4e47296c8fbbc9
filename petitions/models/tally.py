from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Q

from accounts.models import ExpertProfile
from petitions.models.moderation import ModerationDecision
from petitions.models.signature import Signature
from petitions.models.statement import Statement


class Tally(models.Model):
    """The public count of a statement. Written by petitions/counts/counting.py and by nothing else."""

    statement = models.OneToOneField(Statement, on_delete=models.CASCADE, related_name="tally")
    counted = models.PositiveIntegerField(default=0)
    pending = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    # Parts of `counted`: names not shown at the signatory's wish, and signatories invented for the demonstration.
    hidden = models.PositiveIntegerField(default=0)
    demonstration = models.PositiveIntegerField(default=0)
    by_proof = models.JSONField(default=dict)
    by_version = models.JSONField(default=dict)
    by_display = models.JSONField(default=dict)
    # Of those whose names are shown: who asked not to be shown is not made out by an office.
    by_category = models.JSONField(default=dict)
    # Every country, also those of one person: the public reads `countries_shown` (petitions/counts/disclosure.py).
    by_country = models.JSONField(default=dict)
    # Why staff refused or took out: {"refused": {reason: number}, "removed": {...}}.
    by_reason = models.JSONField(default=dict)
    countries_shown = models.JSONField(default=dict)
    countries_on = models.DateField(null=True)
    counted_at = models.DateTimeField(null=True)
    recounted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.statement}: {self.counted}"

    @property
    def proofs(self) -> list[tuple[str, int]]:
        """The classes of proof in words, each with its count, from the strongest to the weakest."""
        order = [
            Signature.Proof.STAFF_CHECK,
            Signature.Proof.VOUCHED,
            Signature.Proof.ORCID,
            Signature.Proof.INSTITUTION_DOMAIN,
            Signature.Proof.EMAIL_CODE,
        ]
        return _in_words(self.by_proof, order)

    @property
    def categories(self) -> list[tuple[str, int]]:
        return _in_words(self.by_category, ExpertProfile.Category)

    @property
    def displays(self) -> list[tuple[str, int]]:
        return _in_words(self.by_display, Signature.Display)

    @property
    def refused_reasons(self) -> list[tuple[str, int]]:
        return _in_words(self.by_reason.get(Signature.State.REFUSED, {}), ModerationDecision.Reason)

    @property
    def removed_reasons(self) -> list[tuple[str, int]]:
        return _in_words(self.by_reason.get(Signature.State.REMOVED, {}), ModerationDecision.Reason)

    @property
    def versions(self) -> list[tuple[int, int]]:
        """Which version was signed how often, the newest first."""
        return sorted(((int(number), count) for number, count in self.by_version.items()), reverse=True)


def _in_words(figures: dict[str, int], choices: Iterable[Any]) -> list[tuple[str, int]]:
    """What has a number, in the order of `choices`."""
    return [(str(choice.label), figures[choice.value]) for choice in choices if figures.get(choice.value)]


class TallyChange(models.Model):
    """What one movement of a signature takes from the count (`step` -1) or adds to it (1), and which hour that is of.

    Written by a trigger (`movements`), taken away by the count in the transaction that adds it up: a transaction that
    commits late leaves its rows to the next count. `step` 0 asks for the statement to be counted afresh from its rows.
    """

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    step = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=12, blank=True)
    proof = models.CharField(max_length=20, blank=True)
    version_number = models.PositiveIntegerField(null=True)
    category = models.CharField(max_length=16, blank=True)
    country = models.CharField(max_length=2, blank=True)
    display = models.CharField(max_length=10, blank=True)
    is_demonstration = models.BooleanField(default=False)
    # Whether the signature entered or left the count: a column of `HourlyCount`, and its hour.
    flow = models.CharField(max_length=9, blank=True)
    hour = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="petitions_tallychange_flow_has_hour",
                condition=Q(flow="", hour__isnull=True)
                | Q(flow__in=["counted", "withdrawn", "removed"], hour__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"change {self.pk} of {self.statement_id}"
