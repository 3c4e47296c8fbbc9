from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from petitions.models.statement import Statement, StatementVersion


class StatementEvent(models.Model):
    """Who did what with a statement, when, and with which words. Append-only."""

    class Kind(models.TextChoices):
        CREATED = "created", _("begun")
        WRITTEN = "written", _("text changed")
        DETAILS = "details", _("details changed")
        SUBMITTED = "submitted", _("handed to a second person")
        RETURNED = "returned", _("sent back")
        FROZEN = "frozen", _("read and frozen")
        EMBARGOED = "embargoed", _("embargoed")
        OPENED = "opened", _("opened for signature")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("opened again")
        HANDED_OVER = "handed_over", _("handed over, takes no more signatures")
        TAKEN_OFF = "taken_off", _("taken off the site")
        AMENDED = "amended", _("next version begun")
        DROPPED = "dropped", _("draft of a version thrown away")
        TAKEN_BACK = "taken_back", _("version taken back before its moment")
        PREVIEW_GIVEN = "preview_given", _("preview link given")
        PREVIEW_REVOKED = "preview_revoked", _("preview link taken back")
        MIRROR_ADDED = "mirror_added", _("mirror added")
        MIRROR_REMOVED = "mirror_removed", _("mirror removed")

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="events")
    # Events outlive a draft version that is thrown away.
    version = models.ForeignKey(StatementVersion, on_delete=models.DO_NOTHING, null=True, related_name="events",
                                db_constraint=False)  # fmt: skip
    kind = models.CharField(max_length=16, choices=Kind.choices)
    note = models.TextField(_("note"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("Empty: the clock, at the end of an embargo or of the last day"),
    )
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="petitions_event_of_version", fields=["version", "kind"])]
        triggers = [
            pgtrigger.Protect(name="petitions_event_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.at:%Y-%m-%d})"


class Mirror(models.Model):
    """Another address that carries the text of a statement. Ours stays the canonical one."""

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="mirrors")
    url = models.URLField(_("address"), max_length=500)
    label = models.CharField(_("whose page it is"), max_length=120)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["statement", "url"], name="petitions_mirror_once"),
            models.CheckConstraint(name="petitions_mirror_is_https", condition=Q(url__startswith="https://")),
        ]

    def __str__(self) -> str:
        return self.url


class PreviewLinkQuerySet(models.QuerySet["PreviewLink"]):
    def good_at(self, now: datetime) -> PreviewLinkQuerySet:
        """Those that still open something."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=now)


class PreviewLink(models.Model):
    """One recipient's way to an embargoed text. It is shown once: only the SHA-256 of its token is kept."""

    LONGEST: ClassVar[timedelta] = timedelta(days=30)

    version = models.ForeignKey(StatementVersion, on_delete=models.CASCADE, related_name="preview_links")
    recipient = models.CharField(_("for whom"), max_length=160)
    token_sha256 = models.CharField(max_length=64, unique=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    objects = PreviewLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="petitions_preview_expires_within_a_month",
                condition=Q(expires_at__gt=models.F("given_at"))
                & Q(expires_at__lte=models.F("given_at") + timedelta(days=30)),
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="petitions_preview_revoked_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__revoked_at__isnull=False),
            ),
            pgtrigger.Protect(
                name="petitions_preview_is_for_one",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("version", "recipient", "token_sha256", "given_at", "expires_at"),
            ),
        ]

    def __str__(self) -> str:
        return f"preview of {self.version} for {self.recipient}"


class PreviewOpening(models.Model):
    """That a preview was opened. No address of the reader is kept. Append-only."""

    link = models.ForeignKey(PreviewLink, on_delete=models.CASCADE, related_name="openings")
    at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(name="petitions_opening_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.link} at {self.at:%Y-%m-%d %H:%M}"
