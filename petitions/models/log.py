from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from petitions.models import recording
from petitions.models.signature import Signature
from petitions.models.statement import Statement

# A subtree that is kept spans this many leaves, or this many subtrees of the level below.
FAN = 256


class LogEntry(models.Model):
    """One time that a signature entered the count or left it. Written by a trigger on signatures, kept for ever.

    What is public of it is its leaf (petitions/transparency/leaves.py): no name, and no time finer than the day. The
    nonce opens the commitment for the signatory; erasing the signatory destroys it, and the leaf still counts.
    """

    class Kind(models.TextChoices):
        COUNTED = "counted", _("counted")
        WITHDRAWN = "withdrawn", _("withdrawn")
        REMOVED = "removed", _("taken out of the count")

    # A signature may be deleted; what it did to the count stays.
    signature = models.ForeignKey(
        Signature, on_delete=models.DO_NOTHING, db_constraint=False, related_name="log_entries"
    )
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="+", db_index=False)
    version_number = models.PositiveIntegerField()
    text_sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=9, choices=Kind.choices)
    day = models.DateField(help_text=_("In UTC"))
    # As of that day: a signatory may be verified anew later.
    proof = models.CharField(max_length=20)
    proved_on = models.DateField(null=True)
    nonce = models.BinaryField(max_length=32, null=True)
    commitment = models.BinaryField(max_length=32)
    place = models.PositiveBigIntegerField(
        null=True, unique=True, help_text=_("Its number among the leaves, from 0, given by its checkpoint")
    )

    class Meta:
        verbose_name_plural = "log entries"
        indexes = [
            models.Index(name="petitions_logentry_waiting", fields=["day", "commitment"], condition=Q(place=None)),
        ]
        triggers = [
            pgtrigger.Protect(name="petitions_logentry_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="petitions_logentry_append_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=recording.REFUSE_CHANGE_OF_ENTRY,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.day} statement {self.statement_id}"


class LogSubtree(models.Model):
    """The hash over a full run of 256, 65,536, ... leaves: a path through a million reads a few hundred rows."""

    level = models.PositiveSmallIntegerField(help_text=_("It spans 256 to this power of leaves"))
    number = models.PositiveBigIntegerField(help_text=_("Which one of its level, from 0"))
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "number"], name="petitions_logsubtree_once")]
        triggers = [
            pgtrigger.Protect(name="petitions_logsubtree_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"subtree {self.level}/{self.number}"


class Checkpoint(models.Model):
    """The signed state of the log at the end of a day: how many leaves, their root, and what they add up to."""

    day = models.DateField(unique=True)
    size = models.PositiveBigIntegerField()
    root = models.BinaryField(max_length=32)
    # One list for each version signed: statement, version, counted, withdrawn, removed; cumulative, sorted.
    counts = models.JSONField()
    previous = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="next")
    note = models.TextField(help_text=_("The signed bytes with their signature, as published"))
    key = models.CharField(max_length=300, help_text=_("The public key that checks it"))

    class Meta:
        constraints = [
            models.CheckConstraint(name="petitions_checkpoint_has_leaves", condition=Q(size__gt=0)),
            models.UniqueConstraint(Coalesce("previous", 0), name="petitions_checkpoint_in_one_line"),
        ]
        triggers = [
            pgtrigger.Protect(name="petitions_checkpoint_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"checkpoint {self.day}: {self.size}"

    @property
    def root_hex(self) -> str:
        return bytes(self.root).hex()
