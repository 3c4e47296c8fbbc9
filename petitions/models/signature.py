from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from accounts.models import ExpertProfile, User, Verification
from outbox.addresses import SealedTextField
from petitions.models import binding, movements, recording
from petitions.models.holding import REFUSE_WATCHED_WITHOUT_SECOND_CHANNEL
from petitions.models.identity import IS_ERASED, IS_PUT_AWAY, IS_WITHHELD, KEEP_IDENTITY, MAY_BE_PUT_AWAY
from petitions.models.statement import Statement, VersionText
from text.names import initials_of

# One letter of a name may be many in its key.
LONGEST_KEY = 400
# The day (UTC) a signature was accepted; spelled out, because an index holds it.
ACCEPTED_ON = Func(
    F("accepted_at"), template="((%(expressions)s AT TIME ZONE 'UTC')::date)", output_field=models.DateField()
)


class SignatureQuerySet(models.QuerySet["Signature"]):
    def counted(self) -> SignatureQuerySet:
        return self.filter(state=Signature.State.ACCEPTED)

    def listed(self) -> SignatureQuerySet:
        """Those whose name, or initials, may be read by everybody."""
        return self.counted().filter(is_protected=False).exclude(display=Signature.Display.HIDDEN)

    def withheld(self) -> SignatureQuerySet:
        """Protected signatories: counted, shown by their office alone."""
        return self.counted().filter(is_protected=True)

    def erased(self) -> SignatureQuerySet:
        """Tombstones: the row stands so that the figures stay checkable, and leads to nobody."""
        return self.filter(erased_at__isnull=False).exclude(state=Signature.State.SUPERSEDED)

    def searchable(self) -> SignatureQuerySet:
        """Those that may be found by their name: searching must not undo initials."""
        return self.listed().filter(display=Signature.Display.FULL)

    def with_badges(self) -> SignatureQuerySet:
        """With what `petitions.signatories.badges.badge_of` reads, in the same query."""
        return self.select_related("verification__institution")

    def waiting(self) -> SignatureQuerySet:
        return self.filter(state__in=[Signature.State.PENDING, Signature.State.ASKED])

    def live(self) -> SignatureQuerySet:
        """The one signature that a signatory has: neither withdrawn nor replaced by one on a newer version."""
        return self.exclude(state__in=[Signature.State.WITHDRAWN, Signature.State.SUPERSEDED])


