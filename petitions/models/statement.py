from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Source
from petitions.models import freezing, stepping
from petitions.models.last_day import DayOnTheLastClocks, is_over

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class StatementNow(Now):
    """`statement_timestamp()`, whatever Django's `Now` becomes."""

    template = "STATEMENT_TIMESTAMP()"


class StatementQuerySet(models.QuerySet["Statement"]):
    def published(self) -> StatementQuerySet:
        """What everybody may read now: the one rule of visibility, for every page, file, feed and mail.

        The end of an embargo is told by the database's clock as the row is read, so that a text appears at its moment
        though no task has run.
        """
        public = [Statement.State.OPEN, Statement.State.CLOSED, Statement.State.HANDED_OVER]
        return self.filter(Q(state__in=public) | self._due())

    def signable(self) -> StatementQuerySet:
        """What can be signed now, if it has a frozen version; the end of an embargo as in `published`.

        The last day ends by the same clock, though no task has run.
        """
        return self.filter(Q(state=Statement.State.OPEN) | self._due()).filter(
            Q(deadline_on__isnull=True) | Q(deadline_on__gte=DayOnTheLastClocks())
        )

    def to_close(self) -> StatementQuerySet:
        """Open ones whose last day is over."""
        return self.filter(deadline_on__lt=DayOnTheLastClocks(), state=Statement.State.OPEN)

    def due(self) -> StatementQuerySet:
        """Embargoed ones whose moment has come."""
        return self.filter(self._due())

    def _due(self) -> Q:
        # The statement's clock, not the transaction's: a long transaction must not hold a text back.
        return Q(state=Statement.State.EMBARGOED, embargoed_until__lte=StatementNow())

    def visible_to(self, user: User | AnonymousUser | None) -> StatementQuerySet:
        """What `user` may see: everybody the published ones, moderators and case editors the others too."""
        if user is not None and user.is_authenticated and user.role_names & {"moderator", "case_editor"}:
            return self.all()
        return self.published()


