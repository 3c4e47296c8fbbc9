"""Whether what a letter rests on still stands: the consents of its case, or the statement it hands over.

Nothing is cached. Asked by the checker, at approval, and once more just before the letter leaves.
"""

from datetime import datetime

from django.utils.translation import gettext_noop

from cases.consents import is_withdrawn, may
from cases.models import Case
from mandates.dossiers import dossier_of, is_ready
from mandates.models import Letter
from petitions.models import Statement

# The bits a letter on a case needs, each by itself.
PURPOSES = ("send_to_un", "name_to_government", "name_in_un_report")

# Kept as the reason of a message that was held, in English; pages translate them.
CONSENT_GONE = gettext_noop("The consent it needs is no longer there.")
CASE_GONE = gettext_noop("The case was taken off the site.")
PERSON_DEAD = gettext_noop("The person has died: an urgent appeal would come too late. Please write a new letter.")
STATEMENT_GONE = gettext_noop("The statement it hands over is no longer published.")
DOSSIER_STALE = gettext_noop("A name in the dossier it brings may not be shown like that any more.")
NAMED_GONE = gettext_noop("It names a person whose case is no longer published.")


def why_fallen(letter: Letter, *, now: datetime) -> str:
    """Why `letter` must not leave at `now` although it was approved, or "": in English, marked for translation."""
    if letter.case is not None:
        return _why_case_fell(letter, letter.case, now)
    if not is_public(letter):
        return STATEMENT_GONE
    dossier = dossier_of(letter)
    if dossier is not None and not is_ready(dossier):
        return DOSSIER_STALE
    return "" if all(may_be_named(case, now=now) for case in letter.cases) else NAMED_GONE


def _why_case_fell(letter: Letter, case: Case, now: datetime) -> str:
    if not all(may(case=case, purpose=purpose, now=now) for purpose in PURPOSES):
        return CONSENT_GONE
    if case.state == Case.State.UNPUBLISHED:
        return CASE_GONE
    status = case.current_status
    is_too_late = letter.kind == Letter.Kind.URGENT_APPEAL and status is not None and status.is_death
    return PERSON_DEAD if is_too_late else ""


def is_public(letter: Letter) -> bool:
    """Whether the statement of a cover letter is published, and the version it hands over frozen."""
    version = letter.statement_version
    if version is None or version.frozen_at is None:
        return False
    return Statement.objects.published().filter(pk=version.statement_id).exists()


def may_be_named(case: Case, *, now: datetime) -> bool:
    """Whether a letter of ours may name the person in public: the case is published, and nobody took that back."""
    is_published = Case.objects.published().filter(pk=case.pk).exists()
    return is_published and not is_withdrawn(case=case, purpose="publish", now=now)
