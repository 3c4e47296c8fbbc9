from __future__ import annotations

import hashlib
import json
import secrets
from datetime import timedelta
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from petitions.models.log import Checkpoint
from petitions.models.signature import Signature
from petitions.models.statement import Statement, StatementVersion

# Once a second person has confirmed what was said of a handover, it is public and stays as it is.
_SAID = ("handed_over_on", "place", "channel", "recipient", "copies_to", "delivered_by", "proof_note", "proof_sha256")
# What a dossier is made of and says; set when it is asked for.
_ASKED = (
    "statement", "version", "covers_all_versions", "language", "public_id", "as_of", "pinned", "addressee",
    "planned_on", "annex_key", "requested_by", "requested_at", "checkpoint",
)  # fmt: skip


def _columns(row: str) -> str:
    return ", ".join(f"{row}.{name}" for name in (*_SAID, "confirmed_at", "confirmed_by_id", "figures"))


def random_id() -> str:
    """22 letters and digits, 128 bits: names a dossier on its public page, or its folder on disk."""
    return secrets.token_urlsafe(16)


class HandoverQuerySet(models.QuerySet["Handover"]):
    def public(self) -> HandoverQuerySet:
        """Those that a second person confirmed, below statements everybody may see."""
        return self.filter(confirmed_at__isnull=False, statement__in=Statement.objects.published())

    def ready(self) -> HandoverQuerySet:
        """Dossiers that may leave the house: a second person looked at them, and every name in them still stands."""
        return self.filter(approved_at__isnull=False, names_changed_at__isnull=True, files_destroyed_at__isnull=True)


