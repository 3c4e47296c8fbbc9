from __future__ import annotations

from typing import TYPE_CHECKING

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from mandates.models.directory import ContactPoint, Mandate, Violation
from outbox.models import Message

if TYPE_CHECKING:
    from accounts.models import User


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, user: User | None) -> LetterQuerySet:
        if user is not None and user.is_authenticated and user.has_role("letter_author"):
            return self.all()
        return self.none()

    def public(self) -> LetterQuerySet:
        """Approved letters on published cases: that they were sent, to whom, and the answers; never their contents."""
        return self.filter(state=Letter.State.APPROVED, case__state=Case.State.PUBLISHED)


@pghistory.track(fields=["state", "subject", "facts", "author", "approved_by", "approved_sha256"])
class Letter(models.Model):
    """Our submission about one case. The mandate holders decide what they send; we propose a kind."""

    class Kind(models.TextChoices):
        URGENT_APPEAL = "urgent_appeal", _("urgent appeal")
        ALLEGATION_LETTER = "allegation_letter", _("allegation letter")
        OTHER_LETTER = "other_letter", _("other letter")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_REVIEW = "in_review", _("waiting for a second person")
        APPROVED = "approved", _("approved")
        CANCELLED = "cancelled", _("given up")

    class Language(models.TextChoices):
        """The languages the mandates work in."""

        ENGLISH = "en", _("English")
        FRENCH = "fr", _("French")
        SPANISH = "es", _("Spanish")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(_("proposed kind"), max_length=20, choices=Kind.choices, default=Kind.URGENT_APPEAL)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH)
    violations = models.ManyToManyField(Violation, related_name="letters", blank=True, verbose_name=_("violations"))
    subject = models.CharField(_("subject"), max_length=200)
    victim = models.TextField(_("alleged victim"), blank=True)
    perpetrators = models.TextField(_("alleged perpetrators"), blank=True)
    perpetrators_unknown_because = models.CharField(_("unknown because"), max_length=300, blank=True)
    facts = models.TextField(_("date, place and circumstances"), blank=True)
    steps_taken = models.TextField(_("steps taken at home and with other bodies"), blank=True)
    request = models.TextField(_("what is asked"), blank=True)
    submitter = models.TextField(_("who submits (kept confidential)"), blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_sha256 = models.CharField(max_length=64, blank=True)
    is_demonstration = models.BooleanField(default=False)

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="mandates_letter_approved_by_second_person",
                condition=~Q(state="approved")
                | (
                    Q(approved_by__isnull=False, approved_at__isnull=False)
                    & ~Q(approved_by=F("author"))
                    & ~Q(approved_sha256="")
                ),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="mandates_letter_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="approved"),
            )
        ]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        return reverse("mandates:letter_detail", args=[self.pk])


class LetterAddressee(models.Model):
    """A mandate the letter goes to: proposed by competence or added by the author."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="addressees")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="letters")
    is_proposed = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["letter", "mandate"], name="mandates_letteraddressee_once")]

    def __str__(self) -> str:
        return f"{self.letter} → {self.mandate}"


class Delivery(models.Model):
    """One approved letter to one address: the row of the outbox that carries it, and the bytes that were approved."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="deliveries")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="deliveries")
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="deliveries")
    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="delivery")
    approved_sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["letter", "mandate"], name="mandates_delivery_once")]
        triggers = [
            pgtrigger.Protect(name="mandates_delivery_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.letter} → {self.contact_point}"


class Reply(models.Model):
    """An answer to a letter."""

    class Kind(models.TextChoices):
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        MORE_ASKED = "more_asked", _("more information asked")
        COMMUNICATION_SENT = "communication_sent", _("the mandate wrote to the Government")
        STATE_REPLY = "state_reply", _("the State replied")

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="replies")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, null=True, blank=True, related_name="replies")
    kind = models.CharField(_("what came"), max_length=20, choices=Kind.choices)
    received_on = models.DateField(_("received on"))
    reference = models.CharField(_("UN reference"), max_length=40, blank=True, help_text=_("For example AL IRN 14/2021"))
    text = models.TextField(_("what it says"), blank=True, help_text=_("Kept to staff"))
    public_summary = models.CharField(_("summary for the public page"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        triggers = [pgtrigger.Protect(name="mandates_reply_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.received_on}"
