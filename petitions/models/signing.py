from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.db import models

from outbox.addresses import SealedTextField
from petitions.models.about import AboutOneThing
from petitions.models.signature import Signature
from petitions.models.statement import VersionText


class SigningMailbox(AboutOneThing):
    """One mailbox somebody typed below one thing, and the code last sent to it. The address is not kept here.

    There is one live code for a mailbox, in whatever tab it is typed; only its keyed digest is kept.
    """

    LIFE_OF_CODE: ClassVar[timedelta] = timedelta(hours=1)
    WRONG_TRIES: ClassVar[int] = 5
    MAILS_A_DAY: ClassVar[int] = 5
    LIFE_OF_DOUBT: ClassVar[timedelta] = timedelta(days=30)
    # Pressing the button twice, or in two tabs, sends one mail.
    PAUSE: ClassVar[timedelta] = timedelta(seconds=60)

    email_digest = models.BinaryField(max_length=32)
    code_digest = models.BinaryField(max_length=32, null=True)
    code_expires_at = models.DateTimeField(null=True)
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    mails_on = models.DateField(null=True)
    mails_sent = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    # "This was not me": nothing is written to this mailbox about this thing again.
    blocked_at = models.DateTimeField(null=True)
    # A signature that a moderator doubted was erased: for 30 days a new one is looked at by a person first.
    doubted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"mailbox {self.pk} for {self.about}"


class SigningTicket(models.Model):
    """One filled-in form, waiting for its mailbox to be proved. It names a tab, and by itself opens nothing.

    What was typed is sealed, belongs to this ticket alone, and is emptied when it is used: a second person who types
    the same address cannot change what the first one confirms.
    """

    LIFE: ClassVar[timedelta] = timedelta(days=7)
    LIFE_OF_LINK: ClassVar[timedelta] = timedelta(hours=72)

    class Purpose(models.TextChoices):
        SIGN = "sign", "sign"
        MANAGE = "manage", "manage"
        FOLLOW = "follow", "follow"

    mailbox = models.ForeignKey(SigningMailbox, on_delete=models.CASCADE, related_name="tickets")
    purpose = models.CharField(max_length=6, choices=Purpose.choices, default=Purpose.SIGN)
    ticket_digest = models.BinaryField(max_length=32, unique=True)
    link_digest = models.BinaryField(max_length=32, null=True, unique=True)
    link_expires_at = models.DateTimeField(null=True)
    # The version may be replaced before the mailbox is proved; who manages a signature, or follows, has chosen no text.
    text = models.ForeignKey(VersionText, on_delete=models.PROTECT, null=True, related_name="+")
    typed = SealedTextField(null=True)
    review_reason = models.CharField(max_length=20, choices=Signature.ReviewReason.choices, blank=True)
    language = models.CharField(max_length=10, default="en")
    created_at = models.DateTimeField()
    used_code_digest = models.BinaryField(max_length=32, null=True)
    used_at = models.DateTimeField(null=True)
    signature = models.ForeignKey(Signature, on_delete=models.CASCADE, null=True, related_name="tickets")

    def __str__(self) -> str:
        return f"ticket {self.pk} ({self.purpose})"
