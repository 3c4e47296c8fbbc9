"""What comes back to a letter: the mail as it arrived, what a person made of it, and what the public may read of it."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mandates.models.letter import Letter, Reply
from mandates.models.retention import frozen_until_destroyed
from outbox.addresses import SealedBytesField, SealedTextField


class ReplyAlias(models.Model):
    """An address, or a token of one, that leads to a letter beside its own: answers also come to old addresses."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="aliases")
    value = models.CharField(_("address or token"), max_length=320, unique=True)
    note = models.CharField(max_length=200, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="mandates_replyalias_is_lower_case", condition=Q(value__regex=r"^[^A-Z\s]+$") & ~Q(value="")
            )
        ]

    def __str__(self) -> str:
        return f"{self.value} → {self.letter}"


class IncomingMailQuerySet(models.QuerySet["IncomingMail"]):
    def without_bytes(self) -> IncomingMailQuerySet:
        """For lists: the sealed bytes stay where they are."""
        return self.defer("raw")


@pghistory.track(
    pghistory.UpdateEvent("mail_moved", condition=pgtrigger.AnyChange("state", "letter")),
    fields=["state", "letter", "matched_by", "reason"],
    model_name="IncomingMailMove",
    append_only=True,
)
class IncomingMail(models.Model):
    """One mail as it arrived, kept as it came. Nothing that arrives is dropped; what a person settled is emptied in
    the end, by a rule (`actions.retention`), and its row stays."""

    class State(models.TextChoices):
        ARRIVED = "arrived", _("arrived, not looked at yet")
        STRAY = "stray", _("leads to no letter")
        WAITING = "waiting", _("on its letter, waiting for a person")
        NOTED = "noted", _("noted: not an answer")
        BOUNCED = "bounced", _("says that a delivery failed")
        ANSWERED = "answered", _("recorded as an answer")
        SET_ASIDE = "set_aside", _("set aside")

    class Door(models.TextChoices):
        MAILBOX = "mailbox", _("fetched from the mailbox")
        PIPE = "pipe", _("handed over by the mail server")

    class Match(models.TextChoices):
        """How the letter was found, the surest first."""

        ADDRESS = "address", _("by the letter's secret address")
        ALIAS = "alias", _("by an old address of the letter")
        THREAD = "thread", _("as an answer to our Message-ID")
        REFERENCE = "reference", _("by our reference in the subject")
        UN_REFERENCE = "un_reference", _("by the UN's reference")
        REPORT = "report", _("by the Message-ID in a delivery report")
        PERSON = "person", _("by a person")

    class Verdict(models.TextChoices):
        PROVED = "proved", _("sender proved, a known domain of the mandates")
        OUTSIDER = "outsider", _("sender proved, a domain we do not know")
        UNPROVED = "unproved", _("sender not proved")
        FORGED = "forged", _("forged: it does not come from whom it says")

    raw = SealedBytesField(null=True, help_text=_("The exact bytes as they came; nothing once it was destroyed"))
    digest = models.BinaryField(max_length=32, unique=True, help_text=_("Keyed; the same mail is stored once"))
    size = models.PositiveIntegerField()
    is_whole = models.BooleanField(default=True, help_text=_("False: too large, only its beginning is kept"))
    door = models.CharField(max_length=8, choices=Door.choices)
    message_id = models.CharField(max_length=300, blank=True, db_index=True)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ARRIVED)
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, null=True, related_name="mails")
    matched_by = models.CharField(max_length=12, choices=Match.choices, blank=True)
    sender = SealedTextField(null=True)
    subject = SealedTextField(null=True)
    verdict = models.CharField(max_length=10, choices=Verdict.choices, default=Verdict.UNPROVED)
    findings = models.JSONField(default=list, help_text=_("What was looked at, and what it said; in English"))
    is_automatic = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)

    objects = IncomingMailQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="mandates_incomingmail_on_its_letter",
                condition=Q(state__in=["arrived", "stray", "set_aside", "noted", "bounced"]) | Q(letter__isnull=False),
            ),
            models.CheckConstraint(
                name="mandates_incomingmail_stray_has_no_letter", condition=~Q(state="stray") | Q(letter__isnull=True)
            ),
            models.CheckConstraint(
                name="mandates_incomingmail_has_its_bytes",
                condition=Q(raw__isnull=False) | Q(destroyed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="mandates_incomingmail_set_aside_by_a_person",
                condition=~Q(state="set_aside") | (Q(decided_by__isnull=False) & ~Q(reason="")),
            ),
        ]
        indexes = [
            models.Index(
                name="mandates_incomingmail_open",
                fields=["received_at"],
                condition=Q(state__in=["arrived", "stray", "waiting"]),
            )
        ]
        triggers = [
            pgtrigger.Protect(name="mandates_incomingmail_never_dropped", operation=pgtrigger.Delete),
            frozen_until_destroyed("mandates_incomingmail_frozen"),
            pgtrigger.FSM(
                name="mandates_incomingmail_transitions",
                field="state",
                transitions=[
                    ("arrived", "stray"),
                    ("arrived", "waiting"),
                    ("arrived", "noted"),
                    ("arrived", "bounced"),
                    ("stray", "waiting"),
                    ("stray", "set_aside"),
                    ("set_aside", "stray"),
                    ("waiting", "stray"),
                    ("waiting", "noted"),
                    ("waiting", "answered"),
                    ("noted", "answered"),
                    ("noted", "stray"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.received_at:%Y-%m-%d %H:%M} {self.message_id or self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("mandates:mail_detail", args=[self.pk])

    @property
    def is_forged(self) -> bool:
        return self.verdict == self.Verdict.FORGED


class MailboxSighting(models.Model):
    """A mail that has been fetched. A UID means something only within one UIDVALIDITY (RFC 9051 section 2.3.1.1)."""

    mailbox = models.CharField(max_length=300)
    uidvalidity = models.BigIntegerField()
    uid = models.BigIntegerField()
    mail = models.ForeignKey(IncomingMail, on_delete=models.PROTECT, related_name="sightings")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "uidvalidity", "uid"], name="mandates_mailboxsighting_once")
        ]

    def __str__(self) -> str:
        return f"{self.mailbox} {self.uidvalidity}/{self.uid}"


class ReplyReleaseQuerySet(models.QuerySet["ReplyRelease"]):
    def standing(self) -> ReplyReleaseQuerySet:
        """Released by a second person and not taken back."""
        return self.filter(released_at__isnull=False, taken_back_at__isnull=True)


class ReplyRelease(models.Model):
    """What the public may read of a reply, as one person redacted it and another let it go."""

    reply = models.ForeignKey(Reply, on_delete=models.PROTECT, related_name="releases")
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    text = models.TextField(_("text with everything confidential taken out"), blank=True)
    reference_from = models.DateField(_("the UN's reference and dates may be shown from"))
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    taken_back_at = models.DateTimeField(null=True)

    objects = ReplyReleaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reply"], condition=Q(taken_back_at__isnull=True), name="mandates_replyrelease_one_at_a_time"
            ),
            models.CheckConstraint(
                name="mandates_replyrelease_by_second_person",
                condition=Q(released_by__isnull=True, released_at__isnull=True)
                | (Q(released_by__isnull=False, released_at__isnull=False) & ~Q(released_by=F("written_by"))),
            ),
            models.CheckConstraint(
                name="mandates_replyrelease_taken_back_by_somebody",
                condition=Q(taken_back_by__isnull=True, taken_back_at__isnull=True)
                | Q(taken_back_by__isnull=False, taken_back_at__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="mandates_replyrelease_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="mandates_replyrelease_words_frozen",
                fields=["reply", "summary", "text", "reference_from", "written_by", "written_at"],
            ),
            pgtrigger.Protect(
                name="mandates_replyrelease_decided_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__taken_back_at__isnull=False)
                | (
                    pgtrigger.Q(old__released_at__isnull=False)
                    & (
                        pgtrigger.Q(old__released_at__df=pgtrigger.F("new__released_at"))
                        | pgtrigger.Q(old__released_by__df=pgtrigger.F("new__released_by"))
                    )
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reply}: {self.summary}"


class News(models.Model):
    """Telling signatories who asked for it, and followers, of a published answer: batch by batch, nobody twice."""

    release = models.OneToOneField(ReplyRelease, on_delete=models.PROTECT, related_name="news")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    last_signature = models.BigIntegerField(default=0, help_text=_("The key up to which signatories have been told"))
    last_follower = models.BigIntegerField(default=0, help_text=_("The same for followers, who come after"))
    told = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "news"
        triggers = [pgtrigger.Protect(name="mandates_news_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.release}: {self.told}"


class ToldMailbox(models.Model):
    """A mailbox this news was written to, by a digest that means nothing elsewhere; erased when the news is finished.

    Who signed and follows, or signed two petitions on one case, is told once.
    """

    news = models.ForeignKey(News, on_delete=models.PROTECT, related_name="told_mailboxes")
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["news", "digest"], name="mandates_toldmailbox_once")]

    def __str__(self) -> str:
        return f"{self.news_id}: mailbox {self.pk}"


class OverdueNotice(models.Model):
    """That a letter's 60 days are over was told to its authors; once for each due day."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="overdue_notices")
    due_on = models.DateField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["letter", "due_on"], name="mandates_overduenotice_once")]

    def __str__(self) -> str:
        return f"{self.letter}: {self.due_on}"
