from __future__ import annotations

from datetime import datetime

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class ConsentQuerySet(models.QuerySet["Consent"]):
    def valid_at(self, moment: datetime) -> ConsentQuerySet:
        """Recorded and not withdrawn; a decision in place of a consent counts once a second person has signed it."""
        standing = self.filter(recorded_at__lte=moment).filter(
            Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=moment)
        )
        return standing.exclude(capacity=Consent.Capacity.NOT_OBTAINABLE, second_person__isnull=True)


@pghistory.track()
class Consent(models.Model):
    """What the person or the family agreed to, each purpose by itself. It is checked at the moment of use."""

    class Capacity(models.TextChoices):
        PERSON = "person", _("the person")
        FAMILY = "family", _("family")
        LAWYER = "lawyer", _("lawyer")
        REPRESENTATIVE = "representative", _("representative")
        NOT_OBTAINABLE = "not_obtainable", _("cannot be obtained; decided in the person's best interest")

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="consents")
    capacity = models.CharField(_("who agreed"), max_length=16, choices=Capacity.choices)
    how = models.CharField(
        _("how it was given"), max_length=200, help_text=_("Signed, recorded, message, oral with witness")
    )
    given_on = models.DateField(_("given on"))
    may_publish = models.BooleanField(_("publish the case in this campaign"), default=False)
    may_send_to_un = models.BooleanField(_("send it to UN mandates in confidence"), default=False)
    may_name_to_government = models.BooleanField(_("a letter with the name goes to the Government"), default=False)
    may_name_in_un_report = models.BooleanField(_("the name appears in public UN reports"), default=False)
    may_show_photo = models.BooleanField(_("show a photo"), default=False)
    note = models.TextField(_("note"), blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    second_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawal_note = models.TextField(_("who withdrew it, and how"), blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="cases_consent_second_person_is_another",
                condition=Q(second_person__isnull=True) | ~Q(second_person=F("recorded_by")),
            )
        ]
        triggers = [
            pgtrigger.Protect(name="cases_consent_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="cases_consent_terms_fixed",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    exclude=["second_person", "withdrawn_at", "withdrawn_by", "withdrawal_note"]
                ),
            ),
            pgtrigger.Protect(
                name="cases_consent_withdrawn_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__withdrawn_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case.slug}: {self.get_capacity_display()}"
