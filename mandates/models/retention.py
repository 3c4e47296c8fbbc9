"""What is left of a mail that was destroyed: that there was one, who settled it, when it went and by which rule."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# The least that any setting can ask for, held by the database too.
LEAST_DAYS_SET_ASIDE = 30
LEAST_DAYS_FILED = 730

# What came does not change. Once, and only with its line in the history, what it says may be emptied: a mail that a
# person put aside, or one that a person classed on the letter of a case that was taken off. Then nothing changes.
FROZEN = """
    IF OLD.destroyed_at IS NOT NULL THEN
        RAISE EXCEPTION 'a destroyed mail cannot change';
    END IF;
    IF ROW(NEW.digest, NEW.size, NEW.is_whole, NEW.door, NEW.received_at)
        IS DISTINCT FROM ROW(OLD.digest, OLD.size, OLD.is_whole, OLD.door, OLD.received_at)
    THEN
        RAISE EXCEPTION 'Cannot update what arrived';
    END IF;
    IF NEW.destroyed_at IS NULL THEN
        IF ROW(NEW.raw, NEW.sender, NEW.subject, NEW.message_id)
            IS DISTINCT FROM ROW(OLD.raw, OLD.sender, OLD.subject, OLD.message_id)
        THEN
            RAISE EXCEPTION 'Cannot update what arrived';
        END IF;
        RETURN NEW;
    END IF;
    IF num_nonnulls(NEW.raw, NEW.sender, NEW.subject) > 0 OR NEW.message_id <> '' OR NEW.findings <> '[]'::jsonb
        OR ROW(NEW.state, NEW.letter_id, NEW.decided_by_id, NEW.decided_at, NEW.reason)
            IS DISTINCT FROM ROW(OLD.state, OLD.letter_id, OLD.decided_by_id, OLD.decided_at, OLD.reason)
    THEN
        RAISE EXCEPTION 'a destroyed mail is emptied, and nothing else';
    END IF;
    SELECT rule INTO line_rule FROM mandates_maildestruction
    WHERE mail_id = NEW.id AND at = NEW.destroyed_at AND settled_by_id = NEW.decided_by_id
        AND settled_at = NEW.decided_at AND at <= clock_timestamp() + interval '1 minute';
    IF line_rule = 'set_aside' AND NEW.state = 'set_aside'
        AND NEW.decided_at <= NEW.destroyed_at - interval 'LEAST_SET_ASIDE days'
    THEN
        RETURN NEW;
    END IF;
    IF line_rule = 'filed' AND NEW.state IN ('answered', 'noted')
        AND NEW.decided_at <= NEW.destroyed_at - interval 'LEAST_FILED days'
        AND EXISTS (
            SELECT 1 FROM mandates_letter AS letter JOIN cases_case AS kept ON kept.id = letter.case_id
            WHERE letter.id = NEW.letter_id AND kept.state = 'unpublished'
        )
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'only a mail that a person settled is destroyed, after its time and with a line in the history';
""".replace("LEAST_SET_ASIDE", str(LEAST_DAYS_SET_ASIDE)).replace("LEAST_FILED", str(LEAST_DAYS_FILED))


def frozen_until_destroyed(name: str) -> pgtrigger.Trigger:
    """For mails that came in."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        declare=[("line_rule", "TEXT")],
        func=FROZEN,
    )


class MailDestruction(models.Model):
    """The line of the history about one destroyed mail. Never changed, never deleted."""

    class Rule(models.TextChoices):
        SET_ASIDE = "set_aside", _("set aside by a person as not ours, and its time is over")
        FILED = "filed", _("classed by a person, its time is over, and the letter's case was taken off")

    mail = models.OneToOneField("mandates.IncomingMail", on_delete=models.PROTECT, related_name="destruction")
    rule = models.CharField(max_length=10, choices=Rule.choices)
    days = models.PositiveIntegerField(help_text=_("How long the rule kept it after it was settled"))
    size = models.PositiveIntegerField(help_text=_("Bytes of the mail that were destroyed"))
    attachments = models.PositiveIntegerField(help_text=_("Files among them"))
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="mandates_maildestruction_in_its_time",
                condition=Q(rule="set_aside", days__gte=LEAST_DAYS_SET_ASIDE)
                | Q(rule="filed", days__gte=LEAST_DAYS_FILED),
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="mandates_maildestruction_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.mail}: {self.at:%Y-%m-%d}"
