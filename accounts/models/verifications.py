from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.experts import Institution
from accounts.models.people import KEEP_UNLESS_CLOSED, User


class VerificationQuerySet(models.QuerySet["Verification"]):
    def valid_at(self, moment: datetime) -> VerificationQuerySet:
        return self.filter(revoked_at__isnull=True).filter(Q(expires_at__isnull=True) | Q(expires_at__gt=moment))


class Verification(models.Model):
    """How we know who an expert is: one rung of the ladder (docs/verification.md).

    What was found never changes; it can end.
    """

    class Method(models.TextChoices):
        ORCID = "orcid", _("ORCID iD proved")
        INSTITUTION_DOMAIN = "institution_domain", _("e-mail address at the institution")
        VOUCHED = "vouched", _("vouched for by verified experts")
        STAFF_CHECK = "staff_check", _("checked by staff")
        STAFF_PAGE = "staff_page", _("staff page seen by our staff")
        DOCUMENT = "document", _("document seen by our staff")

    # A member of our staff looked at something; the three differ in what it was.
    BY_STAFF: ClassVar[tuple[str, ...]] = (Method.STAFF_CHECK, Method.STAFF_PAGE, Method.DOCUMENT)
    # What speaks of the printed name, and ends with it.
    OF_THE_NAME: ClassVar[tuple[str, ...]] = (*BY_STAFF, Method.VOUCHED)

    class Ending(models.TextChoices):
        """Why a verification ended before its time."""

        REVOKED = "revoked", _("taken back by staff")
        PROFILE_CHANGED = "profile_changed", _("the name or institution was changed")
        DISCONNECTED = "disconnected", _("disconnected by the person")
        RENEWED = "renewed", _("proved again")
        UNVOUCHED = "unvouched", _("an expert no longer vouches")
        CLOSED = "closed", _("the account was closed")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="verifications")
    method = models.CharField(max_length=20, choices=Method.choices)
    evidence = models.TextField(_("evidence"), help_text=_("The address, page or document that was looked at"))
    domain = models.CharField(max_length=253, blank=True, help_text=_("The e-mail domain that was proved"))
    mailbox_digest = models.BinaryField(max_length=32, null=True, help_text=_("Keyed digest of the proved mailbox"))
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, null=True, blank=True)
    institution_name = models.CharField(max_length=200, blank=True, help_text=_("As the list names it"))
    orcid = models.CharField(max_length=19, blank=True, help_text=_("The ORCID iD that was proved"))
    is_public = models.BooleanField(default=False, help_text=_("Whether the person agreed that the iD is shown"))
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    checked_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ending = models.CharField(max_length=20, choices=Ending.choices, blank=True)
    ending_note = models.CharField(max_length=500, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    emptied_at = models.DateTimeField(null=True, blank=True, help_text=_("When the evidence was destroyed"))

    objects = VerificationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="accounts_verification_staff_check_names_checker",
                condition=~Q(method__in=["staff_check", "staff_page", "document"]) | Q(checked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="accounts_verification_orcid_is_an_id",
                condition=Q(method="orcid", orcid__regex=r"^\d{4}-\d{4}-\d{4}-\d{3}[0-9X]$")
                | (~Q(method="orcid") & Q(orcid="", is_public=False))
                | Q(orcid="", is_public=False, emptied_at__isnull=False),
            ),
            models.CheckConstraint(
                name="accounts_verification_emptied_is_over",
                condition=Q(emptied_at__isnull=True) | Q(evidence="", ending_note="", revoked_at__isnull=False),
            ),
            # Until it is disconnected or proved again, an iD is one person's, even after its year.
            models.UniqueConstraint(
                name="accounts_verification_orcid_of_one_person",
                fields=["orcid"],
                condition=Q(revoked_at__isnull=True) & ~Q(orcid=""),
            ),
            # One mailbox makes one person an expert, however many accounts it is added to in turn; of a closed one the
            # digest is left where a signature stays.
            models.UniqueConstraint(
                name="accounts_verification_mailbox_of_one_person",
                fields=["mailbox_digest"],
                condition=Q(revoked_at__isnull=True) | Q(emptied_at__isnull=False),
            ),
            models.CheckConstraint(
                name="accounts_verification_not_of_oneself",
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("user")),
            ),
        ]
        triggers: ClassVar[list[Any]] = [
            pgtrigger.Protect(name="accounts_verification_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="accounts_verification_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "user",
                    "method",
                    "evidence",
                    "domain",
                    "mailbox_digest",
                    "orcid",
                    "checked_by",
                    "checked_at",
                    "emptied_at",
                ),
                func=KEEP_UNLESS_CLOSED.format(owner="user"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_method_display()}"

    @property
    def place(self) -> str:
        """What the address belongs to: the institution's name, else its domain."""
        return self.institution_name or (self.institution.name if self.institution else self.domain)

    @property
    def is_by_staff(self) -> bool:
        return self.method in self.BY_STAFF

    def is_valid_at(self, moment: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > moment)


class VerificationRequest(models.Model):
    """What an expert offers so that a member of staff can check who they are, and what came of it."""

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", _("confirmed")
        REFUSED = "refused", _("not confirmed")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="verification_requests")
    staff_page = models.URLField(_("page that names you"), max_length=500, blank=True)
    orcid = models.CharField(_("ORCID iD"), max_length=19, blank=True)
    note = models.TextField(_("anything else that shows who you are"), max_length=2000, blank=True)
    created_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    reason = models.TextField(_("reason"), max_length=1000, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(outcome=""), name="accounts_verificationrequest_one_open"
            ),
            models.CheckConstraint(
                name="accounts_verificationrequest_offers_something",
                condition=~Q(staff_page="", orcid="", note=""),
            ),
            models.CheckConstraint(
                name="accounts_verificationrequest_decided_by_somebody",
                condition=Q(outcome="", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(outcome="") & Q(decided_by__isnull=False, decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="accounts_verificationrequest_not_of_oneself",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("user")),
            ),
            models.CheckConstraint(
                name="accounts_verificationrequest_refusal_says_why",
                condition=~Q(outcome="refused") | ~Q(reason=""),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="accounts_request_queue", fields=["created_at"], condition=Q(outcome=""))
        ]

    def __str__(self) -> str:
        return f"request of {self.user}, {self.get_outcome_display() or 'open'}"

    @property
    def is_open(self) -> bool:
        return not self.outcome
