from __future__ import annotations

from datetime import date

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mandates.models.directory import Mandate

# Letters go where two different people have said "right", both checks still hold, and nobody said "wrong" since.
TWO_PEOPLE = """
    IF (
        SELECT count(DISTINCT by_id) FROM mandates_contactcheck AS checked
        WHERE contact_point_id = NEW.id AND outcome = 'right' AND expires_on >= NEW.expires_on
            AND by_id IN (NEW.checked_by_id, NEW.confirmed_by_id)
            AND NOT EXISTS (
                SELECT 1 FROM mandates_contactcheck AS later
                WHERE later.contact_point_id = NEW.id AND later.outcome = 'wrong' AND later.id > checked.id
            )
    ) < 2 THEN
        RAISE EXCEPTION 'an address is checked by two people, each with a check of their own';
    END IF;
    RETURN NEW;
"""

# What letters there are encrypted to is a key that a second person confirmed and nobody took off.
CONFIRMED_KEY = """
    PERFORM 1 FROM mandates_contactkey
    WHERE contact_point_id = NEW.id AND confirmed_at IS NOT NULL AND taken_off_at IS NULL
        AND armored = NEW.openpgp_key AND fingerprint = NEW.openpgp_fingerprint
        AND expires_at IS NOT DISTINCT FROM NEW.openpgp_expires_at
    FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'letters are encrypted to a key that a second person confirmed';
    END IF;
    RETURN NEW;
"""


class ContactPointQuerySet(models.QuerySet["ContactPoint"]):
    def usable_on(self, day: date) -> ContactPointQuerySet:
        """Those two people checked, that are not expired and not blocked: nothing is sent to any other."""
        return self.filter(is_blocked=False, checked_on__isnull=False, confirmed_by__isnull=False, expires_on__gte=day)


@pghistory.track()
class ContactPoint(models.Model):
    """An address of a mandate. Where it stands follows from its checks; the columns here hold the result."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")
        FORM = "form", _("online form")
        POST = "post", _("post")

    mandate = models.ForeignKey(Mandate, on_delete=models.CASCADE, related_name="contact_points")
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices, default=Channel.EMAIL)
    value = models.CharField(_("address"), max_length=300)
    source_note = models.TextField(_("source"), blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    added_at = models.DateTimeField(null=True, blank=True)
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    check_note = models.CharField(_("how it was checked"), max_length=300, blank=True)
    expires_on = models.DateField(_("to be checked again on"), null=True, blank=True)
    is_blocked = models.BooleanField(_("known to be wrong"), default=False)
    blocked_because = models.CharField(_("why it is wrong"), max_length=300, blank=True)
    blocked_source = models.CharField(_("where that is known from"), max_length=500, blank=True)
    openpgp_key = models.TextField(
        _("OpenPGP public key"), blank=True, help_text=_("Letters there are encrypted to it")
    )
    openpgp_fingerprint = models.CharField(max_length=128, blank=True)
    openpgp_expires_at = models.DateTimeField(null=True, blank=True)
    demands_encryption = models.BooleanField(
        _("letters there leave encrypted or not at all"), default=False, db_default=False
    )
    is_demonstration = models.BooleanField(default=False)

    objects = ContactPointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mandate", "value"], name="mandates_contactpoint_once"),
            models.CheckConstraint(
                name="mandates_contactpoint_check_names_checker",
                condition=Q(checked_on__isnull=True) | Q(checked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="mandates_contactpoint_checked_by_two",
                condition=Q(checked_on__isnull=True)
                | Q(confirmed_by__isnull=True)
                | (Q(expires_on__isnull=False) & ~Q(confirmed_by=F("checked_by"))),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="mandates_contactpoint_two_people",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(
                    new__confirmed_by__isnull=False, new__checked_on__isnull=False, new__is_blocked=False
                ),
                func=TWO_PEOPLE,
            ),
            pgtrigger.Trigger(
                name="mandates_contactpoint_confirmed_key",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=~pgtrigger.Q(new__openpgp_key="")
                | ~pgtrigger.Q(new__openpgp_fingerprint="")
                | pgtrigger.Q(new__openpgp_expires_at__isnull=False),
                func=CONFIRMED_KEY,
            ),
            # A checked address that turns into another one would be unchecked with a check.
            pgtrigger.Protect(
                name="mandates_contactpoint_stays_itself",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("mandate", "value"),
            ),
        ]

    def __str__(self) -> str:
        return self.value

    def is_usable_on(self, day: date) -> bool:
        """The rule of `ContactPointQuerySet.usable_on`, for one row."""
        return self.standing_on(day) == Standing.CHECKED

    def standing_on(self, day: date) -> Standing:
        """How far `day`'s letters may trust it."""
        if self.is_blocked:
            return Standing.BLOCKED
        if self.checked_on is None:
            return Standing.UNCHECKED
        if self.expires_on is None or self.expires_on < day:
            return Standing.EXPIRED
        return Standing.CHECKED if self.confirmed_by_id is not None else Standing.HALF_CHECKED


class Standing(models.TextChoices):
    CHECKED = "checked", _("checked by two people")
    HALF_CHECKED = "half", _("needs a second person")
    EXPIRED = "expired", _("the check has expired")
    UNCHECKED = "unchecked", _("not checked by a person")
    BLOCKED = "blocked", _("known to be wrong")


class ContactCheck(models.Model):
    """Somebody looked whether an address is the mandate's: who, when, how, and what they found. Never changed."""

    class Outcome(models.TextChoices):
        RIGHT = "right", _("it is right")
        WRONG = "wrong", _("it is wrong or closed")
        UNCLEAR = "unclear", _("could not be told")

    contact_point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="checks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    how = models.CharField(_("how it was checked"), max_length=300)
    evidence = models.CharField(_("page or document"), max_length=500, blank=True)
    expires_on = models.DateField(_("to be checked again on"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="mandates_contactcheck_right_expires",
                condition=~Q(outcome="right") | Q(expires_on__isnull=False),
            ),
            models.CheckConstraint(name="mandates_contactcheck_says_how", condition=~Q(how="")),
        ]
        triggers = [
            pgtrigger.Protect(name="mandates_contactcheck_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.contact_point}: {self.get_outcome_display()}"