class Statement(models.Model):
    """A text that is signed: its wordings are in its versions."""

    class Kind(models.TextChoices):
        EXPERT = "expert", _("expert joint statement")
        PUBLIC = "public", _("public petition")
        ORGANISATIONS = "organisations", _("organisations' letter")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_REVIEW = "in_review", _("in review")
        EMBARGOED = "embargoed", _("embargoed")
        OPEN = "open", _("open for signature")
        CLOSED = "closed", _("closed")
        HANDED_OVER = "handed_over", _("handed over")

    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=14, choices=Kind.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    original_language = models.CharField(max_length=10, default="en")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True, help_text=_("When it was first opened, or embargoed"))
    embargoed_until = models.DateTimeField(null=True, blank=True)
    embargo_zone = models.CharField(max_length=60, blank=True, help_text=_("IANA name of the time zone it is told in"))
    released_on = models.DateField(null=True, blank=True, help_text=_("Day the text was first made public elsewhere"))
    cases = models.ManyToManyField(Case, related_name="statements", blank=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, blank=True, related_name="statements")
    # A figure somebody else reports. It is shown with its source and never added to our count.
    reported_signatories = models.PositiveIntegerField(null=True, blank=True)
    reported_as_of = models.DateField(null=True, blank=True)
    reported_source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    goal = models.PositiveIntegerField(_("goal"), null=True, blank=True)
    deadline_on = models.DateField(_("last day for signatures"), null=True, blank=True)
    takes_organisations = models.BooleanField(
        _("organisations may sign it too"), default=False, help_text=_("Besides experts, in a list of their own")
    )

    objects = StatementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="petitions_statement_published_by_second_person",
                condition=Q(state__in=["draft", "in_review"])
                | (Q(published_by__isnull=False, published_at__isnull=False) & ~Q(published_by=F("written_by"))),
            ),
            models.CheckConstraint(
                name="petitions_statement_embargoed_has_moment",
                condition=~Q(state="embargoed") | (Q(embargoed_until__isnull=False) & ~Q(embargo_zone="")),
            ),
            models.CheckConstraint(
                name="petitions_statement_reported_figure_has_source",
                condition=Q(reported_signatories__isnull=True)
                | Q(reported_source__isnull=False, reported_as_of__isnull=False),
            ),
            models.CheckConstraint(
                name="petitions_statement_goal_is_positive", condition=Q(goal__isnull=True) | Q(goal__gt=0)
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="petitions_statement_steps",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("version", "bigint")],
                func=stepping.REFUSE_WRONG_STEP,
            )
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def is_open(self) -> bool:
        """Whether it can be signed, for the words on a page; the actions ask the database (`signable`)."""
        return self.state_now == self.State.OPEN

    @property
    def state_now(self) -> State:
        """The state that the clock has made of `state`, for the words on a page: no task need have run."""
        if self.state != self.State.OPEN and not self.is_due:
            return self.State(self.state)
        return self.State.CLOSED if is_over(self.deadline_on, now=timezone.now()) else self.State.OPEN

    @property
    def is_due(self) -> bool:
        """Whether its embargo has ended, and the task that notes it has not run yet."""
        return self.state == self.State.EMBARGOED and bool(
            self.embargoed_until and self.embargoed_until <= timezone.now()
        )

    @property
    def is_secret(self) -> bool:
        """Whether only staff, and who has a preview link, may see it."""
        return self.state in {self.State.DRAFT, self.State.IN_REVIEW, self.State.EMBARGOED} and not self.is_due

    def draft_version(self) -> StatementVersion | None:
        """The version that is being written or reviewed, if there is one."""
        return self.versions.filter(frozen_at__isnull=True).order_by("-number").first()

    def get_absolute_url(self) -> str:
        return reverse("petitions:statement_detail", args=[self.slug])

    def current_version(self) -> StatementVersion | None:
        """The newest version that is out: the one that can be read and signed, at this moment of the database's."""
        return self.versions.out().order_by("-number").first()

    def kept_version(self) -> StatementVersion | None:
        """The next version that is frozen and under embargo, if there is one."""
        return self.versions.kept().first()

    def embargoed_version(self) -> StatementVersion | None:
        """The version under embargo, if there is one: the text of a statement not on the site yet, or the next one."""
        return self.current_version() if self.state == self.State.EMBARGOED else self.kept_version()


class VersionQuerySet(models.QuerySet["StatementVersion"]):
    def out(self) -> VersionQuerySet:
        """Frozen, and not kept back by an embargo of their own: the one rule for every page, file, search and mail.

        The end of such an embargo is told by the database's clock, as that of a statement (`published`).
        """
        is_due = Q(opens_at__isnull=True) | Q(opens_at__lte=StatementNow())
        return self.filter(is_due, frozen_at__isnull=False, dropped_at__isnull=True)

    def kept(self) -> VersionQuerySet:
        """Frozen, and under an embargo that has not ended."""
        return self.filter(frozen_at__isnull=False, dropped_at__isnull=True, opens_at__gt=StatementNow())

    def readable(self) -> VersionQuerySet:
        """Those out since the statement was first on the site, and the newest: not one that was frozen for an embargo
        and replaced before the embargo ended."""
        newer = StatementVersion.objects.out().filter(statement=OuterRef("statement"), number__gt=OuterRef("number"))
        since_opening = Q(frozen_at__gte=F("statement__published_at"))
        same = StatementVersion.objects.filter(pk=OuterRef("pk"))
        never_opened = Exists(same.filter(events__kind="embargoed")) & ~Exists(same.filter(events__kind="opened"))
        return self.out().filter((since_opening & ~Q(never_opened)) | ~Exists(newer))


