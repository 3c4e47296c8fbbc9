"""What hangs on a letter beside its own words: answers to a mandate's own questions, people a cover letter names."""

from django.db import models

from cases.models import Case
from mandates.models.directory import Mandate
from mandates.models.guards import frozen_with_letter
from mandates.models.letter import Letter


class LetterAnswer(models.Model):
    """The answer to one question that one mandate asks beside the minimum; the questions are in mandates/questions."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="answers")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    question = models.SlugField(max_length=40)
    text = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["letter", "mandate", "question"], name="mandates_letteranswer_once")
        ]
        triggers = [frozen_with_letter("mandates_letteranswer_frozen")]

    def __str__(self) -> str:
        return f"{self.mandate}: {self.question}"


class LetterCase(models.Model):
    """A case that a cover letter names."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="named_cases")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="cover_letters")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["letter", "case"], name="mandates_lettercase_once")]
        triggers = [frozen_with_letter("mandates_lettercase_frozen")]

    def __str__(self) -> str:
        return f"{self.letter}: {self.case}"
