from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from petitions.models.identity import KEEP_SECOND_CHANNEL
from petitions.models.signature import Signature


class WatchedNameQuerySet(models.QuerySet["WatchedName"]):
    def watched(self) -> WatchedNameQuerySet:
        return self.filter(retired_at__isnull=True)


class WatchedName(models.Model):
    """A name that others would borrow. A signature under it waits until a second channel shows whose it is."""

    class Why(models.TextChoices):
        LAUREATE = "laureate", _("laureate")
        OFFICE = "office", _("holder of a high office")
        OTHER = "other", _("known for something else")

    name = models.CharField(_("name"), max_length=120)
    spellings = models.TextField(
        _("other spellings and scripts"), blank=True, max_length=2000, help_text=_("One on each line.")
    )
    why = models.CharField(_("why"), max_length=10, choices=Why.choices)
    source = models.CharField(_("source"), max_length=500, help_text=_("Where one can read that it is so."))
    note = models.CharField(_("note"), max_length=500, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    retired_at = models.DateTimeField(null=True, blank=True)
    is_demonstration = models.BooleanField(default=False)

    objects = WatchedNameQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="petitions_watchedname_once", fields=["name"], condition=Q(retired_at__isnull=True)
            ),
            models.CheckConstraint(name="petitions_watchedname_has_source", condition=~Q(source="")),
            models.CheckConstraint(
                name="petitions_watchedname_retired_by_somebody",
                condition=Q(retired_at__isnull=True, retired_by__isnull=True)
                | Q(retired_at__isnull=False, retired_by__isnull=False),
            ),
        ]
        triggers: ClassVar[list[Any]] = [
            pgtrigger.Protect(name="petitions_watchedname_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="petitions_watchedname_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("name", "spellings", "why", "source", "added_by", "added_at"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def all_spellings(self) -> list[str]:
        return [self.name, *(line.strip() for line in self.spellings.splitlines() if line.strip())]


class SecondChannel(models.Model):
    """What asking over a second channel showed about a signature under a watched name. Append-only; the last counts."""

    class Channel(models.TextChoices):
        SWITCHBOARD = "switchboard", _("called back through the institution's switchboard, at a number we looked up")
        LETTER = "letter", _("letter to the institution's address, answered")
        STAFF_PAGE = "staff_page", _("wrote to the address on the institution's own page, answered")
        VIDEO = "video", _("video call with the person")

    class Finding(models.TextChoices):
        CONFIRMED = "confirmed", _("it is this person who signs")
        NAMESAKE = "namesake", _("somebody else of the same name signs")
        DENIED = "denied", _("the person did not sign")

    signature = models.ForeignKey(Signature, on_delete=models.PROTECT, related_name="second_channels")
    channel = models.CharField(_("channel"), max_length=12, choices=Channel.choices)
    finding = models.CharField(_("what it showed"), max_length=10, choices=Finding.choices)
    what = models.TextField(_("what was asked and answered"), max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers: ClassVar[list[Any]] = [
            pgtrigger.Trigger(
                name="petitions_secondchannel_says_what",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__what=""),
                func="""
                    RAISE EXCEPTION 'a second channel says what was asked and answered'
                        USING ERRCODE = 'integrity_constraint_violation';
                """,
            ),
            pgtrigger.Trigger(
                name="petitions_secondchannel_append_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=KEEP_SECOND_CHANNEL,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {self.finding}"
