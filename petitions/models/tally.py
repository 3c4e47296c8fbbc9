from django.db import models

from petitions.models.statement import Statement


class Tally(models.Model):
    """The public count of a statement. Written by petitions/counting.py and by nothing else."""

    statement = models.OneToOneField(Statement, on_delete=models.CASCADE, related_name="tally")
    counted = models.PositiveIntegerField(default=0)
    pending = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    # Parts of `counted`: names not shown at the signatory's wish, and signatories invented for the demonstration.
    hidden = models.PositiveIntegerField(default=0)
    demonstration = models.PositiveIntegerField(default=0)
    by_proof = models.JSONField(default=dict)
    by_version = models.JSONField(default=dict)
    counted_at = models.DateTimeField(null=True)
    recounted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.statement}: {self.counted}"


class TallyChange(models.Model):
    """A statement whose signatures changed since it was last counted. Written by a trigger, emptied by the count.

    Rows rather than a time window: a transaction that commits late leaves its row to the next count.
    """

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="+", db_constraint=False)

    def __str__(self) -> str:
        return f"change {self.pk} of {self.statement_id}"
