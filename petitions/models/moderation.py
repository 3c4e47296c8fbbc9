import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from petitions.models.holding import REFUSE_OWN_SECOND_CHANNEL
from petitions.models.identity import KEEP_ANSWER, KEEP_DECISION
from petitions.models.signature import Signature


class ModerationDecision(models.Model):
    """What a moderator decided, and why. Append-only; a decision is reversed by another one.

    Refused was never counted; removed was. Decisions of one act over many signatures share a `batch`: they are its
    ledger, from which it is taken back row by row.
    """

    class Kind(models.TextChoices):
        ACCEPT = "accept", _("accept")
        REFUSE = "refuse", _("refuse")
        REMOVE = "remove", _("take out of the count")
        ASK = "ask", _("ask the signatory")
        UNDO = "undo", _("undo")

    class Reason(models.TextChoices):
        IDENTITY_PROVED = "identity_proved", _("identity and office proved")
        NOTHING_AGAINST = "nothing_against", _("nothing speaks against it")
        IDENTITY_DOUBTED = "identity_doubted", _("identity not proved")
        NOT_A_NAME = "not_a_name", _("not a person's name")
        ABUSIVE = "abusive", _("insulting or inciting text")
        DUPLICATE = "duplicate", _("same person signed already")
        IMPERSONATED = "impersonated", _("somebody else signed in this name")
        BULK = "bulk", _("one of many that one source made")
        MORE_NEEDED = "more_needed", _("more information needed")
        MISTAKE = "mistake", _("decided by mistake")

    signature = models.ForeignKey(Signature, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason.choices)
    note = models.TextField(_("note"), blank=True)
    state_before = models.CharField(max_length=12)
    state_after = models.CharField(max_length=12)
    accepted_before = models.DateTimeField(null=True, help_text=_("The place in the list it had, to give it back"))
    batch = models.UUIDField(null=True, help_text=_("Decided together with others"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="undone_by")

    class Meta:
        indexes = [
            # What the desk shows of its last decisions; those taken together lie in their batch.
            models.Index(name="petitions_decision_recent", fields=["-at", "-id"], condition=Q(batch__isnull=True)),
            models.Index(name="petitions_decision_batch", fields=["batch", "id"], condition=Q(batch__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                name="petitions_decision_undo_names_decision",
                condition=(Q(kind="undo") & Q(undoes__isnull=False)) | (~Q(kind="undo") & Q(undoes__isnull=True)),
            ),
            models.CheckConstraint(
                name="petitions_decision_remove_keeps_place",
                condition=~Q(kind="remove")
                | Q(state_before="accepted", state_after="removed", accepted_before__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="petitions_decision_append_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=KEEP_DECISION,
            ),
            pgtrigger.Trigger(
                name="petitions_decision_watched_by_second_person",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("found", "text"), ("finder", "bigint")],
                func=REFUSE_OWN_SECOND_CHANNEL,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} signature {self.signature_id}"


class SignatoryAnswer(models.Model):
    """What the signatory answered to a question or to a refusal. Kept as written."""

    decision = models.OneToOneField(ModerationDecision, on_delete=models.PROTECT, related_name="answer")
    text = models.TextField(_("your answer"), max_length=2000)
    at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Trigger(
                name="petitions_answer_append_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=KEEP_ANSWER,
            )
        ]

    def __str__(self) -> str:
        return f"answer to decision {self.decision_id}"
