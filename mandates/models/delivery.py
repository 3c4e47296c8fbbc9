from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mandates.models.addresses import ContactPoint
from mandates.models.directory import Mandate
from mandates.models.guards import approved_delivery
from outbox.addresses import SealedBytesField
from outbox.clock import DatabaseClock
from outbox.models import Message


class StandingDeliveries(models.Manager["Delivery"]):
    """Without those whose approval was withdrawn before they left; `Delivery.with_voided` has them too."""

    def get_queryset(self) -> models.QuerySet[Delivery]:
        return super().get_queryset().filter(voided_at__isnull=True)


class Delivery(models.Model):
    """One approved letter to one address: the row of the outbox that carries it, and the bytes that were approved."""

    class Mode(models.TextChoices):
        """`MANDATES_MODE` when the letter was approved; in no other mode may the delivery leave."""

        DRY_RUN = "dry-run", _("dry run: recorded, never sent")
        REDIRECT = "redirect", _("redirected to one address of our own")
        LIVE = "live", _("live")

    letter = models.ForeignKey("mandates.Letter", on_delete=models.PROTECT, related_name="deliveries")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="deliveries")
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="deliveries")
    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="delivery")
    mode = models.CharField(max_length=10, choices=Mode.choices)
    approved_sha256 = models.CharField(max_length=64, help_text=_("Of the exact bytes that leave"))
    words_sha256 = models.CharField(max_length=64, blank=True, help_text=_("Of the plain words the second person read"))
    recipient_digest = models.BinaryField(default=bytes, help_text=_("Keyed digest of the address in the envelope"))
    openpgp_fingerprint = models.CharField(max_length=128, blank=True, help_text=_("Of the key it is encrypted to"))
    plain = SealedBytesField(null=True, help_text=_("Before the encryption, for the letter's own page"))
    created_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True, help_text=_("When the approval was withdrawn before it left"))

    objects = StandingDeliveries()
    with_voided = models.Manager["Delivery"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["letter", "mandate"], condition=Q(voided_at__isnull=True), name="mandates_delivery_once"
            )
        ]
        triggers = [approved_delivery("mandates_delivery_approved")]

    def __str__(self) -> str:
        return f"{self.letter} → {self.contact_point}"


class Departure(models.Model):
    """The place a delivery took under the caps, just before it left. One for each delivery, moved on by a retry."""

    delivery = models.OneToOneField(Delivery, on_delete=models.PROTECT, related_name="departure")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    recipient_digest = models.BinaryField()
    mode = models.CharField(max_length=10, choices=Delivery.Mode.choices)
    departed_at = models.DateTimeField(db_default=DatabaseClock())

    class Meta:
        indexes = [
            models.Index(fields=["mode", "-departed_at"], name="mandates_departure_all"),
            models.Index(fields=["mode", "mandate", "-departed_at"], name="mandates_departure_mandate"),
            models.Index(fields=["mode", "recipient_digest", "-departed_at"], name="mandates_departure_recipient"),
        ]
        triggers = [
            pgtrigger.Protect(name="mandates_departure_stays", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="mandates_departure_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("delivery", "mandate", "recipient_digest", "mode"),
            ),
            pgtrigger.Protect(
                name="mandates_departure_moves_on",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__departed_at__lt=pgtrigger.F("old__departed_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.departed_at}"
