from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import KEEP_UNLESS_CLOSED, User


class VoucherQuerySet(models.QuerySet["Voucher"]):
    def standing(self) -> VoucherQuerySet:
        return self.filter(ended_at__isnull=True)

    def given_since(self, moment: datetime) -> VoucherQuerySet:
        return self.filter(given_at__gt=moment)


class Voucher(models.Model):
    """A verified expert's word that another is who they say. What was said never changes; it can end."""

    class Ending(models.TextChoices):
        WITHDRAWN = "withdrawn", _("withdrawn by who gave it")
        PROFILE_CHANGED = "profile_changed", _("the name or institution was changed")
        CLOSED = "closed", _("the account was closed")

    voucher = models.ForeignKey(User, on_delete=models.PROTECT, related_name="vouchers_given")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="vouchers")
    name = models.CharField(max_length=120, help_text=_("The printed name that was vouched for"))
    statement = models.TextField(_("how you know this person"), max_length=1000)
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=20, choices=Ending.choices, blank=True)
    emptied_at = models.DateTimeField(null=True, blank=True, help_text=_("When what was said was destroyed"))

    objects = VoucherQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="accounts_voucher_once", fields=["voucher", "person"], condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(name="accounts_voucher_not_of_oneself", condition=~Q(voucher=F("person"))),
            models.CheckConstraint(
                name="accounts_voucher_ending_has_reason",
                condition=Q(ended_at__isnull=True, ending="") | (Q(ended_at__isnull=False) & ~Q(ending="")),
            ),
            models.CheckConstraint(
                name="accounts_voucher_emptied_is_over",
                condition=Q(emptied_at__isnull=True) | Q(name="", statement="", ended_at__isnull=False),
            ),
        ]
        triggers: ClassVar[list[Any]] = [
            pgtrigger.Protect(name="accounts_voucher_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="accounts_voucher_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("voucher", "person", "name", "statement", "given_at", "emptied_at"),
                func=KEEP_UNLESS_CLOSED.format(owner="person"),
            ),
            # Two who vouch for each other vouch for nothing. The lock makes two at once wait for one another.
            pgtrigger.Trigger(
                name="accounts_voucher_no_pairs",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    PERFORM pg_advisory_xact_lock(
                        hashtext('voucher ' || LEAST(NEW.voucher_id, NEW.person_id) || ' '
                                 || GREATEST(NEW.voucher_id, NEW.person_id)));
                    IF EXISTS (
                        SELECT 1 FROM accounts_voucher
                        WHERE voucher_id = NEW.person_id AND person_id = NEW.voucher_id AND ended_at IS NULL
                    ) THEN
                        RAISE EXCEPTION 'two people do not vouch for each other'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.voucher} vouches for {self.person}"
