from __future__ import annotations

import hashlib

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from petitions.models.progress import Milestone
from petitions.models.statement import Statement

# What leaves a draft is fixed: the second person releases the words that were handed in.
_REFUSE_CHANGE_OF_FIXED_TEXT = """
    SELECT state <> 'draft' INTO fixed FROM petitions_update
     WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.update_id ELSE NEW.update_id END FOR SHARE;
    IF NOT fixed AND TG_OP = 'UPDATE' AND OLD.update_id <> NEW.update_id THEN
        SELECT state <> 'draft' INTO fixed FROM petitions_update WHERE id = OLD.update_id FOR SHARE;
    END IF;
    IF fixed THEN
        RAISE EXCEPTION 'the words of an update that left its draft cannot change'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""
_REFUSE_UNFIT_TEXTS = """
    IF NOT EXISTS (SELECT 1 FROM petitions_updatetext
                    WHERE update_id = NEW.id AND language = NEW.original_language)
       OR EXISTS (SELECT 1 FROM petitions_updatetext WHERE update_id = NEW.id AND sha256 = '') THEN
        RAISE EXCEPTION 'an update is handed in with its original wording, and with the fingerprint of each'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.state = 'stopped' AND NEW.state <> 'stopped' AND (NEW.resumed_by_id IS NULL
           OR NEW.resumed_at IS NULL OR NEW.resumed_at IS NOT DISTINCT FROM OLD.resumed_at) THEN
            RAISE EXCEPTION 'who lets an update go on, and when, is kept'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    IF NEW.resumed_by_id = NEW.written_by_id
       OR EXISTS (SELECT 1 FROM petitions_updatetext WHERE update_id = NEW.id AND written_by_id = NEW.resumed_by_id)
    THEN
        RAISE EXCEPTION 'who wrote a wording of an update cannot let it go on'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM petitions_updatetext WHERE update_id = NEW.id AND written_by_id = NEW.released_by_id) THEN
        RAISE EXCEPTION 'who wrote a wording of an update cannot release it'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