class Handover(models.Model):
    """A dossier of one version as of a moment, and what became of it: built, looked at, handed over, acknowledged."""

    # A worker that was not heard of for so long is taken to be dead, and another goes on where it stopped.
    LEASE: ClassVar[timedelta] = timedelta(minutes=10)

    class State(models.TextChoices):
        BUILDING = "building", _("being built")
        BUILT = "built", _("built")
        FAILED = "failed", _("could not be built")

    class Channel(models.TextChoices):
        IN_PERSON = "in_person", _("in person")
        POST = "post", _("by post")
        EMAIL = "email", _("by e-mail")
        LETTER = "letter", _("with a letter sent from here")

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="handovers")
    version = models.ForeignKey(StatementVersion, on_delete=models.PROTECT, related_name="handovers")
    covers_all_versions = models.BooleanField(default=False, help_text=_("Earlier versions are listed too, apart"))
    language = models.CharField(max_length=10, default="en", help_text=_("Language of the words around the names"))
    public_id = models.CharField(max_length=22, unique=True, default=random_id, editable=False)
    as_of = models.DateTimeField(help_text=_("Signatures counted up to this moment are in it"))
    pinned = ArrayField(models.BigIntegerField(), default=list, help_text=_("Signatures that stand first, in order"))
    addressee = models.CharField(max_length=300, help_text=_("Name and office as printed"))
    planned_on = models.DateField(null=True, help_text=_("Day of the handover as printed"))
    annex_key = models.TextField(blank=True, help_text=_("The addressee's OpenPGP key, armored"))
    annex_key_fingerprint = models.CharField(max_length=64, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    checkpoint = models.ForeignKey(
        Checkpoint, on_delete=models.PROTECT, null=True, related_name="+", help_text=_("The newest of the log then")
    )

    state = models.CharField(max_length=10, choices=State.choices, default=State.BUILDING)
    folder = models.CharField(max_length=22, unique=True, default=random_id, editable=False)
    claimed_at = models.DateTimeField(null=True)
    generation = models.PositiveIntegerField(default=0, help_text=_("Raised by each claim and each new beginning"))
    steps_done = models.PositiveIntegerField(default=0)
    steps_total = models.PositiveIntegerField(default=0)
    # The last signature put in its place so far; who died there is followed by another worker.
    sorted_at = models.DateTimeField(null=True)
    sorted_up_to = models.PositiveBigIntegerField(default=0)
    is_sorted = models.BooleanField(default=False)
    # The last signatory in the parts of the annex made so far; the next part goes on behind.
    annexed_up_to = models.PositiveBigIntegerField(default=0)
    restarts = models.PositiveSmallIntegerField(default=0, help_text=_("Names changed while it was being built"))
    failures = models.PositiveSmallIntegerField(default=0)
    figures = models.JSONField(default=dict)
    built_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    # Set by a trigger on signatures: somebody in it withdrew, was removed or erased, or shows the name differently.
    names_changed_at = models.DateTimeField(null=True)
    files_destroyed_at = models.DateTimeField(null=True)

    handed_over_on = models.DateField(null=True)
    place = models.CharField(max_length=200, blank=True)
    channel = models.CharField(max_length=10, choices=Channel.choices, blank=True)
    recipient = models.CharField(max_length=300, blank=True, help_text=_("Name and office as printed"))
    copies_to = models.TextField(blank=True)
    delivered_by = models.CharField(max_length=200, blank=True)
    proof_note = models.TextField(blank=True)
    proof_sha256 = models.CharField(max_length=64, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="petitions_handover_approved_by_second_person",
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | (Q(approved_at__isnull=False, state="built") & ~Q(approved_by=F("requested_by"))),
            ),
            models.CheckConstraint(
                name="petitions_handover_recorded_says_what",
                condition=Q(recorded_at__isnull=True)
                | (
                    Q(recorded_by__isnull=False, handed_over_on__isnull=False, approved_at__isnull=False)
                    & ~Q(channel="")
                    & ~Q(recipient="")
                ),
            ),
            models.CheckConstraint(
                name="petitions_handover_confirmed_by_second_person",
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | (Q(confirmed_at__isnull=False, recorded_at__isnull=False) & ~Q(confirmed_by=F("recorded_by"))),
            ),
            models.CheckConstraint(
                name="petitions_handover_built_has_date",
                condition=Q(state="built", built_at__isnull=False) | ~Q(state="built"),
            ),
        ]
        indexes = [
            models.Index(name="petitions_handover_to_build", fields=["requested_at"], condition=Q(state="building"))
        ]
        triggers = [
            pgtrigger.Protect(
                name="petitions_handover_asked_stands",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(*_ASKED),
            ),
            pgtrigger.Protect(
                name="petitions_handover_confirmed_stands",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    f"OLD.confirmed_at IS NOT NULL AND ({_columns('OLD')}) IS DISTINCT FROM ({_columns('NEW')})"
                ),
            ),
            pgtrigger.Trigger(
                # The check above knows the last writer alone.
                name="petitions_handover_confirmed_by_no_writer",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.confirmed_by_id IS DISTINCT FROM NEW.confirmed_by_id"),
                func="""
                    IF EXISTS (SELECT 1 FROM petitions_handoverevent e
                               WHERE e.handover_id = NEW.id AND e.what = 'recorded' AND e.by_id = NEW.confirmed_by_id)
                    THEN
                        RAISE EXCEPTION 'who wrote down a handover does not confirm it'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="petitions_handover_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"handover {self.pk} of {self.statement}"

    def get_absolute_url(self) -> str:
        """The page for everybody, which the code in the dossier leads to."""
        return reverse("petitions:handover_public", args=[self.statement.slug, self.public_id])

    @property
    def is_fresh(self) -> bool:
        """Whether every name in it may still be shown as it is there, and the files are here."""
        return self.names_changed_at is None and self.files_destroyed_at is None

    def said_fingerprint(self) -> str:
        """SHA-256 (hex) over what was written down of the handover, and when: what a second person has seen."""
        said = [str(getattr(self, name)) for name in (*_SAID, "recorded_at")]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()

    def was_recorded_by(self, user: User) -> bool:
        """Whether `user` wrote down the handover, or mended what was written down."""
        return self.events.filter(what=HandoverEvent.What.RECORDED, by=user).exists()

    @property
    def statement_file(self) -> HandoverFile | None:
        return self.files.filter(name="statement.pdf").first()


class HandoverLine(models.Model):
    """One counted signature at its place in a dossier that is being built; gone when the dossier is.

    The order lies in the database so that neither a million names nor a worker that dies need memory.
    """

    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="lines")
    place = models.CharField(max_length=600, db_collation="C")
    signature = models.ForeignKey(Signature, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["handover", "place", "signature"], name="petitions_handoverline_once")
        ]

    def __str__(self) -> str:
        return f"line {self.pk} of {self.handover}"


class HandoverFile(models.Model):
    """A file of a dossier as it was built: its name, size and SHA-256 stay when the file itself is destroyed."""

    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=80)
    media_type = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    is_annex = models.BooleanField(default=False, help_text=_("Encrypted to the addressee; nobody here can open it"))
    built_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["handover", "name"], name="petitions_handoverfile_once")]
        triggers = [
            pgtrigger.Protect(name="petitions_handoverfile_stands", operation=pgtrigger.Update),
            pgtrigger.Trigger(
                name="petitions_handoverfile_kept",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Delete,
                declare=[("now_in", "TEXT")],
                func="""
                    SELECT state INTO now_in FROM petitions_handover
                    WHERE id = COALESCE(NEW.handover_id, OLD.handover_id) FOR SHARE;
                    IF now_in <> 'building' THEN
                        RAISE EXCEPTION 'the files of a finished dossier are what they are'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN COALESCE(NEW, OLD);
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name


class HandoverEvent(models.Model):
    """What was done with a dossier, by whom and when. Append-only."""

    class What(models.TextChoices):
        REQUESTED = "requested", _("asked for")
        BUILT = "built", _("built")
        FAILED = "failed", _("could not be built")
        RETRIED = "retried", _("started again")
        APPROVED = "approved", _("looked at and approved")
        OPENED = "opened", _("file taken out")
        CHECKED = "checked", _("built again and compared")
        DESTROYED = "destroyed", _("our copy destroyed, because a name in it changed")
        RECORDED = "recorded", _("handover written down")
        CONFIRMED = "confirmed", _("handover confirmed")
        ACKNOWLEDGED = "acknowledged", _("acknowledgement written down")
        ACKNOWLEDGEMENT_CONFIRMED = "ack_confirmed", _("acknowledgement confirmed")

    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="events")
    what = models.CharField(max_length=14, choices=What.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    note = models.TextField(blank=True)

    class Meta:
        triggers = [
            pgtrigger.Protect(name="petitions_handoverevent_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.handover}: {self.get_what_display()}"


class HandoverAcknowledgement(models.Model):
    """What the recipient said on having it; public once a second person has confirmed it."""

    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="acknowledgements")
    received_on = models.DateField()
    said_by = models.CharField(max_length=300)
    quote = models.TextField()
    source = models.CharField(max_length=500)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="petitions_handoverack_confirmed_by_second_person",
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | (Q(confirmed_at__isnull=False) & ~Q(confirmed_by=F("recorded_by"))),
            )
        ]
        triggers = [
            pgtrigger.Protect(name="petitions_handoverack_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="petitions_handoverack_stands",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "handover", "received_on", "said_by", "quote", "source", "recorded_by", "recorded_at"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.said_by}, {self.received_on}"
