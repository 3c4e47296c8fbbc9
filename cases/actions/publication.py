"""The way of a case to the public and back. See docs/decisions/0010-published-cases.md."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from cases import consents
from cases.actions.guards import lock, require_editor, writers_of
from cases.actions.statuses import show_waiting
from cases.completeness import missing_in
from cases.errors import (
    CaseChangedError,
    ConsentWithdrawnError,
    IncompleteCaseError,
    SecondPersonNeededError,
    WrongStateError,
)
from cases.models import Case, CaseDecision

Kind = CaseDecision.Kind


@transaction.atomic
def submit_case(*, case: Case, by: User, now: datetime) -> Case:
    """Hand a draft to a second person; from now on its words are fixed. Raises IncompleteCaseError, WrongStateError."""
    require_editor(by)
    case = lock(case)
    if not case.is_editable:
        raise WrongStateError
    _require_complete(case, now)
    case.state, case.submitted_by, case.submitted_at = Case.State.IN_REVIEW, by, now
    case.save(update_fields=["state", "submitted_by", "submitted_at"])
    return _decided(case, Kind.SUBMITTED, by, now)


@transaction.atomic
def publish_case(*, case: Case, read: datetime | None, by: User, now: datetime) -> Case:
    """Put a case on the site, as a second person who read what was handed in at `read`.

    Raises WrongStateError, CaseChangedError (it was handed in again since), SecondPersonNeededError (for
    `writers_of` it), IncompleteCaseError or ConsentWithdrawnError.
    """
    require_editor(by)
    case = lock(case)
    if case.state != Case.State.IN_REVIEW:
        raise WrongStateError
    if by.pk in writers_of(case):
        raise SecondPersonNeededError
    if case.submitted_at != read:
        raise CaseChangedError
    _require_complete(case, now)
    show_waiting(case=case, publisher=by, now=now)
    case.state, case.published_by, case.published_at = Case.State.PUBLISHED, by, now
    case.save(update_fields=["state", "published_by", "published_at"])
    return _decided(case, Kind.PUBLISHED, by, now)


@transaction.atomic
def return_case(*, case: Case, note: str, by: User, now: datetime) -> Case:
    """Give a case that waits back to its editors, with a note; who handed it in may take it back the same way."""
    require_editor(by)
    case = lock(case)
    if case.state != Case.State.IN_REVIEW:
        raise WrongStateError
    case.state = Case.State.DRAFT
    case.save(update_fields=["state"])
    return _decided(case, Kind.RETURNED, by, now, note)


@transaction.atomic
def unpublish_case(*, case: Case, reason: str, by: User, now: datetime) -> Case:
    """Take a case off the site, at once and by one person: the safe direction needs no second one."""
    require_editor(by)
    case = lock(case)
    if case.state != Case.State.PUBLISHED:
        raise WrongStateError
    return take_off(case=case, kind=Kind.UNPUBLISHED, note=reason, by=by, now=now)


@transaction.atomic
def verify_case(*, case: Case, by: User, now: datetime, today: date) -> Case:
    """Record that `by` looked at the sources again `today` and the shown status still holds."""
    require_editor(by)
    case = lock(case)
    case.last_verified_on, case.last_verified_by = today, by
    case.save(update_fields=["last_verified_on", "last_verified_by"])
    return _decided(case, Kind.VERIFIED, by, now)


def take_off(*, case: Case, kind: str, note: str, by: User, now: datetime) -> Case:
    """Take the locked `case` off the site, for the reason `kind`."""
    case.state = Case.State.UNPUBLISHED
    case.save(update_fields=["state"])
    return _decided(case, kind, by, now, note)


def _require_complete(case: Case, now: datetime) -> None:
    if consents.is_withdrawn(case=case, purpose="publish", now=now):
        raise ConsentWithdrawnError
    missing = missing_in(case, now=now)
    if missing:
        raise IncompleteCaseError([need.words for need in missing])


def _decided(case: Case, kind: str, by: User, now: datetime, note: str = "") -> Case:
    CaseDecision.objects.create(case=case, kind=kind, by=by, at=now, note=note)
    return case
