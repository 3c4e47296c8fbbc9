from __future__ import annotations

from datetime import date

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from django_countries.fields import CountryField

from petitions.models import Demand

# The kinds the directory's file uses; pages translate them.
KINDS = [
    gettext_noop("special rapporteur"),
    gettext_noop("working group"),
    gettext_noop("independent expert"),
    gettext_noop("fact-finding mission"),
    gettext_noop("un official"),
    gettext_noop("ohchr desk"),
    gettext_noop("web form"),
    gettext_noop("state sponsor"),
    gettext_noop("state group"),
]


class MandateQuerySet(models.QuerySet["Mandate"]):
    def addressable(self) -> MandateQuerySet:
        """Those a letter can be addressed to: not forms and desks, which are ways rather than addressees."""
        return self.exclude(kind__in=["web form", "ohchr desk"])


class Mandate(models.Model):
    """A UN Special Procedures mandate or another addressee. Stable; people and addresses come and go."""

    class Scope(models.TextChoices):
        THEMATIC = "thematic", _("thematic")
        COUNTRY = "country", _("country")
        OTHER = "other", _("other")

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=300)
    title_fa = models.CharField(max_length=300, blank=True)
    kind = models.CharField(_("kind"), max_length=40, help_text=_("Special rapporteur, working group, ..."))
    scope = models.CharField(_("scope"), max_length=10, choices=Scope.choices)
    country = CountryField(_("country"), blank=True)
    source_note = models.TextField(_("source"), blank=True)
    is_verified = models.BooleanField(_("every value was read in a source"), default=False)
    is_demonstration = models.BooleanField(default=False)

    objects = MandateQuerySet.as_manager()

    def __str__(self) -> str:
        return self.title

    def title_in(self, language: str | None) -> str:
        """The title for a reader of `language`; the letters themselves use the English one."""
        return self.title_fa if language == "fa" and self.title_fa else self.title


class MandateHolder(models.Model):
    """Who holds a mandate, from when to when."""

    mandate = models.ForeignKey(Mandate, on_delete=models.CASCADE, related_name="holders")
    name = models.CharField(_("name"), max_length=160)
    since_note = models.CharField(max_length=200, blank=True, help_text=_("As the source dates it"))
    as_of = models.DateField(_("as of"), null=True, blank=True)
    is_verified = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class ContactPointQuerySet(models.QuerySet["ContactPoint"]):
    def usable_on(self, day: date) -> ContactPointQuerySet:
        """Those a person checked, that are not expired and not blocked: nothing is sent to any other."""
        return self.filter(is_blocked=False, checked_on__isnull=False).filter(
            Q(expires_on__isnull=True) | Q(expires_on__gte=day)
        )


@pghistory.track()
class ContactPoint(models.Model):
    """An address of a mandate, with when and by whom it was checked."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")
        FORM = "form", _("online form")
        POST = "post", _("post")

    mandate = models.ForeignKey(Mandate, on_delete=models.CASCADE, related_name="contact_points")
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices, default=Channel.EMAIL)
    value = models.CharField(_("address"), max_length=300)
    source_note = models.TextField(_("source"), blank=True)
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    check_note = models.CharField(_("how it was checked"), max_length=300, blank=True)
    expires_on = models.DateField(_("to be checked again on"), null=True, blank=True)
    is_blocked = models.BooleanField(_("known to be wrong"), default=False)
    openpgp_key = models.TextField(
        _("OpenPGP public key"), blank=True, help_text=_("Letters there are encrypted to it")
    )
    openpgp_fingerprint = models.CharField(max_length=128, blank=True)
    openpgp_expires_at = models.DateTimeField(null=True, blank=True)
    is_demonstration = models.BooleanField(default=False)

    objects = ContactPointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mandate", "value"], name="mandates_contactpoint_once"),
            models.CheckConstraint(
                name="mandates_contactpoint_check_names_checker",
                condition=Q(checked_on__isnull=True) | Q(checked_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.value

    def is_usable_on(self, day: date) -> bool:
        """The rule of `ContactPointQuerySet.usable_on`, for one row."""
        is_expired = self.expires_on is not None and self.expires_on < day
        return self.checked_on is not None and not self.is_blocked and not is_expired


class Violation(models.Model):
    """An entry of the taxonomy, and which mandates are competent for it."""

    class Group(models.TextChoices):
        LIFE = "life", _("Life and the death penalty")
        LIBERTY = "liberty", _("Detention and disappearance")
        INTEGRITY = "integrity", _("Torture and treatment in prison")
        JUSTICE = "justice", _("Courts, lawyers and laws")
        FREEDOMS = "freedoms", _("Expression, assembly and work")
        IDENTITY = "identity", _("Belief, origin, gender, age and health")
        TRUTH = "truth", _("Families, truth and past crimes")

    slug = models.SlugField(max_length=60, unique=True)
    label = models.CharField(max_length=200)
    label_fa = models.CharField(max_length=200, blank=True)
    group = models.CharField(max_length=10, choices=Group.choices, default=Group.LIBERTY)
    position = models.PositiveSmallIntegerField(default=0)
    mandates = models.ManyToManyField(Mandate, through="Competence", related_name="violations")

    def __str__(self) -> str:
        return self.label


class Competence(models.Model):
    """One mandate is competent for one violation; the first of a violation's mandates leads."""

    violation = models.ForeignKey(Violation, on_delete=models.CASCADE, related_name="competences")
    mandate = models.ForeignKey(Mandate, on_delete=models.CASCADE, related_name="competences")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["violation", "mandate"], name="mandates_competence_once")]

    def __str__(self) -> str:
        return f"{self.violation} → {self.mandate}"


class DemandAddressee(models.Model):
    """Which entry of the directory a demand of a statement is addressed to."""

    demand = models.ForeignKey(Demand, on_delete=models.CASCADE, related_name="directory_addressees")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="demands")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["demand", "mandate"], name="mandates_demandaddressee_once")]

    def __str__(self) -> str:
        return f"{self.demand} → {self.mandate}"