"""


class UpdateQuerySet(models.QuerySet["Update"]):
    def of_public_things(self) -> UpdateQuerySet:
        """Those whose statement, case and next statement are all on the site now, or are not named."""
        statements = Statement.objects.published()
        return self.filter(
            Q(statement__isnull=True) | Q(statement__in=statements),
            Q(case__isnull=True) | Q(case__in=Case.objects.published()),
            Q(invites_to__isnull=True) | Q(invites_to__in=statements),
        )

    def published(self) -> UpdateQuerySet:
        """What everybody may read: let out by a second person, not stopped, about what is on the site."""
        shown = [Update.State.RELEASED, Update.State.SENDING, Update.State.SENT]
        return self.of_public_things().filter(state__in=shown)

    def sendable(self) -> UpdateQuerySet:
        """Those of which mails are still to be written."""
        return self.published().exclude(state=Update.State.SENT)


class Update(models.Model):
    """News to signatories and followers of a statement, of a case, or of both; or, with `invites_to`, the invitation of
    a statement's signatories to the next one on the same case. Written by one person, released by another.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_REVIEW = "in_review", _("in review")
        RELEASED = "released", _("released")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        STOPPED = "stopped", _("stopped")

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, null=True, blank=True, related_name="updates")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="updates")
    invites_to = models.ForeignKey(
        Statement, on_delete=models.PROTECT, null=True, blank=True, related_name="invitations"
    )
    milestone = models.ForeignKey(Milestone, on_delete=models.SET_NULL, null=True, blank=True, related_name="updates")
    original_language = models.CharField(max_length=10, default="en")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    returned_because = models.TextField(blank=True, help_text=_("Why the second person sent it back"))
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)
    # How far the readers are gathered: signatories first, then followers, each in the order of their rows.
    last_signature = models.BigIntegerField(default=0)
    last_follower = models.BigIntegerField(default=0)
    noted = models.PositiveIntegerField(default=0, help_text=_("How many readers were gathered so far"))
    gathered_at = models.DateTimeField(null=True, help_text=_("When the last reader was noted"))
    sent_at = models.DateTimeField(null=True, help_text=_("When the last mail was written"))
    stopped_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    stopped_because = models.TextField(blank=True, help_text=_("Why it was stopped last"))
    resumed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    resumed_at = models.DateTimeField(null=True)

    objects = UpdateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="petitions_update_about_something",
                condition=Q(statement__isnull=False) | Q(case__isnull=False),
            ),
            models.CheckConstraint(
                name="petitions_update_invites_from_another",
                condition=Q(invites_to__isnull=True)
                | (Q(statement__isnull=False, case__isnull=True) & ~Q(invites_to=F("statement"))),
            ),
            models.CheckConstraint(
                name="petitions_update_released_by_second_person",
                condition=Q(state__in=["draft", "in_review"])
                | (Q(released_by__isnull=False, released_at__isnull=False) & ~Q(released_by=F("written_by"))),
            ),
            models.CheckConstraint(
                name="petitions_update_sent_is_gathered",
                condition=~Q(state="sent") | Q(gathered_at__isnull=False, sent_at__isnull=False),
            ),
        ]
        indexes = [models.Index(name="petitions_update_newest", fields=["-released_at"])]
        triggers = [
            pgtrigger.FSM(
                name="petitions_update_transitions",
                field="state",
                transitions=[
                    ("draft", "in_review"),
                    ("in_review", "draft"),
                    ("in_review", "released"),
                    ("released", "sending"),
                    ("released", "stopped"),
                    ("sending", "sent"),
                    ("sending", "stopped"),
                    ("sent", "stopped"),
                    ("stopped", "sending"),
                ],
            ),
            pgtrigger.Protect(
                name="petitions_update_fixed",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.state <> 'draft' AND (OLD.statement_id, OLD.case_id, OLD.invites_to_id, OLD.original_language,"
                    " OLD.written_by_id) IS DISTINCT FROM (NEW.statement_id, NEW.case_id, NEW.invites_to_id,"
                    " NEW.original_language, NEW.written_by_id)"
                ),
            ),
            pgtrigger.Trigger(
                name="petitions_update_states_its_texts",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.state <> 'draft'"),
                func=_REFUSE_UNFIT_TEXTS,
            ),
        ]

    def __str__(self) -> str:
        return f"update {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("petitions:update_read", args=[self.pk])

    @property
    def about(self) -> Statement | Case | None:
        """The statement, or the case when no statement is named."""
        return self.statement or self.case

    def text_in(self, language: str) -> UpdateText | None:
        """The wording for a reader of `language`, else the original one."""
        texts = {text.language: text for text in self.texts.all()}
        return texts.get(language) or texts.get(self.original_language)

    def fingerprint(self) -> str:
        """One SHA-256 (hexadecimal) over the fingerprints of all wordings: what a second person has seen."""
        lines = sorted(f"{text.language} {text.sha256}\n" for text in self.texts.all())
        return hashlib.sha256("".join(lines).encode()).hexdigest()


class UpdateText(models.Model):
    """The words of an update in one language; its SHA-256 is taken when it is handed in."""

    update = models.ForeignKey(Update, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=160)
    body = models.TextField(help_text=_("Markdown"))
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["update", "language"], name="petitions_updatetext_language_once")
        ]
        triggers = [
            pgtrigger.Trigger(
                name="petitions_updatetext_fixed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("fixed", "boolean")],
                func=_REFUSE_CHANGE_OF_FIXED_TEXT,
            )
        ]

    def __str__(self) -> str:
        return self.title

    def words_digest(self) -> str:
        """The SHA-256 (hexadecimal) of language, title and body, a line feed between them, as UTF-8."""
        return hashlib.sha256(f"{self.language}\n{self.title}\n{self.body}".encode()).hexdigest()
