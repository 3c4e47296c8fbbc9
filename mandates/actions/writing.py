from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from cases.models import Case
from mandates.actions.history import lock_letter, record_step
from mandates.checking import missing_gates
from mandates.competence import propose_mandates
from mandates.drafting import prefill, propose_kind
from mandates.errors import LetterIncompleteError
from mandates.models import Letter, LetterAddressee, LetterStep, Mandate, Violation

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
def draft_letter(
    *,
    case: Case,
    violations: Iterable[Violation],
    by: User,
    now: datetime,
    kind: str = "",
    language: str = Letter.Language.ENGLISH,
    words: Mapping[str, str] | None = None,
    is_demonstration: bool = False,
) -> Letter:
    """A new draft on `case`, its sections filled from the case, addressed to the mandates proposed for `violations`.

    `kind` is proposed from the case's status when it is not given; `words` overrides fields of `WORDS`.
    """
    kind = kind or propose_kind(case)
    letter = Letter.objects.create(
        case=case,
        author=by,
        edited_by=by,
        created_at=now,
        updated_at=now,
        is_demonstration=is_demonstration or case.person.is_demonstration,
        **{**prefill(case, kind=kind), **(words or {}), "kind": kind, "language": language},
    )
    letter.violations.set(violations)
    _add_addressees(letter, _proposed(letter))
    record_step(letter, LetterStep.What.DRAFTED, by=by, at=now)
    return letter


@transaction.atomic
def edit_letter(
    *,
    letter: Letter,
    words: Mapping[str, str],
    by: User,
    now: datetime,
    violations: Iterable[Violation] | None = None,
) -> Letter:
    """Change fields of `WORDS` and the violations. A letter in review becomes a draft again.

    Changed violations change the proposal: newly competent mandates are added, proposed ones that no longer are go;
    mandates a person added stay. LetterStateError for a letter that is approved or given up.
    """
    letter = lock_letter(letter, State.DRAFT, State.IN_REVIEW)
    for name, value in words.items():
        if name not in WORDS:
            raise ValueError(f"{name} is not a field a person writes")
        setattr(letter, name, value)
    if violations is not None:
        _change_violations(letter, violations)
    return _touch(letter, [*words], LetterStep.What.EDITED, by=by, now=now)


@transaction.atomic
def choose_addressees(*, letter: Letter, mandates: Iterable[Mandate], by: User, now: datetime) -> Letter:
    """Send the letter to exactly these mandates. A letter in review becomes a draft again."""
    letter = lock_letter(letter, State.DRAFT, State.IN_REVIEW)
    chosen = list(mandates)
    letter.addressees.exclude(mandate__in=chosen).delete()
    proposed = {mandate.pk for mandate in _proposed(letter)}
    _add_addressees(letter, [m for m in chosen if m.pk in proposed])
    _add_addressees(letter, [m for m in chosen if m.pk not in proposed], is_proposed=False)
    return _touch(letter, [], LetterStep.What.ADDRESSED, by=by, now=now)


@transaction.atomic
def submit_letter(*, letter: Letter, by: User, now: datetime) -> Letter:
    """Give a draft to a second person. LetterIncompleteError while the checker finds a gate missing."""
    letter = lock_letter(letter, State.DRAFT)
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


def _touch(letter: Letter, fields: list[str], what: str, *, by: User, now: datetime) -> Letter:
    """Any change takes a letter out of review: what a second person approves is what that person read."""
    letter.state, letter.submitted_at = State.DRAFT, None
    letter.edited_by, letter.updated_at = by, now
    letter.save(update_fields=[*fields, "state", "submitted_at", "edited_by", "updated_at"])
    record_step(letter, what, by=by, at=now)
    return letter


def _change_violations(letter: Letter, violations: Iterable[Violation]) -> None:
    before = {mandate.pk for mandate in _proposed(letter)}
    letter.violations.set(violations)
    after = _proposed(letter)
    letter.addressees.filter(is_proposed=True).exclude(mandate__in=after).delete()
    _add_addressees(letter, [mandate for mandate in after if mandate.pk not in before])


def _proposed(letter: Letter) -> list[Mandate]:
    pairs = propose_mandates(violations=letter.violations.all(), country=letter.case.country.code)
    return [mandate for mandate, _why in pairs]


def _add_addressees(letter: Letter, mandates: Iterable[Mandate], *, is_proposed: bool = True) -> None:
    for mandate in mandates:
        LetterAddressee.objects.get_or_create(letter=letter, mandate=mandate, defaults={"is_proposed": is_proposed})
