from __future__ import annotations

import calendar
from datetime import date

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from mandates.models.directory import CAPPED_KINDS, GROUP_KINDS, Mandate

LONGEST_YEARS = 6

# The days on which a person certainly held the office alone: dates known by month or year count from their last day
# (since) and to their first (until), so that a handover within one month is no contradiction. Null for groups.
HOLD = """
    DECLARE
        starts date;
        ends date;
    BEGIN
        IF EXISTS (SELECT 1 FROM mandates_mandate WHERE id = NEW.mandate_id AND kind IN (GROUP_KINDS)) THEN
            NEW.held_during := NULL;
            RETURN NEW;
        END IF;
        starts := CASE NEW.since_precision
            WHEN 'year' THEN (date_trunc('year', NEW.since) + interval '1 year - 1 day')::date
            WHEN 'month' THEN (date_trunc('month', NEW.since) + interval '1 month - 1 day')::date
            ELSE NEW.since
        END;
        starts := coalesce(starts, least(NEW.as_of, NEW.until), current_date);
        ends := CASE WHEN NEW.until_precision = 'before' THEN starts ELSE NEW.until END;
        NEW.held_during := CASE
            WHEN ends IS NOT NULL AND ends < starts THEN 'empty'::daterange
            ELSE daterange(starts, ends, '[)')
        END;
        RETURN NEW;
    END;
""".replace("GROUP_KINDS", ", ".join(f"'{kind}'" for kind in GROUP_KINDS))


class Precision(models.TextChoices):
    DAY = "day", _("day")
    MONTH = "month", _("month")
    YEAR = "year", _("year")
    BEFORE = "before", _("before that day")


class MandateHolderQuerySet(models.QuerySet["MandateHolder"]):
    def current_on(self, day: date) -> MandateHolderQuerySet:
        """Those who hold their office on `day` as far as is known: no end is, or it lies ahead."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=day))

    def latest_first(self) -> MandateHolderQuerySet:
        """Those in office first, then the others by how late they left and came."""
        return self.order_by(F("until").desc(nulls_first=True), F("since").desc(nulls_last=True), "name")


@pghistory.track(exclude=["held_during"])
class MandateHolder(models.Model):
    """Who holds a mandate, from when to when, each as precisely as its source says."""

    mandate = models.ForeignKey(Mandate, on_delete=models.CASCADE, related_name="holders")
    name = models.CharField(_("name"), max_length=160)
    since = models.DateField(null=True, blank=True)
    since_precision = models.CharField(max_length=8, choices=Precision.choices, default=Precision.DAY)
    until = models.DateField(null=True, blank=True)
    until_precision = models.CharField(max_length=8, choices=Precision.choices, default=Precision.DAY)
    since_note = models.CharField(_("note"), max_length=200, blank=True, help_text=_("As the source dates it"))
    source_note = models.TextField(_("source"), blank=True)
    as_of = models.DateField(_("as of"), null=True, blank=True)
    is_verified = models.BooleanField(default=False)
    held_during = DateRangeField(null=True, editable=False)

    objects = MandateHolderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="mandates_mandateholder_leaves_after_coming",
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=F("since")),
            ),
            models.CheckConstraint(
                name="mandates_mandateholder_comes_on_a_date", condition=~Q(since_precision=Precision.BEFORE)
            ),
            # A range of one number stands for the mandate: ranges need no extension of the database.
            ExclusionConstraint(
                name="mandates_mandateholder_one_at_a_time",
                expressions=[
                    (
                        Func(
                            F("mandate"),
                            F("mandate"),
                            Value("[]"),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        "&&",
                    ),
                    ("held_during", "&&"),
                ],
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="mandates_mandateholder_held_during",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=HOLD,
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def since_text(self) -> str:
        """`2024`, `2024-08`, `2024-08-01` or nothing, as the directory's file writes it."""
        return _partial(self.since, self.since_precision)

    @property
    def until_text(self) -> str:
        return _partial(self.until, self.until_precision)

    def is_current_on(self, day: date) -> bool:
        """The rule of `current_on`, for one row."""
        return self.until is None or self.until > day

    @property
    def cap_on(self) -> date | None:
        """The day on which six years in the office end (HRC resolution 5/1, annex, paragraph 45), where that applies.

        A beginning known by month or year counts from its first day: a warning may come early, never late.
        """
        if self.since is None or self.mandate.kind not in CAPPED_KINDS:
            return None
        year = self.since.year + LONGEST_YEARS
        return date(year, self.since.month, min(self.since.day, calendar.monthrange(year, self.since.month)[1]))

    def is_over_cap_on(self, day: date) -> bool:
        """Whether the holder is still shown as in office on `day` though six years are over. It warns, never blocks."""
        return self.cap_on is not None and self.cap_on <= day and self.is_current_on(day)


def _partial(day: date | None, precision: str) -> str:
    if day is None:
        return ""
    text = day.isoformat()
    return {"year": text[:4], "month": text[:7], "before": f"<{text}"}.get(precision, text)
