import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.models.dating import Dated
from cases.models.source import Source


class Event(Dated):
    """Something that happened: to one person (`case`), or around all of them (no case)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, null=True, blank=True, related_name="events")
    slug = models.SlugField(max_length=80, unique=True, null=True, blank=True)
    text = models.CharField(_("what happened, in English"), max_length=400)
    text_fa = models.CharField(_("what happened, in Persian"), max_length=400, blank=True)
    place = models.CharField(_("place"), max_length=160, blank=True)
    sources = models.ManyToManyField(Source, related_name="events", blank=True)
    disagreement = models.TextField(_("how the sources disagree"), blank=True)
    disagreement_fa = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.text


class StatusEvent(Dated):
    """A person's status as of a day. The history is append-only; the latest entry is the status."""

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

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="status_events")
    status = models.CharField(_("status"), max_length=24, choices=Status.choices)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="status_events")
    note = models.CharField(_("note, in English"), max_length=300, blank=True)
    note_fa = models.CharField(_("note, in Persian"), max_length=300, blank=True)
    recorded_at = models.DateTimeField()

    class Meta(Dated.Meta):
        abstract = False
        triggers = [
            pgtrigger.Protect(name="cases_statusevent_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()} ({self.on})"
