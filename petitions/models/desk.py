"""What moderators keep for themselves at the desk. None of it is a decision, and none of it touches a signature."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from petitions.models.moderation import ModerationDecision
from petitions.models.signature import Signature


class ReservationQuerySet(models.QuerySet["Reservation"]):
    def valid_at(self, now: datetime) -> ReservationQuerySet:
        return self.filter(until__gt=now)


class Reservation(models.Model):
    """A waiting signature that one moderator took into the hand, so that no colleague reads it at the same time."""

    signature = models.OneToOneField(Signature, on_delete=models.CASCADE, related_name="reservation")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField()

    objects = ReservationQuerySet.as_manager()

    def __str__(self) -> str:
        return f"signature {self.signature_id} with {self.by_id}"


class SetAside(models.Model):
    """A moderator would rather have a colleague look; the signature is not offered to the same person again."""

    signature = models.ForeignKey(Signature, on_delete=models.CASCADE, related_name="set_aside")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["signature", "by"], name="petitions_setaside_once")]

    def __str__(self) -> str:
        return f"signature {self.signature_id} left by {self.by_id}"


class SecondLook(models.Model):
    """A decision that chance chose to be judged once more, by somebody who does not know how it was decided.

    It changes nothing by itself: two who disagree talk, and undo the decision or leave it.
    """

    class Verdict(models.TextChoices):
        ACCEPT = "accept", _("accept")
        REFUSE = "refuse", _("refuse")
        ASK = "ask", _("ask the signatory")

    decision = models.OneToOneField(ModerationDecision, on_delete=models.PROTECT, related_name="second_look")
    first_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    verdict = models.CharField(max_length=8, choices=Verdict.choices, blank=True)
    reason = models.CharField(max_length=20, choices=ModerationDecision.Reason.choices, blank=True)
    looked_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settlement = models.TextField(_("what you agreed on"), max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="petitions_secondlook_by_another", condition=~Q(by=F("first_by"))),
            models.CheckConstraint(
                name="petitions_secondlook_whole",
                condition=Q(by__isnull=True, verdict="", looked_at__isnull=True)
                | (Q(by__isnull=False, looked_at__isnull=False) & ~Q(verdict="")),
            ),
            models.CheckConstraint(
                name="petitions_secondlook_settled_after",
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | Q(settled_at__isnull=False, settled_by__isnull=False, looked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"second look at decision {self.decision_id}"


class QueueAlarm(models.Model):
    """A day on which moderators were told that too much waits, or for too long: the row keeps it to one mail a day."""

    on = models.DateField(unique=True)
    waiting = models.PositiveIntegerField()
    oldest_at = models.DateTimeField()
    told_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.waiting} waiting on {self.on}"
