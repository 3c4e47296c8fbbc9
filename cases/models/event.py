from __future__ import annotations

from datetime import timedelta

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Case, ExpressionWrapper, F, Q, When
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from cases.models.dating import Dated
from cases.models.source import Source


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Event(Dated):
    """Something that happened: to one person (`case`), or around all of them (no case)."""

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, null=True, blank=True, related_name="events")
    slug = models.SlugField(max_length=80, unique=True, null=True, blank=True)
    text = models.CharField(_("what happened, in English"), max_length=400)
    text_fa = models.CharField(_("what happened, in Persian"), max_length=400, blank=True)
    place = models.CharField(_("place, in English"), max_length=160, blank=True)
    place_fa = models.CharField(
        _("place, in Persian"),
        max_length=160,
        blank=True,
        help_text=_("While this is empty, Persian pages show the English words."),
    )
    sources = models.ManyToManyField(Source, verbose_name=_("sources"), related_name="events", blank=True)
    disagreement = models.TextField(_("how the sources disagree, in English"), blank=True)
    disagreement_fa = models.TextField(_("how the sources disagree, in Persian"), blank=True)

    def __str__(self) -> str:
        return self.text


class StatusEventQuerySet(models.QuerySet["StatusEvent"]):
    def shown(self) -> StatusEventQuerySet:
        """What the public sees."""
        return self.filter(state=StatusEvent.State.SHOWN)

    def standing(self) -> StatusEventQuerySet:
        """What the desk works with: everything that was not struck out."""
        return self.exclude(state=StatusEvent.State.REFUSED)

    def latest_first(self) -> StatusEventQuerySet:
        """The newest day first; of one day, what was recorded last; entries without a day at the end.

        A death of which only the month or the year is known stands at the end of it, and one without a date where it
        was recorded: what happened earlier in that month must never show a dead person as alive.
        """
        return self.order_by(_day_in_history().desc(nulls_last=True), "-recorded_at", "-pk")


def _day_in_history() -> Case:
    is_death = Q(status__in=StatusEvent.DEATHS)
    moment = models.DateTimeField()

    def later(days: int) -> ExpressionWrapper[CombinedExpression]:
        return ExpressionWrapper(F("on") + timedelta(days=days), output_field=moment)

    return Case(
        When(is_death & Q(on__isnull=True), then=F("recorded_at")),
        When(is_death & Q(precision__in=["month", "sh_month"]), then=later(30)),
        When(is_death & Q(precision__in=["year", "sh_year"]), then=later(365)),
        default=Cast("on", moment),
        output_field=moment,
    )


class StatusEvent(Dated):
    """A person's status as of a day. The history is append-only; the latest shown entry is the status.

    An entry waits (`pending`) until a second person publishes the case or confirms it; it is decided once.
    """

    class Status(models.TextChoices):
        ARRESTED = "arrested", _("arrested")
        HELD = "held", _("held")
        ON_TRIAL = "on_trial", _("on trial")
        DEATH_ROW_NOT_FINAL = "death_row_not_final", _("sentenced to death, not final")
        DEATH_ROW = "death_row", _("sentenced to death")
        RETRIAL_REFUSED = "retrial_refused", _("retrial refused")
        SENTENCE_QUASHED = "sentence_quashed", _("sentence quashed")
        EXECUTION_IMMINENT = "execution_imminent", _("at imminent risk of execution")
        COMMUTED = "commuted", _("sentence commuted")
        RELEASED = "released", _("released")
        EXECUTED = "executed", _("executed")
        DIED_IN_CUSTODY = "died_in_custody", _("died in custody")
        UNKNOWN = "unknown", _("not known")

    class State(models.TextChoices):
        PENDING = "pending", _("waiting for a second person")
        SHOWN = "shown", _("shown")
        REFUSED = "refused", _("struck out")

    DEATHS = frozenset({Status.EXECUTED, Status.DIED_IN_CUSTODY})
    TONES = {
        "risk": {"death_row", "death_row_not_final", "retrial_refused", "execution_imminent"},
        "gone": {"executed", "died_in_custody"},
        "ok": {"released", "commuted", "sentence_quashed"},
        "wait": {"arrested", "held", "on_trial"},
    }

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="status_events")
    status = models.CharField(_("status"), max_length=24, choices=Status.choices)
    source = models.ForeignKey(Source, verbose_name=_("source"), on_delete=models.PROTECT, related_name="status_events")
    note = models.CharField(_("note, in English"), max_length=300, blank=True)
    note_fa = models.CharField(_("note, in Persian"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.SHOWN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = StatusEventQuerySet.as_manager()

    class Meta(Dated.Meta):
        abstract = False
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                name="cases_statusevent_shown_by_second_person",
                condition=~Q(state="shown") | Q(decided_by__isnull=True) | ~Q(decided_by=F("recorded_by")),
            ),
            models.CheckConstraint(
                name="cases_statusevent_pending_names_recorder",
                condition=~Q(state="pending") | Q(recorded_by__isnull=False, decided_by__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="cases_statusevent_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="cases_statusevent_words_fixed",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["state", "decided_by", "decided_at"]),
            ),
            pgtrigger.Protect(
                name="cases_statusevent_decided_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["shown", "refused"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()} ({self.on})"

    @property
    def is_death(self) -> bool:
        return self.status in self.DEATHS

    @property
    def tone(self) -> str:
        """The tag's colour: risk, gone, ok, wait, or none."""
        return next((tone for tone, statuses in self.TONES.items() if self.status in statuses), "")
