from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from outbox.addresses import SealedTextField
from petitions.models.statement import Statement, VersionText


class SignatureQuerySet(models.QuerySet["Signature"]):
    def counted(self) -> SignatureQuerySet:
        return self.filter(state=Signature.State.ACCEPTED)

    def listed(self) -> SignatureQuerySet:
        """Those whose name, or initials, may be read by everybody."""
        return self.counted().exclude(display=Signature.Display.HIDDEN)

    def waiting(self) -> SignatureQuerySet:
        return self.filter(state__in=[Signature.State.PENDING, Signature.State.ASKED])


class Signature(models.Model):
    """One signatory on one version of one text. What was signed is stored with it and cannot change."""

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", _("waiting for the e-mailed code")
        PENDING = "pending", _("waiting for moderation")
        ASKED = "asked", _("waiting for an answer from the signatory")
        ACCEPTED = "accepted", _("counted")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Display(models.TextChoices):
        FULL = "full", _("full name")
        INITIALS = "initials", _("initials only")
        HIDDEN = "hidden", _("not shown")

    class Proof(models.TextChoices):
        """How the signatory's identity was proved, as of signing; the badge beside the name."""

        EMAIL_CODE = "email_code", _("e-mail proved by a typed code")
        INSTITUTION_DOMAIN = "institution_domain", _("e-mail address at the institution")
        STAFF_CHECK = "staff_check", _("identity checked by staff")

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="signatures")
    text = models.ForeignKey(VersionText, on_delete=models.PROTECT, related_name="signatures")
    version_number = models.PositiveIntegerField()
    text_language = models.CharField(max_length=10)
    text_sha256 = models.CharField(max_length=64)

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="signatures"
    )
    email = SealedTextField(null=True)
    email_digest = models.BinaryField(max_length=32)

    name = models.CharField(_("name"), max_length=120)
    original_name = models.CharField(max_length=120, blank=True)
    title = models.CharField(max_length=160, blank=True)
    is_current = models.BooleanField(default=True)
    affiliation = models.CharField(max_length=200, blank=True)
    country = CountryField(_("country"), blank=True)
    field = models.CharField(max_length=120, blank=True)
    display = models.CharField(_("how your name is shown"), max_length=10, choices=Display.choices, default=Display.FULL)
    comment = models.CharField(_("why you sign"), max_length=300, blank=True)
    wants_updates = models.BooleanField(default=False)
    updates_wording = models.TextField(blank=True, help_text=_("The words that were agreed to"))
    language = models.CharField(max_length=10, default="en", help_text=_("Language we write to the signatory in"))

    state = models.CharField(max_length=12, choices=State.choices, default=State.UNCONFIRMED)
    proof = models.CharField(max_length=20, choices=Proof.choices, blank=True)
    proved_on = models.DateField(null=True)
    review_reason = models.CharField(max_length=200, blank=True, help_text=_("Why it waits for a moderator"))
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    is_demonstration = models.BooleanField(default=False)

    LIVE: ClassVar[list[str]] = ["unconfirmed", "pending", "asked", "accepted", "refused"]

    objects = SignatureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "email_digest"],
                condition=~Q(state="withdrawn"),
                name="petitions_signature_one_per_mailbox",
            ),
            models.UniqueConstraint(
                fields=["statement", "user"],
                condition=Q(user__isnull=False) & ~Q(state="withdrawn"),
                name="petitions_signature_one_per_user",
            ),
            models.CheckConstraint(
                name="petitions_signature_accepted_is_proved",
                condition=~Q(state="accepted")
                | (Q(accepted_at__isnull=False, confirmed_at__isnull=False) & ~Q(proof="")),
            ),
            models.CheckConstraint(
                name="petitions_signature_withdrawn_has_date",
                condition=~Q(state="withdrawn") | Q(withdrawn_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="petitions_signature_list", fields=["statement", "accepted_at"], condition=Q(state="accepted")),
            models.Index(name="petitions_signature_queue", fields=["confirmed_at"], condition=Q(state__in=["pending", "asked"])),
        ]
        triggers = [
            pgtrigger.Protect(
                name="petitions_signature_bound",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "statement", "text", "version_number", "text_language", "text_sha256", "created_at"
                ),
            )
        ]

    def __str__(self) -> str:
        return f"signature {self.pk} on {self.statement}"


class SignatureCode(models.Model):
    """The code sent to prove a signatory's mailbox. Only its keyed digest is kept; a new one replaces the old."""

    signature = models.OneToOneField(Signature, on_delete=models.CASCADE, related_name="code")
    # Names the signing to its own tab without naming the signature; safe in an address.
    ticket = models.CharField(max_length=43, unique=True)
    code_digest = models.BinaryField(max_length=32)
    expires_at = models.DateTimeField()
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    mails_sent = models.PositiveSmallIntegerField(default=1)
    sent_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"code for signature {self.signature_id}"
