from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from cases.models.event import StatusEvent
from cases.models.person import Person, PersonName
from cases.models.source import Source
from text.names import search_key

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

# A living person's status goes stale: on death row a month is long.
FRESH_FOR = timedelta(days=30)


def new_reference() -> str:
    """A public reference that cannot be guessed from another one: 8 letters and digits without look-alikes."""
    return "".join(secrets.choice("23456789bcdfghjkmnpqrstvwxz") for _ in range(8))


class CaseQuerySet(models.QuerySet["Case"]):
    def published(self) -> CaseQuerySet:
        return self.filter(state=Case.State.PUBLISHED)

    def visible_to(self, user: User | AnonymousUser | None) -> CaseQuerySet:
        """What `user` may see: everybody the published cases, case editors and letter authors all of them."""
        if user is not None and user.is_authenticated and user.role_names & {"case_editor", "letter_author"}:
            return self.all()
        return self.published()

    def with_status(self) -> CaseQuerySet:
        """Each case with its status, names and texts, whatever the number of cases in a constant number of queries.

        `status_now` (a value of `StatusEvent.Status`, or None) can be filtered on; `current_status` is the whole entry.
        """
        shown = StatusEvent.objects.shown().latest_first()
        latest = shown.filter(case=OuterRef("pk")).values("status")[:1]
        return (
            self.annotate(status_now=Subquery(latest))
            .select_related("person")
            .prefetch_related(Prefetch("person__names", PersonName.objects.select_related("source")), "texts")
            .prefetch_related(Prefetch("status_events", shown.select_related("source"), to_attr="shown_statuses"))
        )

    def in_status(self, status: str) -> CaseQuerySet:
        """Of cases `with_status()`, those whose status is `status`; all of them for an empty one."""
        return self.filter(Q(("status_now", status))) if status else self

    def named(self, words: str) -> CaseQuerySet:
        """Cases whose person has all of `words` in one spelling or another, in any script and order."""
        found = self
        for word in words.split():
            key = search_key(word)
            matches = Q(text__icontains=word) | Q(search_key__contains=key) if key else Q(text__icontains=word)
            found = found.filter(Exists(PersonName.objects.filter(matches, person=OuterRef("person"))))
        return found


@pghistory.track(
    model_name="CaseHistory",
    obj_field=pghistory.ObjForeignKey(related_name="history"),
    fields=[
        "state",
        "slug",
        "publication_basis",
        "publication_note",
        "written_by",
        "submitted_by",
        "published_by",
        "published_at",
        "last_verified_on",
    ],
)
class Case(models.Model):
    """A documented prisoner's situation."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_REVIEW = "in_review", _("waiting for a second person")
        PUBLISHED = "published", _("published")
        UNPUBLISHED = "unpublished", _("taken off the site")

    class PublicationBasis(models.TextChoices):
        CONSENT = "consent", _("the person or the family agreed")
        PUBLIC_REPORTS = "public_reports", _("only from published reports; the family has not been reached")

    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    slug = models.SlugField(_("short name in the address"), max_length=80, unique=True)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="case")
    country = CountryField(_("country"), default="IR")
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    publication_basis = models.CharField(
        _("on what it is published"),
        max_length=16,
        choices=PublicationBasis.choices,
        default=PublicationBasis.CONSENT,
    )
    publication_note = models.TextField(
        _("why it is published without consent, in English"),
        blank=True,
        help_text=_("Shown on the page. What was tried to reach the family, and which reports are already public."),
    )
    publication_note_fa = models.TextField(_("why it is published without consent, in Persian"), blank=True)
    risk_note = models.TextField(
        _("risk note"), blank=True, help_text=_("Danger of publicity, the family's wish. Never shown in public.")
    )
    sources = models.ManyToManyField(Source, verbose_name=_("sources"), blank=True, related_name="cases")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    last_verified_on = models.DateField(_("last verified on"), null=True, blank=True)
    last_verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="cases_case_published_by_second_person",
                condition=~Q(state="published")
                | (
                    Q(published_by__isnull=False, published_at__isnull=False)
                    & ~Q(published_by=F("written_by"))
                    & ~Q(published_by=F("submitted_by"))
                ),
            ),
            models.CheckConstraint(
                name="cases_case_published_says_on_what_basis",
                condition=~Q(state="published") | ~Q(publication_basis="public_reports") | ~Q(publication_note=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.slug})"

    def get_absolute_url(self) -> str:
        return reverse("cases:case_detail", args=[self.slug])

    @property
    def is_editable(self) -> bool:
        """Its words may change only while they are neither published nor being looked at by a second person."""
        return self.state in {self.State.DRAFT, self.State.UNPUBLISHED}

    @property
    def current_status(self) -> StatusEvent | None:
        """The latest status that is shown to the public, or None."""
        shown: list[StatusEvent] | None = getattr(self, "shown_statuses", None)
        if shown is not None:
            return shown[0] if shown else None
        return self.status_events.shown().select_related("source").latest_first().first()

    def is_stale(self, *, today: date) -> bool:
        """Whether the status of a living person was last checked more than 30 days before `today`, or never."""
        status = self.current_status
        if status is not None and status.is_death:
            return False
        return self.last_verified_on is None or today - self.last_verified_on > FRESH_FOR

    def text_for(self, language: str) -> CaseText | None:
        """The case told in `language`, else in English, else in any language there is."""
        ranked = sorted(self.texts.all(), key=lambda t: (t.language != language, t.language != "en", t.language))
        return ranked[0] if ranked else None


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class CaseText(models.Model):
    """A case told in one language, in our own words."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=10)
    headline = models.CharField(_("headline"), max_length=160)
    story = models.TextField(_("story"), help_text=_("Markdown; name the source of every fact"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "language"], name="cases_casetext_one_per_language")]

    def __str__(self) -> str:
        return f"{self.case.slug} ({self.language})"
