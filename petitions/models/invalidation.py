from __future__ import annotations

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from petitions.models.statement import Statement


class Invalidation(models.Model):
    """A rule that takes many signatures of one source out at once: written by one person, released by another.

    It reaches only signatures of the public that were confirmed in a window that lies in the past. What it did to which
    signature are the decisions of its `batch`; from them it is taken back.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("waiting for a second person")
        RUNNING = "running", _("running")
        STOPPED = "stopped", _("stopped")
        DONE = "done", _("done")
        REVERSING = "reversing", _("being taken back")
        REVERSED = "reversed", _("taken back")

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="invalidations")
    confirmed_from = models.DateTimeField(_("signed from"))
    confirmed_to = models.DateTimeField(_("signed until"))
    domain = models.CharField(_("mail domain"), max_length=190, blank=True)
    name_pattern = models.CharField(_("name"), max_length=60, blank=True)
    comment = models.CharField(_("comment"), max_length=300, blank=True)
    country = CountryField(_("country"), blank=True)
    reason = models.TextField(_("why these are not people who signed"), max_length=1000)

    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    batch = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    previewed = models.PositiveIntegerField(help_text=_("How many it would reach when it was written"))
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)
    # The last signature looked at, and the last decision taken back: where a killed worker's successor goes on.
    cursor = models.BigIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    stopped_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    stopped_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    reversed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reversal_cursor = models.BigIntegerField(default=0)
    restored = models.PositiveIntegerField(default=0)
    left_alone = models.PositiveIntegerField(default=0, help_text=_("Moved since, so not put back"))
    reversed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="petitions_invalidation_names_a_source",
                condition=~Q(domain="") | ~Q(name_pattern="") | ~Q(comment=""),
                violation_error_message=_(
                    "Name a mail domain, a pattern of names or a comment. A country or a time by itself is no reason."
                ),
            ),
            models.CheckConstraint(
                name="petitions_invalidation_looks_back",
                condition=Q(confirmed_from__lt=F("confirmed_to"), confirmed_to__lte=F("proposed_at")),
            ),
            models.CheckConstraint(
                name="petitions_invalidation_released_by_second_person",
                condition=Q(state="proposed")
                | Q(state="stopped", released_by__isnull=True)
                | (Q(released_by__isnull=False, released_at__isnull=False) & ~Q(released_by=F("proposed_by"))),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="petitions_invalidation_rule_is_fixed",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "statement", "confirmed_from", "confirmed_to", "domain", "name_pattern", "comment", "country",
                    "reason", "batch", "proposed_by", "proposed_at",
                ),
            ),
            pgtrigger.Protect(name="petitions_invalidation_is_kept", operation=pgtrigger.Delete),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"invalidation {self.pk}: {self.state}"

    @property
    def is_moving(self) -> bool:
        return self.state in {self.State.RUNNING, self.State.REVERSING}

    @property
    def can_be_reversed(self) -> bool:
        return self.changed > 0 and self.state in {self.State.DONE, self.State.STOPPED}
