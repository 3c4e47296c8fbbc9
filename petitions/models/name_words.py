from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from petitions.models.signature import Signature


class NameWords(models.Model):
    """The words of a signature's names as they sound, by which bearers of a watched name are found.

    Noted by the worker (petitions/moderation/name_words.py), gone with the name.
    """

    signature = models.OneToOneField(Signature, on_delete=models.CASCADE, primary_key=True, related_name="name_words")
    words = ArrayField(models.TextField())

    class Meta:
        indexes: ClassVar[list[models.Index]] = [GinIndex(name="petitions_namewords_found", fields=["words"])]

    def __str__(self) -> str:
        return f"words of signature {self.signature_id}"
