"""Reference lists, loaded from the project's own data files: prisons, courts, charges."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Prison(models.Model):
    slug = models.SlugField(max_length=60, unique=True)
    name_en = models.CharField(max_length=160)
    name_fa = models.CharField(max_length=160, blank=True)
    city = models.CharField(max_length=120, blank=True)
    province = models.CharField(max_length=120, blank=True)
    note = models.TextField(blank=True)
    source_note = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name_en


class Court(models.Model):
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=160)
    branch = models.CharField(max_length=20, blank=True)
    judge = models.CharField(
        max_length=120, blank=True, help_text=_("Named by a source for a time; not an office for life")
    )
    note = models.TextField(blank=True)
    source_note = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.name}, {self.branch}" if self.branch else self.name


class ChargeTerm(models.Model):
    slug = models.SlugField(max_length=60, unique=True)
    term_latin = models.CharField(max_length=120)
    term_fa = models.CharField(max_length=120, blank=True)
    meaning = models.TextField()
    law_article = models.TextField(blank=True)
    source_note = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.term_latin
