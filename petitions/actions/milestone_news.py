"""Telling people of a milestone: words that a program proposes, a person hands in and another releases."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext, override

from accounts.models import User
from petitions.actions.update_writing import start_update, write_update_text
from petitions.counts.milestones import next_milestone
from petitions.errors import UpdateStateError
from petitions.models import Milestone, Update
from petitions.texts.reading import titles_of
from text.calendars import localise_digits


@transaction.atomic
def draft_milestone_news(*, milestone: Milestone, by: User, now: datetime) -> Update:
    """A draft that tells of `milestone` in each of the site's languages, by `by`, to be changed or handed in as it is.

    Asked for twice it is the same draft. Raises `UpdateStateError` when people were told of the milestone already.
    """
    rows = Milestone.objects.select_for_update(of=("self",)).select_related("statement__tally")
    milestone = rows.get(pk=milestone.pk)
    if milestone.told_at is not None:
        raise UpdateStateError
    drafted = Update.objects.filter(milestone=milestone).exclude(state=Update.State.STOPPED).first()
    if drafted is not None:
        return drafted
    statement = milestone.statement
    languages = [code for code, _name in settings.LANGUAGES]
    original = statement.original_language if statement.original_language in languages else languages[0]
    update = start_update(statement=statement, case=None, original_language=original, by=by, now=now)
    update.milestone = milestone
    update.save(update_fields=["milestone"])
    for language in languages:
        title, body = _words(milestone, language)
        write_update_text(update=update, language=language, title=title, body=body, by=by)
    return update


def _words(milestone: Milestone, language: str) -> tuple[str, str]:
    """Title and Markdown in `language`."""
    statement = milestone.statement
    counted = max(milestone.number, statement.tally.counted)
    words = {
        "number": localise_digits(milestone.number, language),
        "next": localise_digits(next_milestone(counted, goal=statement.goal), language),
        "title": titles_of([statement], language).get(statement.pk, statement.slug),
    }
    with override(language):
        body = gettext(
            "“%(title)s” has reached %(number)s signatures. Thank you. The next milestone is %(next)s: please tell"
            " others."
        )
        return gettext("%(number)s signatures") % words, body % words
