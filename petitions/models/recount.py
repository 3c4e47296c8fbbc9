from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from petitions.models.statement import Statement


class RecountReport(models.Model):
    """One recount from the signatures: when, how much was counted, and (its `differences`) what was wrong."""

    class Cause(models.TextChoices):
        NIGHTLY = "nightly", _("every night")
        IMBALANCE = "imbalance", _("figures that did not add up")

    cause = models.CharField(max_length=10, choices=Cause.choices)
    began_at = models.DateTimeField()
    # Empty while it runs, and for good when it was cut off.
    ended_at = models.DateTimeField(null=True)
    statements = models.PositiveIntegerField(default=0)
    signatures = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(name="petitions_recount_recent", fields=["-began_at"])]

    def __str__(self) -> str:
        return f"recount of {self.began_at:%Y-%m-%d %H:%M}"


class RecountDifference(models.Model):
    """A tally that was wrong, written in the transaction that repaired it: only the figures that differed."""

    report = models.ForeignKey(RecountReport, on_delete=models.CASCADE, related_name="differences")
    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="+")
    shown = models.JSONField()
    true = models.JSONField()

    def __str__(self) -> str:
        return f"{self.statement}: {self.shown} was {self.true}"

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Each figure that was wrong by its name, with what was shown and what is true."""
        return [{"name": name, "shown": self.shown.get(name), "true": self.true[name]} for name in sorted(self.true)]
