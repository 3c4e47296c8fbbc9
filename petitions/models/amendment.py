from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from petitions.models.signature import Signature
from petitions.models.statement import StatementVersion


class Amendment(models.Model):
    """A version that follows one that can be signed: how far its signatories have been asked. One row a version."""

    version = models.OneToOneField(StatementVersion, on_delete=models.CASCADE, related_name="amendment")
    began_at = models.DateTimeField()
    last_signature = models.BigIntegerField(default=0)
    asked = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(name="petitions_amendment_unfinished", fields=["began_at"], condition=Q(finished_at=None))
        ]

    def __str__(self) -> str:
        return f"amendment {self.version}"


class Consultation(models.Model):
    """One signatory of an older version was asked about a newer one, once; and that they keep the old one, if so.

    Who signs the new version has a new signature; who withdraws has no other. Both are seen at the signature.
    """

    version = models.ForeignKey(StatementVersion, on_delete=models.CASCADE, related_name="consultations")
    signature = models.ForeignKey(Signature, on_delete=models.CASCADE, related_name="consultations")
    mailed_at = models.DateTimeField(null=True, help_text=_("Empty: answered before the mail left"))
    kept_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "signature"], name="petitions_consultation_once")]
        triggers = [
            pgtrigger.Protect(
                name="petitions_consultation_bound",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("version", "signature"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.signature} asked about {self.version}"
