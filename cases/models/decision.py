from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class CaseDecision(models.Model):
    """Who moved a case on its way to the public, when, and with which words. Append-only."""

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", _("handed to a second person")
        RETURNED = "returned", _("sent back")
        PUBLISHED = "published", _("published")
        UNPUBLISHED = "unpublished", _("taken off the site")
        VERIFIED = "verified", _("checked")
        CONSENT_WITHDRAWN = "consent_withdrawn", _("taken off the site because a consent was withdrawn")

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="decisions")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    note = models.TextField(_("note"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(name="cases_casedecision_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.at:%Y-%m-%d})"
