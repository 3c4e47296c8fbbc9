"""The campaign: an umbrella page over statements, cases, events and updates."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Event, Source
from petitions.models import Statement


class Campaign(models.Model):
    slug = models.SlugField(max_length=80, unique=True)
    hashtags = models.JSONField(default=list)
    is_public = models.BooleanField(default=False)
    # What the two columns of the comparison are headed; usually two years.
    then_label = models.CharField(max_length=20, blank=True)
    now_label = models.CharField(max_length=20, blank=True)
    statements = models.ManyToManyField(Statement, related_name="campaigns", blank=True)
    cases = models.ManyToManyField(Case, related_name="campaigns", blank=True)
    events = models.ManyToManyField(Event, related_name="campaigns", blank=True)

    def __str__(self) -> str:
        return self.slug

    def text_in(self, language: str) -> CampaignText | None:
        """The wording for a reader of `language`, else the English one."""
        texts = {text.language: text for text in self.texts.all()}
        return texts.get(language) or texts.get("en")


class CampaignText(models.Model):
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=160)
    lead = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "language"], name="campaign_text_language_once")]

    def __str__(self) -> str:
        return self.title


class Figure(models.Model):
    """A number somebody reports: always with who counted and as of when, never mixed with a count of ours."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="figures")
    what = models.CharField(max_length=200)
    what_fa = models.CharField(max_length=200, blank=True)
    value = models.CharField(max_length=60, help_text=_("As reported, with its 'over' or 'some'"))
    value_fa = models.CharField(max_length=60, blank=True)
    as_of = models.CharField(max_length=10, help_text=_("YYYY, YYYY-MM or YYYY-MM-DD"))
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="figures")
    position = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.what}: {self.value}"


class Parallel(models.Model):
    """One row of a comparison between two times, as a source draws it."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="parallels")
    then = models.CharField(max_length=250)
    then_fa = models.CharField(max_length=250, blank=True)
    now = models.CharField(max_length=250)
    now_fa = models.CharField(max_length=250, blank=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.then} / {self.now}"


class Contradiction(models.Model):
    """A matter on which the sources disagree, each reading kept with who gives it."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="contradictions")
    topic = models.CharField(max_length=200)
    topic_fa = models.CharField(max_length=200, blank=True)
    reading = models.TextField(blank=True, help_text=_("How we read it"))
    reading_fa = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.topic


class ContradictionSide(models.Model):
    contradiction = models.ForeignKey(Contradiction, on_delete=models.CASCADE, related_name="sides")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    says = models.TextField()
    says_fa = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.source.publisher}: {self.says}"


class Update(models.Model):
    """News on the campaign page; written by one person, published by another."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="updates")
    language = models.CharField(max_length=10, default="en")
    title = models.CharField(max_length=160)
    body = models.TextField(help_text=_("Markdown"))
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="campaign_update_published_by_second_person",
                condition=Q(published_at__isnull=True)
                | (Q(published_by__isnull=False) & ~Q(published_by=F("written_by"))),
            )
        ]

    def __str__(self) -> str:
        return self.title
