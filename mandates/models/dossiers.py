from django.db import models

from mandates.models.guards import frozen_with_letter
from mandates.models.letter import Letter
from petitions.models import Handover


class LetterDossier(models.Model):
    """The dossier that a cover letter brings; what was attached of it is in the approved bytes."""

    letter = models.OneToOneField(Letter, on_delete=models.CASCADE, related_name="dossier")
    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [frozen_with_letter("mandates_letterdossier_frozen")]

    def __str__(self) -> str:
        return f"{self.letter}: {self.handover}"
