from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
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
    gettext_noop("permanent mission"),
    gettext_noop("state group"),
]
# Held by several people at once and addressed as a group; every other office has one holder at a time.
GROUP_KINDS = ["working group", "fact-finding mission", "state group"]
# Offices of the Special Procedures, whose holders serve six years at most (HRC resolution 5/1, annex, paragraph 45).
CAPPED_KINDS = ["special rapporteur", "working group", "independent expert"]


class MandateQuerySet(models.QuerySet["Mandate"]):
    def addressable(self) -> MandateQuerySet:
        """Those a letter can be addressed to: not forms and desks, which are ways rather than addressees."""
        return self.exclude(kind__in=["web form", "ohchr desk"])


@pghistory.track(exclude=["from_file"])
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
    # What the last import wrote, so that the next one knows which values a person changed since.
    from_file = models.JSONField(default=dict, blank=True, editable=False)

    objects = MandateQuerySet.as_manager()

    class Meta:
        triggers = [
            pgtrigger.Trigger(
                name="mandates_mandate_kind_binds_holders",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("kind"),
                func="UPDATE mandates_mandateholder SET name = name WHERE mandate_id = NEW.id; RETURN NULL;",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_group(self) -> bool:
        """Whether several people hold it at once; it is then addressed as a group, not by anybody's name."""
        return self.kind in GROUP_KINDS

    def title_in(self, language: str | None) -> str:
        """The title for a reader of `language`; the letters themselves use the English one."""
        return self.title_fa if language == "fa" and self.title_fa else self.title


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
