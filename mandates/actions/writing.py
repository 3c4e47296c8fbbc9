from collections.abc import Iterable, Mapping
from datetime import datetime
from types import EllipsisType

from django.db import transaction

from accounts.models import User
from cases.models import Case
from mandates.actions.choosing import add_addressees, fit_answers
from mandates.actions.history import lock_letter, record_step, touch_letter
from mandates.addressing import proposed_for
from mandates.checking import missing_gates
from mandates.counted import count_for
from mandates.errors import LetterIncompleteError
from mandates.models import Letter, LetterCase, LetterDossier, LetterStep, Violation
from petitions.models import Handover

State = Letter.State
WORDS = (
    "kind",
    "language",
    "subject",
    "victim",
    "perpetrators",
    "perpetrators_unknown_because",
    "date_of_events",
    "place_of_events",
    "facts",
    "steps_taken",
    "request",
    "submitter",
)


@transaction.atomic
def edit_letter(
    *,
    letter: Letter,
    words: Mapping[str, str],
    by: User,
    now: datetime,
    violations: Iterable[Violation] | None = None,
    named: Iterable[Case] | None = None,
    dossier: Handover | EllipsisType | None = ...,
) -> Letter:
    """Change fields of `WORDS`, the violations, or whom a cover letter names and which dossier it brings (None: none).
    A letter in review becomes a draft again.

    A cover letter stays one and no other becomes one: the database refuses that `kind`. Changed violations change the
    proposal: newly competent mandates are added, proposed ones that no longer are go; mandates a person added stay.
    LetterStateError for a letter that is approved or given up.
    """
    letter = lock_letter(letter, State.DRAFT, State.IN_REVIEW)
    for name, value in words.items():
        if name not in WORDS:
            raise ValueError(f"{name} is not a field a person writes")
        setattr(letter, name, value)
    if violations is not None:
        _change_violations(letter, violations, now=now)
    if named is not None:
        _change_named(letter, named)
    if dossier is not ...:
        _change_dossier(letter, dossier)
    return touch_letter(letter, [*words], LetterStep.What.EDITED, by=by, now=now)


@transaction.atomic
def submit_letter(*, letter: Letter, by: User, now: datetime) -> Letter:
    """Give a draft to a second person. LetterIncompleteError while the checker finds a gate missing.

    A cover letter takes the count of this moment, which then stands until it is changed or sent back.
    """
    letter = lock_letter(letter, State.DRAFT)
    if letter.statement_version is not None:
        for name, value in count_for(letter.statement_version, now=now).items():
            setattr(letter, name, value)
        letter.save(update_fields=["signed_version", "signed_in_all", "counted_at"])
    missing = missing_gates(letter=letter, now=now)
    if missing:
        raise LetterIncompleteError(missing)
    letter.state, letter.submitted_at = State.IN_REVIEW, now
    letter.save(update_fields=["state", "submitted_at"])
    record_step(letter, LetterStep.What.SUBMITTED, by=by, at=now)
    return letter


@transaction.atomic
def return_letter(*, letter: Letter, note: str, by: User, now: datetime) -> Letter:
    """Send a letter in review back to its author, with what to change."""
    letter = lock_letter(letter, State.IN_REVIEW)
    letter.state, letter.submitted_at = State.DRAFT, None
    letter.save(update_fields=["state", "submitted_at"])
    record_step(letter, LetterStep.What.RETURNED, by=by, at=now, note=note)
    return letter


@transaction.atomic
def cancel_letter(*, letter: Letter, note: str, by: User, now: datetime) -> Letter:
    """Give a letter up before it is approved; its history stays."""
    letter = lock_letter(letter, State.DRAFT, State.IN_REVIEW)
    letter.state, letter.submitted_at = State.CANCELLED, None
    letter.save(update_fields=["state", "submitted_at"])
    record_step(letter, LetterStep.What.CANCELLED, by=by, at=now, note=note)
    return letter


def _change_violations(letter: Letter, violations: Iterable[Violation], *, now: datetime) -> None:
    before = {mandate.pk for mandate, _why in proposed_for(letter)}
    letter.violations.set(violations)
    after = [mandate for mandate, _why in proposed_for(letter)]
    letter.addressees.filter(is_proposed=True).exclude(mandate__in=after).delete()
    add_addressees(letter, [mandate for mandate in after if mandate.pk not in before])
    fit_answers(letter, now=now)


def _change_dossier(letter: Letter, dossier: Handover | None) -> None:
    LetterDossier.objects.filter(letter=letter).delete()
    if dossier is not None:
        LetterDossier.objects.create(letter=letter, handover=dossier)


def _change_named(letter: Letter, cases: Iterable[Case]) -> None:
    chosen = list(cases)
    letter.named_cases.exclude(case__in=chosen).delete()
    for case in chosen:
        LetterCase.objects.get_or_create(letter=letter, case=case)
