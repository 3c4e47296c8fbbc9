"""What a letter on a case rests on, and what was agreed."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.consents import may
from cases.models import Case, Source
from mandates.checking.findings import Finding, Severity
from mandates.models import Letter
from mandates.rules import CONDUCT, CONSENT
from mandates.sources import sources_of
from mandates.standing import PURPOSES

MEDIA = {Source.Kind.PRESS, Source.Kind.STATE_MEDIA, Source.Kind.SOCIAL_POST}
BITS = {
    "send_to_un": _("There is no valid consent to send the case to the UN."),
    "name_to_government": _("There is no valid consent that a letter with the name goes to the Government."),
    "name_in_un_report": _("There is no valid consent that the name appears in public UN reports."),
}


def findings(letter: Letter, now: datetime) -> Iterator[Finding]:
    """What is missing around the case of `letter` at `now`."""
    if letter.case is not None:
        yield from _sources(letter.case)
        yield from _consents(letter.case, now)


def _sources(case: Case) -> Iterator[Finding]:
    kinds = {source.kind for source in sources_of(case)}
    if not kinds:
        message: Promise = _("The case has no source yet.")
    elif kinds <= MEDIA:
        message = _("All sources of the case are media. A letter may not rest on media reports alone.")
    else:
        return
    yield Finding(
        "sources", Severity.MISSING, message, CONDUCT, "cases:case_edit", (case.slug,), _("Add a source to the case")
    )


def _consents(case: Case, now: datetime) -> Iterator[Finding]:
    mend = ("cases:consent_record", (case.slug,), _("Record a consent"))
    for purpose in PURPOSES:
        if not may(case=case, purpose=purpose, now=now):
            yield Finding(f"consent_{purpose}", Severity.MISSING, BITS[purpose], CONSENT, *mend)
