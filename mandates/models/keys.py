"""OpenPGP keys of addresses: brought by one person, confirmed by another over another channel, kept for ever."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mandates.models.addresses import ContactPoint

# A key is written once. Afterwards it is confirmed, once, and taken off, once; nothing else changes, ever.
LIFE = """
    IF TG_OP = 'INSERT' THEN
        IF NEW.confirmed_at IS NOT NULL OR NEW.taken_off_at IS NOT NULL THEN
            RAISE EXCEPTION 'a key begins unconfirmed';
        END IF;
        RETURN NEW;
    END IF;
    IF (to_jsonb(NEW) - DECIDED) <> (to_jsonb(OLD) - DECIDED) OR OLD.taken_off_at IS NOT NULL
        OR (OLD.confirmed_at IS NOT NULL AND (to_jsonb(NEW) - TAKEN_OFF) <> (to_jsonb(OLD) - TAKEN_OFF))
        OR (NEW.taken_off_at IS NOT NULL AND NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at)
    THEN
        RAISE EXCEPTION 'a key cannot change: it is confirmed once and taken off once';
    END IF;
    IF NEW.taken_off_at IS NOT NULL AND EXISTS (
        SELECT 1 FROM mandates_contactpoint
        WHERE id = NEW.contact_point_id AND openpgp_fingerprint = NEW.fingerprint AND NEW.confirmed_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'a key in use is taken off its address first';
    END IF;
    RETURN NEW;
""".replace("DECIDED", "ARRAY['confirmed_by_id', 'confirmed_at', 'confirmed_over', 'confirmed_how',"
    " 'confirmed_fingerprint', 'taken_off_by_id', 'taken_off_at', 'taken_off_because']").replace(
    "TAKEN_OFF", "ARRAY['taken_off_by_id', 'taken_off_at', 'taken_off_because']"
)  # fmt: skip


class Channel(models.TextChoices):
    """How a key or its fingerprint reached us."""

    WEBSITE = "website", _("a page of the mandate or of the UN")
    SERVER = "server", _("a key server")
    EMAIL = "email", _("an e-mail")
    TELEPHONE = "telephone", _("by telephone or video")
    PRINT = "print", _("in print or by letter")
    PERSON = "person", _("in person")


class ContactKeyQuerySet(models.QuerySet["ContactKey"]):
    def waiting(self) -> ContactKeyQuerySet:
        """Those nobody has confirmed yet: letters are not encrypted to them."""
        return self.filter(confirmed_at__isnull=True, taken_off_at__isnull=True)

    def in_use(self) -> ContactKeyQuerySet:
        return self.filter(confirmed_at__isnull=False, taken_off_at__isnull=True)


class ContactKey(models.Model):
    """A public key for an address: who brought it from where, who confirmed its fingerprint and how. Never deleted."""

    contact_point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="keys")
    armored = models.TextField(_("public key"))
    fingerprint = models.CharField(max_length=128)
    expires_at = models.DateTimeField(null=True)
    came_by = models.CharField(_("how the key reached you"), max_length=10, choices=Channel.choices)
    source = models.CharField(_("where exactly"), max_length=500)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_over = models.CharField(max_length=10, choices=Channel.choices, blank=True)
    confirmed_how = models.CharField(max_length=500, blank=True)
    confirmed_fingerprint = models.CharField(max_length=128, blank=True, help_text=_("As the second person was told"))
    taken_off_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    taken_off_at = models.DateTimeField(null=True)
    taken_off_because = models.CharField(max_length=300, blank=True)

    objects = ContactKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="mandates_contactkey_says_where_from",
                condition=~Q(source="") & ~Q(fingerprint="") & ~Q(armored=""),
            ),
            models.CheckConstraint(
                name="mandates_contactkey_confirmed_by_second_person",
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | (Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_by=F("added_by"))),
            ),
            models.CheckConstraint(
                name="mandates_contactkey_confirmed_another_way",
                condition=Q(confirmed_at__isnull=True)
                | (
                    ~Q(confirmed_over="")
                    & ~Q(confirmed_over=F("came_by"))
                    & ~Q(confirmed_how="")
                    & Q(confirmed_fingerprint=F("fingerprint"))
                ),
            ),
            models.CheckConstraint(
                name="mandates_contactkey_taken_off_by_somebody",
                condition=Q(taken_off_by__isnull=True, taken_off_at__isnull=True)
                | Q(taken_off_by__isnull=False, taken_off_at__isnull=False),
            ),
            models.UniqueConstraint(
                name="mandates_contactkey_one_in_use",
                fields=["contact_point"],
                condition=Q(confirmed_at__isnull=False, taken_off_at__isnull=True),
            ),
            models.UniqueConstraint(
                name="mandates_contactkey_one_waiting",
                fields=["contact_point"],
                condition=Q(confirmed_at__isnull=True, taken_off_at__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="mandates_contactkey_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="mandates_contactkey_life",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=LIFE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact_point}: {self.fingerprint}"

    @property
    def state(self) -> str:
        """`waiting`, `in_use` or `taken_off`."""
        if self.taken_off_at is not None:
            return "taken_off"
        return "waiting" if self.confirmed_at is None else "in_use"

    def has_expired_at(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now
