"""The outbox: every e-mail is a row, written in the transaction that caused it."""

from __future__ import annotations

import uuid

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from outbox.addresses import SealedBytesField, SealedTextField
from outbox.clock import DatabaseClock


class MessageQuerySet(models.QuerySet["Message"]):
    def finished(self) -> MessageQuerySet:
        """Messages nothing more will happen to."""
        return self.filter(state__in=["sent", "failed", "cancelled"])


@pghistory.track(
    pghistory.UpdateEvent(
        "letter_moved",
        condition=pgtrigger.Q(old__state__df=pgtrigger.F("new__state"), new__policy="once"),
    ),
    fields=["state", "attempts", "last_reply"],
    model_name="LetterMove",
    append_only=True,
)
class Message(models.Model):
    """One e-mail to one recipient, frozen when it is written; only its delivery state moves."""

    class Policy(models.TextChoices):
        RETRY = "retry", _("sent again when in doubt: a duplicate is a nuisance")
        ONCE = "once", _("never sent again when in doubt: a person decides")

    class Lane(models.TextChoices):
        POST = "post", _("codes, notices and updates")
        LETTERS = "letters", _("letters to mandates")

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting to be sent")
        SENDING = "sending", _("being sent")
        COMMITTING = "committing", _("being handed over")
        SENT = "sent", _("delivered to the mail server")
        DEFERRED = "deferred", _("put off by the mail server, will be tried again")
        FAILED = "failed", _("refused by the mail server")
        UNCERTAIN = "uncertain", _("fate unknown, a person must decide")
        CANCELLED = "cancelled", _("held back before sending")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60, help_text=_("What happened or what is asked, e.g. confirm_signature"))
    lane = models.CharField(max_length=10, choices=Lane.choices, default=Lane.POST)
    policy = models.CharField(max_length=10, choices=Policy.choices, default=Policy.RETRY)
    priority = models.PositiveSmallIntegerField(default=5, help_text=_("0 first, 9 last"))
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    to_address = SealedTextField(null=True, help_text=_("Emptied when retention ends"))
    message_id = models.CharField(max_length=200, unique=True)
    raw = SealedBytesField(null=True, help_text=_("The exact bytes that leave; emptied when retention ends"))
    content_sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField(db_default=DatabaseClock())
    attempts = models.PositiveIntegerField(default=0)
    lease_token = models.UUIDField(null=True)
    lease_expires_at = models.DateTimeField(null=True)
    last_reply = models.TextField(blank=True, help_text=_("What the mail server said last"))
    sent_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="outbox_message_unfinished_has_content",
                condition=Q(state__in=["sent", "failed", "cancelled"]) | Q(raw__isnull=False, to_address__isnull=False),
            ),
            models.CheckConstraint(
                name="outbox_message_in_flight_has_lease",
                condition=Q(
                    state__in=["sending", "committing"], lease_token__isnull=False, lease_expires_at__isnull=False
                )
                | (
                    ~Q(state__in=["sending", "committing"]) & Q(lease_token__isnull=True, lease_expires_at__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="outbox_message_sent_has_date",
                condition=(Q(state="sent") & Q(sent_at__isnull=False)) | (~Q(state="sent") & Q(sent_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(
                name="outbox_message_due",
                fields=["lane", "priority", "next_try_at"],
                condition=Q(state__in=["queued", "deferred"]),
            ),
            models.Index(
                name="outbox_message_in_flight",
                fields=["lease_expires_at"],
                condition=Q(state__in=["sending", "committing"]),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="outbox_message_transitions",
                field="state",
                transitions=[
                    ("queued", "sending"),
                    ("queued", "cancelled"),
                    ("deferred", "sending"),
                    ("deferred", "cancelled"),
                    ("deferred", "failed"),
                    ("sending", "queued"),
                    ("sending", "deferred"),
                    ("sending", "failed"),
                    ("sending", "cancelled"),
                    ("sending", "committing"),
                    ("committing", "sent"),
                    ("committing", "queued"),
                    ("committing", "deferred"),
                    ("committing", "failed"),
                    ("committing", "uncertain"),
                    ("uncertain", "sent"),
                    ("uncertain", "queued"),
                    ("uncertain", "cancelled"),
                ],
            ),
            pgtrigger.Protect(
                name="outbox_message_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("message_id", "content_sha256", "policy", "kind", "lane", "created_at"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id} ({self.state})"
