from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from outbox.models import Message
from petitions.models.follower import Follower
from petitions.models.signature import Signature
from petitions.models.update import Update


class UpdateDelivery(models.Model):
    """One update to one reader: noted when the update is let out, written once, or passed over.

    `digest` is of the mailbox and this update alone (for an invitation: of the statement invited to), so that it joins
    no two lists of people, and that a mailbox has one row however often it signed and follows.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        WRITTEN = "written", _("written")
        PASSED_OVER = "passed_over", _("passed over")

    update = models.ForeignKey(Update, on_delete=models.PROTECT, related_name="deliveries")
    digest = models.BinaryField(max_length=32)
    signature = models.ForeignKey(Signature, on_delete=models.SET_NULL, null=True, related_name="+")
    follower = models.ForeignKey(Follower, on_delete=models.SET_NULL, null=True, related_name="+")
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField(help_text=_("Not before this; moved on while the reader's week is full"))
    message = models.OneToOneField(Message, on_delete=models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True, help_text=_("When we saw that it was refused or came back"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest"], name="petitions_updatedelivery_once"),
            models.CheckConstraint(
                name="petitions_updatedelivery_written_has_message",
                condition=Q(state="written", message__isnull=False, written_at__isnull=False)
                | (~Q(state="written") & Q(message__isnull=True, written_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(name="petitions_updatedelivery_due", fields=["due_at"], condition=Q(state="waiting")),
            models.Index(
                name="petitions_updatedelivery_open",
                fields=["written_at"],
                condition=Q(state="written", failed_at__isnull=True),
            ),
        ]
        triggers = [
            # A mail that may have left is never written anew: only a cancelled one makes room for another.
            pgtrigger.Trigger(
                name="petitions_updatedelivery_never_twice",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.message_id IS NOT NULL AND NEW.message_id IS DISTINCT FROM OLD.message_id"
                ),
                func="""
                    IF EXISTS (SELECT 1 FROM outbox_message WHERE id = OLD.message_id AND state <> 'cancelled') THEN
                        RAISE EXCEPTION 'a reader gets an update once' USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"update {self.update_id} to reader {self.pk}"


class UpdateReader(models.Model):
    """What must be known of a mailbox over all updates: when news was written to it in the last week, and whether it
    can be reached. It names nothing that is signed or followed; without either kind of knowledge it is forgotten.
    """

    WEEK: ClassVar[timedelta] = timedelta(days=7)

    digest = models.BinaryField(max_length=32)
    mailed_at = ArrayField(models.DateTimeField(), default=list)
    seen_at = models.DateTimeField(help_text=_("When something about it changed last"))
    failures = models.PositiveSmallIntegerField(default=0, help_text=_("Refused for good, since it was last proved"))
    unreachable_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest"], name="petitions_updatereader_once")]

    def __str__(self) -> str:
        return f"reader {self.pk}"

    def free_at(self, *, now: datetime, most: int) -> datetime:
        """From when one more mail keeps within `most` in seven days: `now`, or the moment the week has room again."""
        within = sorted(at for at in self.mailed_at if at > now - self.WEEK)
        return now if len(within) < most else within[-most] + self.WEEK

    def note_mail(self, *, now: datetime) -> None:
        """Counts a mail written now; what is older than a week is forgotten. Not saved."""
        self.mailed_at = [*(at for at in self.mailed_at if at > now - self.WEEK), now]
        self.seen_at = now
