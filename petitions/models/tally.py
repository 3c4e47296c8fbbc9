from django.db import models

from petitions.models.statement import Statement


class Tally(models.Model):
    """The public count of a statement. Written by petitions/counting.py and by nothing else."""

    statement = models.OneToOneField(Statement, on_delete=models.CASCADE, related_name="tally")
    counted = models.PositiveIntegerField(default=0)
    pending = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)
    by_proof = models.JSONField(default=dict)
    counted_at = models.DateTimeField(null=True)
    recounted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.statement}: {self.counted}"
