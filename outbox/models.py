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

FINISHED = ["sent", "bounced", "failed", "cancelled"]


class MessageQuerySet(models.QuerySet["Message"]):
    def finished(self) -> MessageQuerySet:
        """Messages nothing more will happen to."""
        return self.filter(state__in=FINISHED)

    def in_doubt(self) -> MessageQuerySet:
        """Messages that were handed over and of which nobody knows whether they were taken; the oldest first."""
        return self.filter(state="uncertain").order_by("uncertain_since")


# The moments that evidence is measured against are stamped by the database, whoever makes the step.
STAMPS = """
    IF NEW.state = 'committing' AND OLD.state IS DISTINCT FROM NEW.state THEN
        NEW.committing_at = clock_timestamp();
    ELSIF NEW.state = 'uncertain' AND OLD.state IS DISTINCT FROM NEW.state THEN
        NEW.uncertain_since = clock_timestamp();
        NEW.doubt = '';
    END IF;
    RETURN NEW;
"""


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
        BOUNCED = "bounced", _("taken by the mail server, then returned as undeliverable")
        DEFERRED = "deferred", _("put off by the mail server, will be tried again")
        FAILED = "failed", _("refused by the mail server")
        UNCERTAIN = "uncertain", _("fate unknown, a person must decide")
        CANCELLED = "cancelled", _("held back before sending")

    class Doubt(models.TextChoices):
        """Why no evidence has settled an uncertain message yet."""

        NO_SOURCE = "no_source", _("No source of evidence is set up: a person has to look and decide.")
        TOO_EARLY = "too_early", _("It is too early: the mail server may still be taking it.")
        UNREADABLE = "unreadable", _("The source of evidence cannot be read.")
        NOT_COVERED = "not_covered", _("The source proves it neither way: a person has to look and decide.")

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
    crashes = models.PositiveSmallIntegerField(
        default=0, help_text=_("Workers in a row that took it and never reported back")
    )
    domain_digest = models.BinaryField(
        max_length=32, null=True, help_text=_("Keyed digest of the recipient's domain; one letter to each at a time")
    )
    recipient_digest = models.BinaryField(
        max_length=32,
        null=True,
        help_text=_("Keyed digest by which the caller finds what was written to one mailbox; emptied with the address"),
    )
    is_to_forget = models.BooleanField(
        default=False, help_text=_("The recipient was erased: words and address go as soon as it is finished")
    )
    last_reply = models.TextField(blank=True, help_text=_("What the mail server said last"))
    committing_at = models.DateTimeField(null=True, help_text=_("When it was last about to be handed over"))
    connection = models.CharField(
        max_length=80,
        blank=True,
        db_default="",
        help_text=_("Our end of the line it was last handed over on, [address]:port"),
    )
    sent_at = models.DateTimeField(null=True)
    uncertain_since = models.DateTimeField(null=True)
    doubt = models.CharField(max_length=12, choices=Doubt.choices, blank=True)
    bounced_at = models.DateTimeField(null=True, help_text=_("When its return reached us, maybe before the answer did"))
    bounce_report = models.TextField(blank=True, help_text=_("What the returning mail server said"))

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="outbox_message_unfinished_has_content",
                condition=Q(state__in=FINISHED) | Q(raw__isnull=False, to_address__isnull=False),
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
                condition=Q(state="sent", sent_at__isnull=False)
                | Q(state="bounced")
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="outbox_message_returned_is_bounced",
                condition=Q(state__in=["sending", "committing", "bounced"]) | Q(bounced_at__isnull=True),
            ),
            models.CheckConstraint(
                name="outbox_message_bounced_has_date",
                condition=~Q(state="bounced") | Q(bounced_at__isnull=False),
            ),
            models.CheckConstraint(
                name="outbox_message_uncertain_says_since_when",
                condition=~Q(state="uncertain") | Q(uncertain_since__isnull=False),
            ),
            models.UniqueConstraint(
                name="outbox_message_one_letter_to_a_domain",
                fields=["domain_digest"],
                condition=Q(state__in=["sending", "committing"], lane="letters", domain_digest__isnull=False),
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
            models.Index(name="outbox_message_in_doubt", fields=["uncertain_since"], condition=Q(state="uncertain")),
            models.Index(
                name="outbox_message_failed_letter", fields=["created_at"], condition=Q(state="failed", policy="once")
            ),
            models.Index(
                name="outbox_message_to_one", fields=["recipient_digest"], condition=Q(recipient_digest__isnull=False)
            ),
            models.Index(name="outbox_message_to_forget", fields=["created_at"], condition=Q(is_to_forget=True)),
            models.Index(name="outbox_message_sent_latest", fields=["sent_at"], condition=Q(state="sent")),
        ]
        triggers = [
            pgtrigger.FSM(
                name="outbox_message_transitions",
                field="state",
                transitions=[
                    ("queued", "sending"),
                    ("queued", "cancelled"),
                    ("queued", "bounced"),
                    ("deferred", "sending"),
                    ("deferred", "cancelled"),
                    ("deferred", "failed"),
                    ("deferred", "bounced"),
                    ("sending", "queued"),
                    ("sending", "deferred"),
                    ("sending", "failed"),
                    ("sending", "cancelled"),
                    ("sending", "committing"),
                    ("sending", "bounced"),
                    ("committing", "sent"),
                    ("committing", "queued"),
                    ("committing", "deferred"),
                    ("committing", "failed"),
                    ("committing", "uncertain"),
                    ("committing", "bounced"),
                    ("uncertain", "sent"),
                    ("uncertain", "queued"),
                    ("uncertain", "cancelled"),
                    ("uncertain", "bounced"),
                    ("sent", "bounced"),
                ],
            ),
            pgtrigger.Trigger(
                name="outbox_message_stamps",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=STAMPS,
            ),
            # Whatever goes wrong in the code: a letter that was being handed over is not sent again by itself.
            pgtrigger.Protect(
                name="outbox_message_once_is_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="committing", new__state="queued", new__policy="once"),
            ),
            pgtrigger.Protect(
                name="outbox_message_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("message_id", "content_sha256", "policy", "kind", "lane", "created_at"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id} ({self.state})"


class Alarm(models.Model):
    """Something a person must look at, kept so that the log says it once each time it gets worse."""

    name = models.CharField(max_length=30, primary_key=True)
    level = models.PositiveIntegerField(default=0, help_text=_("How many; 0 when it is over"))
    risen_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name}: {self.level}"
