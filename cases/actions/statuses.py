"""The status history. It only grows: an entry waits for a second person, who shows it or strikes it out."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from cases.actions.guards import lock, require_editor
from cases.errors import CaseNotEditableError, SecondPersonNeededError, WrongStateError
from cases.models import Case, StatusEvent


@transaction.atomic
def record_status(*, case: Case, entry: StatusEvent, by: User, now: datetime) -> StatusEvent:
    """Add an entry that waits for a second person: for the publication of a draft, or for a confirmation by itself.

    Raises CaseNotEditableError while a second person is reading the case.
    """
    require_editor(by)
    entry.case = lock(case)
    if entry.case.state == Case.State.IN_REVIEW:
        raise CaseNotEditableError
    entry.state = StatusEvent.State.PENDING
    entry.recorded_by, entry.recorded_at = by, now
    entry.save(force_insert=True)
    return entry


@transaction.atomic
def confirm_status(*, entry: StatusEvent, by: User, now: datetime) -> StatusEvent:
    """Show a waiting entry of a published case. Raises SecondPersonNeededError for whoever recorded it."""
    require_editor(by)
    case, entry = _lock_waiting(entry)
    if case.state != Case.State.PUBLISHED:
        raise WrongStateError
    if by == entry.recorded_by:
        raise SecondPersonNeededError
    return _decide(entry, StatusEvent.State.SHOWN, by, now)


@transaction.atomic
def strike_status(*, entry: StatusEvent, by: User, now: datetime) -> StatusEvent:
    """Strike out a waiting entry; it stays in the history and is never shown. One's own may be struck out too."""
    require_editor(by)
    case, entry = _lock_waiting(entry)
    if case.state == Case.State.IN_REVIEW:
        raise CaseNotEditableError
    return _decide(entry, StatusEvent.State.REFUSED, by, now)


def show_waiting(*, case: Case, publisher: User, now: datetime) -> None:
    """Show the waiting entries of a case that `publisher` publishes; for his own, who handed it in is the second."""
    waiting = case.status_events.filter(state=StatusEvent.State.PENDING)
    waiting.filter(recorded_by=publisher).update(
        state=StatusEvent.State.SHOWN, decided_by=case.submitted_by, decided_at=now
    )
    waiting.update(state=StatusEvent.State.SHOWN, decided_by=publisher, decided_at=now)


def _lock_waiting(entry: StatusEvent) -> tuple[Case, StatusEvent]:
    case = lock(entry.case)
    entry = StatusEvent.objects.select_for_update().get(pk=entry.pk)
    if entry.state != StatusEvent.State.PENDING:
        raise WrongStateError
    return case, entry


def _decide(entry: StatusEvent, state: StatusEvent.State, by: User, now: datetime) -> StatusEvent:
    entry.state, entry.decided_by, entry.decided_at = state, by, now
    entry.save(update_fields=["state", "decided_by", "decided_at"])
    return entry
