"""A date with a precision, for everything that is said to have happened."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Precision(models.TextChoices):
    """How exactly a date is known (after HURIDOCS list 48, extended)."""

    DAY = "day", _("exact day")
    MONTH = "month", _("month")
    YEAR = "year", _("year")
    SOLAR_MONTH = "sh_month", _("month of the Solar Hijri calendar")
    SOLAR_YEAR = "sh_year", _("year of the Solar Hijri calendar")
    ABOUT = "about", _("about")
    BEFORE = "before", _("before")
    AFTER = "after", _("after")
    UNKNOWN = "unknown", _("not known")


class Dated(models.Model):
    """Adds a partial date: the earliest day that fits, and how far it can be trusted."""

    on = models.DateField(
        _("date"), null=True, blank=True, help_text=_("First day of the month or year if only that is known")
    )
    precision = models.CharField(_("precision"), max_length=8, choices=Precision.choices, default=Precision.DAY)
    date_note = models.CharField(_("note on the date, in English"), max_length=200, blank=True)
    date_note_fa = models.CharField(
        _("note on the date, in Persian"),
        max_length=200,
        blank=True,
        help_text=_("While this is empty, Persian pages show the English words."),
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_date_or_unknown",
                condition=Q(on__isnull=False) | Q(precision="unknown"),
            )
        ]
