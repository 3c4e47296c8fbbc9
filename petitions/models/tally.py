from django.db import models

from petitions.models.signature import Signature
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
        return [(str(proof.label), self.by_proof[proof.value]) for proof in order if self.by_proof.get(proof.value)]

    @property
    def versions(self) -> list[tuple[int, int]]:
        """Which version was signed how often, the newest first."""
        return sorted(((int(number), count) for number, count in self.by_version.items()), reverse=True)


class TallyChange(models.Model):
    """A statement whose signatures changed since it was last counted. Written by a trigger, emptied by the count.

    Rows rather than a time window: a transaction that commits late leaves its row to the next count.
    """

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="+", db_constraint=False)

    def __str__(self) -> str:
        return f"change {self.pk} of {self.statement_id}"