class StatementVersion(models.Model):
    """An exact wording of a statement, in one or more languages. Once frozen, nothing below it can change."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    frozen_at = models.DateTimeField(null=True)
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    # Of a version that follows one on the site: its own embargo.
    opens_at = models.DateTimeField(null=True, help_text=_("Until when it is kept back; empty: not at all"))
    opens_zone = models.CharField(max_length=60, blank=True, help_text=_("IANA name of the time zone it is told in"))
    dropped_at = models.DateTimeField(null=True, help_text=_("When it was taken back before its moment"))

    objects = VersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["statement", "number"], name="petitions_version_number_once"),
            models.UniqueConstraint(
                fields=["statement"], condition=Q(frozen_at__isnull=True), name="petitions_version_one_draft"
            ),
            models.CheckConstraint(
                name="petitions_version_kept_has_zone",
                condition=Q(opens_at__isnull=True, opens_zone="", dropped_at__isnull=True)
                | (Q(opens_at__isnull=False, frozen_at__isnull=False, number__gt=1) & ~Q(opens_zone="")),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="petitions_version_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__frozen_at__isnull=False),
                func=freezing.REFUSE_CHANGE_OF_FROZEN_VERSION,
            ),
            pgtrigger.Trigger(
                name="petitions_version_freezes_hashed_texts",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.frozen_at IS NOT NULL"),
                func=freezing.REFUSE_UNHASHED_FREEZE,
            ),
            pgtrigger.Trigger(
                name="petitions_version_frozen_by_second_person",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.frozen_at IS NOT NULL"),
                func=stepping.REFUSE_FREEZE_BY_WRITER,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.statement.slug} v{self.number}"

    def text_in(self, language: str) -> VersionText | None:
        """The wording for a reader of `language`, else the original one."""
        texts = {text.language: text for text in self.texts.all()}
        return texts.get(language) or texts.get(self.statement.original_language)

    def text_to_sign(self, language: str) -> VersionText | None:
        """What a reader of `language` signs: the original, unless a translation of equal standing exists."""
        text = self.text_in(language)
        if text is not None and text.is_unofficial:
            return self.text_in(self.statement.original_language)
        return text


class VersionText(models.Model):
    """The wording in one language, with the SHA-256 of its canonical form (see petitions/texts/fingerprints.py)."""

    version = models.ForeignKey(StatementVersion, on_delete=models.PROTECT, related_name="texts")
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=250)
    body = models.TextField(help_text=_("Markdown"))
    is_unofficial = models.BooleanField(default=False, help_text=_("A translation made for reading only"))
    sha256 = models.CharField(max_length=64, blank=True, help_text=_("Set when the version is frozen"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "language"], name="petitions_versiontext_language_once")
        ]
        triggers = [
            pgtrigger.Trigger(
                name="petitions_versiontext_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("frozen", "boolean")],
                func=freezing.REFUSE_CHANGE_OF_FROZEN_TEXT,
            )
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.language}"


class Demand(models.Model):
    """What a version asks. Its wording is part of the signed text; its fate is followed over time."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        PARTLY_MET = "partly_met", _("partly met")
        MET = "met", _("met")
        REFUSED = "refused", _("refused")
        OVERTAKEN = "overtaken", _("overtaken by events")

    version = models.ForeignKey(StatementVersion, on_delete=models.PROTECT, related_name="demands")
    number = models.CharField(max_length=8)
    position = models.PositiveSmallIntegerField()
    deadline_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=14, choices=Status.choices, default=Status.OPEN)
    continues = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="continued_by",
        help_text=_("The same demand in the version before: its statuses and addressees go on"),
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "number"], name="petitions_demand_number_once")]
        triggers = [
            pgtrigger.Trigger(
                name="petitions_demand_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("frozen", "boolean")],
                func=freezing.REFUSE_CHANGE_OF_FROZEN_DEMAND,
            )
        ]

    def __str__(self) -> str:
        return f"{self.version} §{self.number}"


class DemandText(models.Model):
    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="texts")
    language = models.CharField(max_length=10)
    heading = models.CharField(max_length=160, blank=True)
    text = models.TextField()
    addressees = models.CharField(
        max_length=300, blank=True, help_text=_("As printed; the directory is linked from above")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["demand", "language"], name="petitions_demandtext_language_once")
        ]
        triggers = [
            pgtrigger.Trigger(
                name="petitions_demandtext_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("frozen", "boolean")],
                func=freezing.REFUSE_CHANGE_OF_FROZEN_DEMAND_TEXT,
            )
        ]

    def __str__(self) -> str:
        return f"{self.demand} {self.language}"
