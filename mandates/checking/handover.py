"""What a cover letter rests on: a public, frozen statement, and people who may be named."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from mandates.checking.findings import Finding, Severity
from mandates.counted import holds_invented
from mandates.dossiers import dossier_of, is_ready
from mandates.models import Letter
from mandates.rules import HOUSE_NAMED, HOUSE_STATEMENT
from mandates.standing import is_public, may_be_named

FRESH_FOR = timedelta(days=7)


def findings(letter: Letter, now: datetime) -> Iterator[Finding]:
    """What stops the handover at `now`, and a count that has grown old."""
    version = letter.statement_version
    if version is None:
        return
    see = ("petitions:statement_detail", (version.statement.slug,), _("See the statement"))
    if not is_public(letter):
        message = _("The statement is not public, or this version of it is not frozen.")
        yield Finding("statement", Severity.MISSING, message, HOUSE_STATEMENT, *see)
    if letter.counted_at is not None and now - letter.counted_at > FRESH_FOR:
        message = _("The count of signatures is more than a week old. Sending the letter back takes a new one.")
        yield Finding("count_old", Severity.WARNING, message, HOUSE_STATEMENT, *see)
    if holds_invented(version):
        # Nobody outside may be told of invented people as if they had signed; a demonstration may show how it works.
        severity = Severity.MISSING if settings.ENVIRONMENT == "production" else Severity.WARNING
        message = _("The count holds invented signatures of the demonstration.")
        yield Finding("count_invented", severity, message, HOUSE_STATEMENT, *see)
    current = version.statement.current_version()
    if current is not None and current.pk != version.pk:
        message = _("A newer version of the statement is being signed.")
        yield Finding("version_old", Severity.WARNING, message, HOUSE_STATEMENT, *see)
    dossier = dossier_of(letter)
    if dossier is not None and (not is_ready(dossier) or dossier.version_id != version.pk):
        message = _("A name in the dossier changed, or nobody approved it. Choose another one, or none.")
        mend = ("mandates:letter_edit", (letter.pk,), _("Mend it in the letter"))
        yield Finding("dossier", Severity.MISSING, message, HOUSE_STATEMENT, *mend)
    for case in letter.cases:
        if not may_be_named(case, now=now):
            words = _("It names %(name)s, whose case is not published.") % {"name": case.person}
            mend = ("mandates:letter_edit", (letter.pk,), _("Mend it in the letter"))
            yield Finding("named", Severity.MISSING, words, HOUSE_NAMED, *mend)
