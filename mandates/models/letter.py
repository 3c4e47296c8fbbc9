from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Prefetch, Q, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.consents import standing
from cases.models import Case
from mandates.models.delivery import Delivery
from mandates.models.directory import Mandate, Violation
from mandates.models.guards import frozen_with_letter, second_person
from outbox.models import Message
from petitions.models import Statement, StatementVersion

if TYPE_CHECKING:
    from accounts.models import User


# What a UN communication is called, e.g. AL IRN 14/2021: kind, State (ISO 3166 alpha-3), number in the year.
REFERENCE_PATTERN = r"^(UA|AL|OL|JUA|JAL|JOL|OTH) [A-Z]{3} [0-9]+/[0-9]{4}$"


def random_token() -> Func:
    """32 hexadecimal digits, 122 of their bits random, drawn by the database for every row."""
    drawn = Cast(Func(function="gen_random_uuid"), models.TextField())
    return Func(drawn, Value("-"), Value(""), function="replace", output_field=models.CharField(max_length=32))


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, user: User | None) -> LetterQuerySet:
        if user is not None and user.is_authenticated and user.has_role("letter_author"):
            return self.all()
        return self.none()

    def public(self) -> LetterQuerySet:
        """Approved letters on published cases, or handing over published statements: that they were sent, to whom, and
        the answers; never their contents."""
        handed_over = Q(statement_version__statement__in=Statement.objects.published())
        return self.filter(Q(case__state=Case.State.PUBLISHED) | handed_over, state=Letter.State.APPROVED)

    def consented_at(self, moment: datetime) -> LetterQuerySet:
        """Letters on cases that may, at `moment`, still be sent to the UN; and cover letters, which are on no case."""
        consents = standing(purpose="send_to_un", now=moment).filter(case=OuterRef("case"))
        return self.filter(Q(case__isnull=True) | Exists(consents))

    def with_journey(self) -> LetterQuerySet:
        """Each letter with its case, deliveries and replies, in a constant number of queries."""
        deliveries = Delivery.objects.select_related("mandate", "contact_point").order_by("pk")
        # The bytes lie encrypted; a list has no use for them.
        messages = Message.objects.defer("raw", "to_address")
        replies = Reply.objects.select_related("mandate").order_by("received_on", "pk").prefetch_related("releases")
        return (
            self.select_related("case__person", "statement_version__statement", "author", "edited_by", "approved_by")
            .prefetch_related("case__person__names", "statement_version__texts")
            .prefetch_related(Prefetch("deliveries", deliveries.prefetch_related(Prefetch("message", messages))))
            .prefetch_related(Prefetch("replies", replies))
        )


