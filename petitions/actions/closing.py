"""No more signatures, signatures again, and off the site. See docs/statements.md."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from petitions.actions.guards import Kind, record, require_editor
from petitions.actions.steps import lock_now, step
from petitions.counts.counting import begin_tally
from petitions.errors import LastDayOverError, WrongStepError
from petitions.models import Statement, StatementVersion
from petitions.models.last_day import is_over

State = Statement.State


@transaction.atomic
def close_statement(*, statement: Statement, note: str, by: User, now: datetime) -> Statement:
    """Take no more signatures; the text and its count stay on the site."""
    return _move(statement, {State.OPEN}, State.CLOSED, Kind.CLOSED, note=note, by=by, now=now)


@transaction.atomic
def reopen_statement(
    *, statement: Statement, note: str, by: User, now: datetime, deadline_on: date | None = None
) -> Statement:
    """Take signatures again on the same text, for the reason in `note`, until the end of `deadline_on` or of nothing.

    Raises `WrongStepError`, `LastDayOverError`.
    """
    if is_over(deadline_on, now=now):
        raise LastDayOverError
    ended = {State.CLOSED, State.HANDED_OVER}
    statement = _move(statement, ended, State.OPEN, Kind.REOPENED, note=note, by=by, now=now)
    statement.deadline_on = deadline_on
    statement.save(update_fields=["deadline_on"])
    begin_tally(statement=statement)
    return statement


@transaction.atomic
def take_off_statement(*, statement: Statement, note: str, by: User, now: datetime) -> Statement:
    """Take it off the site, or end its embargo without opening: at once and by one person, the safe direction.

    Its frozen versions and signatures stay as they are; coming back needs a second person again. A next version that
    waits for its moment is taken back with it.
    """
    states = {State.OPEN, State.CLOSED, State.HANDED_OVER, State.EMBARGOED}
    was_secret = lock_now(statement, now=now).state == State.EMBARGOED
    statement = _move(statement, states, State.DRAFT, Kind.TAKEN_OFF, note=note, by=by, now=now)
    _drop_kept(statement, by=by, now=now)
    if was_secret and not statement.events.filter(kind=Kind.OPENED).exists():
        # It was never read by anybody: what was frozen for it does not become an old version that is.
        statement.published_at = statement.published_by = None
    statement.embargoed_until, statement.embargo_zone = None, ""
    statement.save(update_fields=["published_at", "published_by", "embargoed_until", "embargo_zone"])
    return statement


@transaction.atomic
def take_back_version(*, statement: Statement, by: User, now: datetime) -> None:
    """The next version is never shown: by one person, the safe direction, until its moment. Its number is used up.

    Raises `WrongStepError` when none is kept back any more.
    """
    require_editor(by)
    statement = lock_now(statement, now=now)
    if not _drop_kept(statement, by=by, now=now):
        raise WrongStepError


def _drop_kept(statement: Statement, *, by: User, now: datetime) -> bool:
    version = statement.kept_version()
    if version is None or not StatementVersion.objects.kept().filter(pk=version.pk).update(dropped_at=now):
        return False
    record(statement, Kind.TAKEN_BACK, by=by, now=now, version=version)
    return True


def end_with_handover(statement: Statement, *, by: User, now: datetime) -> None:
    """Takes no more signatures on a statement that `steps.lock_now` gave, because it was handed over.

    One that is handed over already, or was taken off the site meanwhile, stays as it is.
    """
    if statement.state in {State.OPEN, State.CLOSED}:
        step(statement, State.HANDED_OVER)
        record(statement, Kind.HANDED_OVER, by=by, now=now, version=statement.current_version())


def _move(
    statement: Statement, before: set[State], after: State, kind: str, *, note: str, by: User, now: datetime
) -> Statement:
    require_editor(by)
    statement = lock_now(statement, now=now)
    if statement.state not in before:
        raise WrongStepError
    step(statement, after)
    record(statement, kind, by=by, now=now, version=statement.current_version(), note=note)
    return statement