class Signature(models.Model):
    """One signatory on one version of one text. What was signed is stored with it and cannot change.

    A row exists once the mailbox, or the account, is proved; what was typed before that lies in `SigningTicket`.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("waiting for moderation")
        ASKED = "asked", _("waiting for an answer from the signatory")
        ACCEPTED = "accepted", _("counted")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")
        REMOVED = "removed", _("taken out of the count")
        SUPERSEDED = "superseded", _("replaced by a signature on a newer version")

    class SignsAs(models.TextChoices):
        INDIVIDUAL = "individual", _("for oneself")
        ORGANISATION = "organisation", _("for an organisation")

    class Display(models.TextChoices):
        FULL = "full", _("full name")
        INITIALS = "initials", _("initials only")
        HIDDEN = "hidden", _("not shown")

    class Proof(models.TextChoices):
        """How the signatory's identity was proved, as of signing; the badge beside the name."""

        EMAIL_CODE = "email_code", _("e-mail address proved")
        INSTITUTION_DOMAIN = "institution_domain", _("e-mail address at the institution")
        ORCID = "orcid", _("ORCID iD proved")
        VOUCHED = "vouched", _("vouched for by a verified expert")
        STAFF_CHECK = "staff_check", _("identity checked by staff")

    class ReviewReason(models.TextChoices):
        """Why a person looks at the signature before it counts; said to the signatory in these words."""

        EXPERT = "expert", _("every expert signature is looked at by a person")
        LINK = "link", _("the name or the comment holds a web address")
        DIGITS = "digits", _("the name holds digits")
        LONG_WORD = "long_word", _("the name holds an unusually long word")
        # Until 2026; a rush alone holds nobody any more.
        BURST = "burst", _("many signatures came from one network in a short time")
        RUSH_DOMAIN = "rush_domain", _("many signatures came in a rush from one network and one mail domain")
        RUSH_COMMENT = "rush_comment", _("many signatures came in a rush from one network, with the same comment")
        RUSH_NAME = "rush_name", _("many signatures came in a rush from one network, under the same name")
        RUSH_MAILBOX = "rush_mailbox", _("many signatures came in a rush from one network, from numbered addresses")
        RUSH_EVEN = "rush_even", _("many signatures came from one network, as evenly as a clock ticks")
        DOUBTED = "doubted", _("a moderator had a question about your earlier signature")
        WATCHED = "watched", _("a well-known person has this name, and we make sure that nobody borrows it")

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="signatures")
    text = models.ForeignKey(VersionText, on_delete=models.PROTECT, related_name="signatures")
    version_number = models.PositiveIntegerField()
    text_language = models.CharField(max_length=10)
    text_sha256 = models.CharField(max_length=64)

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="signatures"
    )
    email = SealedTextField(null=True)
    email_digest = models.BinaryField(max_length=32, null=True)

    signs_as = models.CharField(max_length=12, choices=SignsAs.choices, default=SignsAs.INDIVIDUAL)
    honorific = models.CharField(max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=120)
    # Once a name is put away (petitions/signatories/names.py), `name` is what is shown of it.
    name_behind = SealedTextField(null=True, help_text=_("The name as signed, once it is put away"))
    name_binding = models.CharField(max_length=64, blank=True, help_text=_("What the log holds in place of the name"))
    original_name = models.CharField(max_length=120, blank=True)
    sort_key = models.CharField(max_length=120, blank=True, help_text=_("As the signatory wants to be sorted"))
    search_key = models.CharField(max_length=LONGEST_KEY, blank=True)
    title = models.CharField(max_length=160, blank=True)
    is_current = models.BooleanField(default=True)
    affiliation = models.CharField(max_length=200, blank=True)
    ror_id = models.CharField(max_length=40, blank=True, help_text=_("The institution in the registry ror.org"))
    category = models.CharField(max_length=16, choices=ExpertProfile.Category.choices, blank=True)
    in_personal_capacity = models.BooleanField(default=False)
    organisation = models.CharField(max_length=200, blank=True, help_text=_("The organisation that signs, as printed"))
    organisation_role = models.CharField(max_length=160, blank=True, help_text=_("The signatory's role in it"))
    authority = SealedTextField(null=True, help_text=_("What shows that the signatory may sign for it; for moderators"))
    is_protected = models.BooleanField(default=False, help_text=_("The name is sealed, see `SealedName`"))
    country = CountryField(_("country"), blank=True)
    field = models.CharField(max_length=120, blank=True)
    display = models.CharField(
        _("how your name is shown"), max_length=10, choices=Display.choices, default=Display.FULL
    )
    may_be_annexed = models.BooleanField(
        default=False, help_text=_("Not shown in full, but the addressee may learn the name in confidence")
    )
    comment = models.CharField(_("why you sign"), max_length=300, blank=True)
    wants_updates = models.BooleanField(default=False)
    updates_wording = models.TextField(blank=True, help_text=_("The words that were agreed to"))
    updates_agreed_at = models.DateTimeField(null=True, help_text=_("When they were agreed to; if empty, on signing"))
    language = models.CharField(max_length=10, default="en", help_text=_("Language we write to the signatory in"))

    state = models.CharField(max_length=12, choices=State.choices, default=State.PENDING)
    proof = models.CharField(max_length=20, choices=Proof.choices)
    proved_on = models.DateField(null=True)
    verification = models.ForeignKey(
        Verification,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("What proved an expert's identity when they signed"),
    )
    review_reason = models.CharField(max_length=20, choices=ReviewReason.choices, blank=True)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True, help_text=_("When staff took it out of the count"))
    superseded_at = models.DateTimeField(null=True, help_text=_("When the signatory signed a newer version"))
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    erased_at = models.DateTimeField(null=True, help_text=_("When all that leads to the person was taken out"))
    anonymised_at = models.DateTimeField(null=True, help_text=_("When what is not public was taken out"))
    is_demonstration = models.BooleanField(default=False)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "email_digest"],
                condition=~Q(state__in=["withdrawn", "superseded"]),
                name="petitions_signature_one_per_mailbox",
            ),
            models.UniqueConstraint(
                fields=["statement", "user"],
                condition=Q(user__isnull=False) & ~Q(state__in=["withdrawn", "superseded"]),
                name="petitions_signature_one_per_user",
            ),
            models.CheckConstraint(
                name="petitions_signature_accepted_is_proved",
                condition=(Q(state="accepted", accepted_at__isnull=False, confirmed_at__isnull=False) & ~Q(proof=""))
                | (~Q(state="accepted") & Q(accepted_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="petitions_signature_withdrawn_has_date",
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                | (~Q(state="withdrawn") & Q(withdrawn_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="petitions_signature_removed_has_date",
                condition=Q(state="removed", removed_at__isnull=False)
                | (~Q(state="removed") & Q(removed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="petitions_signature_superseded_has_date",
                condition=Q(state="superseded", superseded_at__isnull=False)
                | (~Q(state="superseded") & Q(superseded_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="petitions_signature_erased_is_empty",
                condition=Q(erased_at__isnull=True)
                | (Q(state__in=["withdrawn", "refused", "removed", "superseded"]) & IS_ERASED),
            ),
            models.CheckConstraint(
                name="petitions_signature_has_mailbox",
                condition=Q(email_digest__isnull=False) | Q(erased_at__isnull=False) | Q(anonymised_at__isnull=False),
            ),
            models.CheckConstraint(
                name="petitions_signature_protected_names_nobody",
                condition=Q(is_protected=False) | (IS_WITHHELD & Q(proof__in=["staff_check", "vouched"])),
            ),
            models.CheckConstraint(
                name="petitions_signature_name_is_put_away",
                condition=Q(name_behind__isnull=True) | Q(display="full") | IS_PUT_AWAY,
            ),
            models.CheckConstraint(
                name="petitions_signature_organisation_has_name",
                condition=(
                    Q(signs_as="organisation") & ~Q(organisation="", erased_at__isnull=True, anonymised_at__isnull=True)
                )
                | Q(signs_as="individual", organisation="", organisation_role="", authority__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                name="petitions_signature_list",
                fields=["statement", "accepted_at", "id"],
                condition=Q(state="accepted"),
            ),
            # The public list: by the day, and within a day by what says nothing about the hour (reliability, T4).
            models.Index(
                "statement",
                ACCEPTED_ON,
                "email_digest",
                name="petitions_signature_by_day",
                condition=Q(state="accepted"),
            ),
            GinIndex(
                name="petitions_signature_found",
                fields=["search_key"],
                opclasses=["gin_trgm_ops"],
                condition=Q(state="accepted"),
            ),
            models.Index(
                name="petitions_signature_decided", fields=["statement"], condition=Q(state__in=["refused", "removed"])
            ),
            models.Index(
                name="petitions_signature_queue", fields=["confirmed_at"], condition=Q(state__in=["pending", "asked"])
            ),
            models.Index(
                name="petitions_signature_tombstones", fields=["statement"], condition=Q(erased_at__isnull=False)
            ),
            models.Index(
                name="petitions_signature_to_erase",
                fields=["withdrawn_at"],
                condition=Q(state__in=["withdrawn", "refused", "removed"], erased_at__isnull=True),
            ),
            models.Index(name="petitions_signature_unshown", fields=["id"], condition=MAY_BE_PUT_AWAY),
            models.Index(name="petitions_signature_same_name", fields=["statement", "search_key"]),
        ]
        triggers = [
            pgtrigger.Protect(
                name="petitions_signature_bound",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "statement", "text", "version_number", "text_language", "text_sha256", "created_at", "replaces"
                ),
            ),
            pgtrigger.Trigger(
                name="petitions_signature_keeps_identity",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=KEEP_IDENTITY,
            ),
            pgtrigger.Protect(
                name="petitions_signature_erased_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.erased_at IS NOT NULL"),
            ),
            pgtrigger.Protect(
                name="petitions_signature_withdrawn_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.state = 'withdrawn' AND NEW.state <> 'withdrawn'"),
            ),
            pgtrigger.Protect(
                name="petitions_signature_superseded_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.state = 'superseded' AND NEW.state <> 'superseded'"),
            ),
            pgtrigger.Trigger(
                name="petitions_signature_replaces_own_older",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition("NEW.replaces_id IS NOT NULL"),
                func=binding.REQUIRE_OWN_OLDER,
            ),
            pgtrigger.Trigger(
                name="petitions_signature_states_its_text",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=binding.REQUIRE_FROZEN_TEXT,
            ),
            pgtrigger.Trigger(
                name="petitions_signature_watched_is_confirmed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("found", "text"), ("finder", "bigint")],
                func=REFUSE_WATCHED_WITHOUT_SECOND_CHANNEL,
            ),
            pgtrigger.Trigger(
                name="petitions_signature_asks_for_count",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=movements.NOTE_MOVEMENT,
            ),
            pgtrigger.Trigger(
                name="petitions_signature_writes_the_log",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=recording.RECORD_MOVE_VARIABLES,
                func=recording.RECORD_MOVE,
            ),
            pgtrigger.Trigger(
                name="petitions_signature_ages_dossiers",
                when=pgtrigger.After,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.state = 'accepted'"),
                func=binding.AGE_DOSSIERS,
            ),
        ]

    def __str__(self) -> str:
        return f"signature {self.pk} on {self.statement}"

    @property
    def is_organisation(self) -> bool:
        return self.signs_as == self.SignsAs.ORGANISATION

    @property
    def name_for_staff(self) -> str:
        """The name, or why there is none."""
        if self.erased_at is not None:
            return gettext("name erased")
        return gettext("name withheld") if self.is_protected else self.own_name

    @property
    def own_name(self) -> str:
        """The name as signed, whatever is shown of it; empty when nobody here can read it."""
        return self.name if self.name_behind is None else self.name_behind

    @property
    def shown_name(self) -> str:
        """The name as everybody may read it; empty when the signatory asked for it not to be shown."""
        if self.display == self.Display.HIDDEN:
            return ""
        return initials_of(self.own_name) if self.display == self.Display.INITIALS else self.own_name

    def belongs_to(self, user: User) -> bool:
        return self.user_id is not None and self.user_id == user.pk