@pghistory.track(exclude=["created_at", "updated_at", "reply_token"])
class Letter(models.Model):
    """Our submission about one case, or the cover letter that hands over a statement.

    The mandate holders decide what they send; we propose a kind.
    """

    class Kind(models.TextChoices):
        URGENT_APPEAL = "urgent_appeal", _("urgent appeal")
        ALLEGATION_LETTER = "allegation_letter", _("allegation letter")
        OTHER_LETTER = "other_letter", _("other letter")
        COVER_LETTER = "cover_letter", _("cover letter of a statement")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_REVIEW = "in_review", _("waiting for a second person")
        APPROVED = "approved", _("approved")
        CANCELLED = "cancelled", _("given up")

    class Language(models.TextChoices):
        """The languages the mandates work in."""

        ENGLISH = "en", _("English")
        FRENCH = "fr", _("French")
        SPANISH = "es", _("Spanish")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="letters")
    statement_version = models.ForeignKey(
        StatementVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="letters"
    )
    kind = models.CharField(_("proposed kind"), max_length=20, choices=Kind.choices, default=Kind.URGENT_APPEAL)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH)
    violations = models.ManyToManyField(
        Violation, through="LetterViolation", related_name="letters", blank=True, verbose_name=_("violations")
    )
    subject = models.CharField(_("subject"), max_length=200)
    victim = models.TextField(_("alleged victim"), blank=True)
    perpetrators = models.TextField(_("alleged perpetrators"), blank=True)
    perpetrators_unknown_because = models.CharField(_("unknown because"), max_length=300, blank=True)
    date_of_events = models.CharField(_("date"), max_length=200, blank=True)
    place_of_events = models.CharField(_("place"), max_length=200, blank=True)
    facts = models.TextField(_("circumstances"), blank=True)
    steps_taken = models.TextField(_("steps taken at home and with other bodies"), blank=True)
    request = models.TextField(_("what is asked"), blank=True)
    submitter = models.TextField(_("who submits (kept confidential)"), blank=True)
    # One submission to all of them (To the leading one, Cc the others), or one for each.
    is_joint = models.BooleanField(_("one submission to all of them"), default=True)
    # How many had signed the statement, in this version and in all, when the letter was given to a second person.
    signed_version = models.PositiveIntegerField(null=True)
    signed_in_all = models.PositiveIntegerField(null=True)
    counted_at = models.DateTimeField(null=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_sha256 = models.CharField(max_length=64, blank=True)
    # Whoever knows it can answer the letter: it stands in Reply-To and on no page. See mandates.reply_address.
    reply_token = models.CharField(max_length=32, unique=True, editable=False, db_default=random_token())
    is_demonstration = models.BooleanField(default=False)

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="mandates_letter_approved_by_second_person",
                condition=~Q(state="approved")
                | (
                    Q(approved_by__isnull=False, approved_at__isnull=False)
                    & ~Q(approved_by=F("author"))
                    & ~Q(approved_by=F("edited_by"))
                    & ~Q(approved_sha256="")
                ),
            ),
            models.CheckConstraint(
                name="mandates_letter_on_case_or_statement",
                condition=Q(kind="cover_letter", case__isnull=True, statement_version__isnull=False)
                | (~Q(kind="cover_letter") & Q(case__isnull=False, statement_version__isnull=True)),
            ),
        ]
        triggers = [
            second_person("mandates_letter_second_person"),
            pgtrigger.ReadOnly(name="mandates_letter_keeps_its_token", fields=["reply_token"]),
        ]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        return reverse("mandates:letter_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether it can still be changed; changing it in review takes it back to a draft."""
        return self.state in {self.State.DRAFT, self.State.IN_REVIEW}

    @property
    def has_waiting(self) -> bool:
        """Whether a delivery stays here, or may still be kept here."""
        return any(delivery.message.state not in {"sent", "bounced", "uncertain"} for delivery in self.deliveries.all())

    @property
    def reference(self) -> str:
        """Our own reference, by which an answer finds its letter."""
        about = self.case.reference.upper() if self.case else f"S{self.statement_version_id}"
        return f"CS-{about}-{self.pk}"

    @property
    def is_cover(self) -> bool:
        """Whether it hands over a statement: then `statement_version` is set and `case` is not."""
        return self.kind == self.Kind.COVER_LETTER

    @property
    def country(self) -> str:
        """ISO 3166 alpha-2 of the State it is about; empty for a cover letter."""
        return str(self.case.country.code) if self.case else ""

    @property
    def cases(self) -> list[Case]:
        """The cases it names: its own, or those the cover letter names beside the statement."""
        return [self.case] if self.case else [row.case for row in self.named_cases.select_related("case__person")]


class LetterViolation(models.Model):
    """A violation the letter alleges."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="+")
    violation = models.ForeignKey(Violation, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["letter", "violation"], name="mandates_letterviolation_once")]
        triggers = [frozen_with_letter("mandates_letterviolation_frozen")]

    def __str__(self) -> str:
        return f"{self.letter}: {self.violation}"


class LetterStep(models.Model):
    """What somebody did with a letter, when and why: its history as people read it."""

    class What(models.TextChoices):
        DRAFTED = "drafted", _("drafted")
        EDITED = "edited", _("edited")
        ADDRESSED = "addressed", _("addressees chosen")
        SUBMITTED = "submitted", _("given to a second person")
        RETURNED = "returned", _("sent back")
        APPROVED = "approved", _("approved")
        CANCELLED = "cancelled", _("given up")
        RESOLVED = "resolved", _("delivery decided by a person")
        WITHDRAWN = "withdrawn", _("approval withdrawn")

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="steps")
    what = models.CharField(max_length=10, choices=What.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.TextField(blank=True)

    class Meta:
        triggers = [
            pgtrigger.Protect(name="mandates_letterstep_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.letter}: {self.get_what_display()}"


class LetterAddressee(models.Model):
    """A mandate the letter goes to: proposed by competence or added by the author. One of them leads a joint letter."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="addressees")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="letters")
    is_proposed = models.BooleanField(default=True)
    is_lead = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["letter", "mandate"], name="mandates_letteraddressee_once"),
            models.UniqueConstraint(
                fields=["letter"], condition=Q(is_lead=True), name="mandates_letteraddressee_one_leads"
            ),
        ]
        triggers = [frozen_with_letter("mandates_letteraddressee_frozen")]

    def __str__(self) -> str:
        return f"{self.letter} → {self.mandate}"


class Reply(models.Model):
    """An answer to a letter."""

    class Kind(models.TextChoices):
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        MORE_ASKED = "more_asked", _("more information asked")
        COMMUNICATION_SENT = "communication_sent", _("the mandate wrote to the Government")
        STATE_REPLY = "state_reply", _("the State replied")
        NONE = "none", _("not an answer")

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="replies")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, null=True, blank=True, related_name="replies")
    kind = models.CharField(_("what came"), max_length=20, choices=Kind.choices)
    received_on = models.DateField(_("received on"))
    reference = models.CharField(
        _("UN reference"), max_length=40, blank=True, help_text=_("For example AL IRN 14/2021")
    )
    communication_on = models.DateField(_("date of the mandate's letter to the Government"), null=True, blank=True)
    text = models.TextField(_("what it says"), blank=True, help_text=_("Kept to staff"))
    document_name = models.CharField(max_length=200, blank=True)
    document_sha256 = models.CharField(_("SHA-256 of the UN's document"), max_length=64, blank=True)
    mail = models.ForeignKey(
        "mandates.IncomingMail", on_delete=models.PROTECT, null=True, blank=True, related_name="replies"
    )
    is_forged = models.BooleanField(default=False, help_text=_("The mail's sender was not who it said, when recorded"))
    vouched_for = models.TextField(_("how the sender was checked"), blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="mandates_reply_reference_is_one",
                condition=Q(reference="") | Q(reference__regex=REFERENCE_PATTERN),
            ),
            models.CheckConstraint(
                name="mandates_reply_forged_is_vouched_for",
                condition=Q(is_forged=False) | Q(kind="none") | ~Q(vouched_for=""),
            ),
        ]
        triggers = [pgtrigger.Protect(name="mandates_reply_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.received_on}"

    @property
    def has_open_release(self) -> bool:
        """Whether a text for the public stands or waits; prefetch `releases`."""
        return any(release.taken_back_at is None for release in self.releases.all())
