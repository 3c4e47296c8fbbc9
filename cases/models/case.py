from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

if TYPE_CHECKING:
    from accounts.models import User


def new_reference() -> str:
    """A public reference that cannot be guessed from another one: 8 letters and digits without look-alikes."""
    return "".join(secrets.choice("23456789bcdfghjkmnpqrstvwxz") for _ in range(8))


class Person(models.Model):
    """The prisoner."""

    class Gender(models.TextChoices):
        FEMALE = "female", _("female")
        MALE = "male", _("male")
        OTHER = "other", _("other")
        UNKNOWN = "unknown", _("not known")

    gender = models.CharField(_("gender"), max_length=10, choices=Gender.choices, default=Gender.UNKNOWN)
    is_demonstration = models.BooleanField(default=False, help_text=_("Invented, for trying things out"))

    names: models.Manager[PersonName]

    def __str__(self) -> str:
        return self.name_in("en")

    def name_in(self, language: str) -> str:
        """The shown name for a reader of `language`: Arabic script for fa and ar, Latin for the rest."""
        wanted = "arab" if language in {"fa", "ar"} else "latn"
        names = sorted(self.names.all(), key=lambda n: (n.script != wanted, not n.is_shown, n.pk or 0))
        return names[0].text if names else ""


class PersonName(models.Model):
    """One spelling of a person's name, in one script. Never two columns: people have more names than two."""

    class Script(models.TextChoices):
        LATIN = "latn", _("Latin")
        ARABIC = "arab", _("Arabic or Persian")
        OTHER = "other", _("other")

    class Kind(models.TextChoices):
        USUAL = "usual", _("usual name")
        VARIANT = "variant", _("other spelling")
        ALIAS = "alias", _("alias")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="names")
    text = models.CharField(_("name"), max_length=160)
    script = models.CharField(_("script"), max_length=5, choices=Script.choices, default=Script.LATIN)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.USUAL)
    is_shown = models.BooleanField(_("shown as the name"), default=False)
    search_key = models.CharField(max_length=200, blank=True, editable=False, db_index=True)
    source = models.ForeignKey("cases.Source", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "text"], name="cases_personname_once"),
            models.UniqueConstraint(
                fields=["person", "script"], condition=Q(is_shown=True), name="cases_personname_one_shown_per_script"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class CaseQuerySet(models.QuerySet["Case"]):
    def published(self) -> CaseQuerySet:
        return self.filter(state=Case.State.PUBLISHED)

    def visible_to(self, user: User | None) -> CaseQuerySet:
        """What `user` may see: everybody the published cases, case editors and letter authors all of them."""
        if user is not None and user.is_authenticated and user.role_names & {"case_editor", "letter_author"}:
            return self.all()
        return self.published()


@pghistory.track(
    fields=["state", "slug", "written_by", "published_by", "published_at", "last_verified_on"],
)
class Case(models.Model):
    """A documented prisoner's situation."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_REVIEW = "in_review", _("waiting for a second person")
        PUBLISHED = "published", _("published")
        UNPUBLISHED = "unpublished", _("taken off the site")

    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    slug = models.SlugField(_("short name in the address"), max_length=80, unique=True)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="case")
    country = CountryField(_("country"), default="IR")
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    risk_note = models.TextField(
        _("risk note"), blank=True, help_text=_("Danger of publicity, the family's wish. Never shown in public.")
    )
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
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
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.slug})"

    def get_absolute_url(self) -> str:
        return reverse("cases:case_detail", args=[self.slug])


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
