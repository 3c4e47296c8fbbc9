"""From a draft to a text that can be signed. See docs/statements.md."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from petitions.actions.guards import Kind, barred_from, lock_statement, record, require_editor, writers_of
from petitions.actions.steps import begin_asking, bring_out, lock_now, open_signing, step
from petitions.counts.counting import begin_tally
from petitions.errors import (
    IncompleteStatementError,
    LastDayOverError,
    NoFrozenVersionError,
    OwnTextError,
    SecondPersonNeededError,
    TextsChangedError,
    VersionFrozenError,
    VersionIncompleteError,
    WrongStepError,
)
from petitions.models import Statement, StatementVersion
from petitions.models.last_day import is_over
from petitions.texts.completeness import digest_of, missing_in
from petitions.texts.embargo import Embargo
from petitions.texts.fingerprints import fingerprint

State = Statement.State


@transaction.atomic
def freeze_version(
    *, version: StatementVersion, by: User, now: datetime, embargo: Embargo | None = None
) -> StatementVersion:
    """Fingerprints each text of `version` and closes it for ever; the database then refuses every change below it.

    A version that follows one that can be signed begins to be asked about, with an `embargo` of its own once that has
    ended. Raises `VersionFrozenError` when that was
    done before, `VersionIncompleteError` when the original wording, or a demand's wording in a language the version
    has, is missing.
    """
    version = StatementVersion.objects.select_for_update().select_related("statement").get(pk=version.pk)
    if version.frozen_at is not None:
        raise VersionFrozenError
    _require_complete(version)
    for text in version.texts.select_related("version"):
        text.sha256 = fingerprint(text)
        text.save(update_fields=["sha256"])
    version.frozen_at, version.frozen_by = now, by
    if embargo is not None:
        version.opens_at, version.opens_zone = embargo.until, embargo.zone
    version.save(update_fields=["frozen_at", "frozen_by", "opens_at", "opens_zone"])
    if embargo is None:
        begin_asking(version, now=now)
    return version


def _require_complete(version: StatementVersion) -> None:
    languages = set(version.texts.values_list("language", flat=True))
    if version.statement.original_language not in languages:
        raise VersionIncompleteError
    for demand in version.demands.prefetch_related("texts"):
        if not languages <= {text.language for text in demand.texts.all()}:
            raise VersionIncompleteError


@transaction.atomic
def open_statement(*, statement: Statement, by: User, now: datetime) -> Statement:
    """Opens a draft whose version is frozen: handed in by who wrote it, opened by a second person (design, promise 10).

    For a text that was reviewed elsewhere; at the desk it is `approve_statement`. Raises `OwnTextError` when `by` wrote
    it, `NoFrozenVersionError` when there is nothing exact to sign. Opening an open statement changes nothing.
    """
    statement = lock_statement(statement)
    if statement.state == State.OPEN:
        return statement
    version = statement.current_version()
    if statement.written_by_id == by.pk or (version is not None and by.pk in writers_of(version)):
        raise OwnTextError
    if version is None:
        raise NoFrozenVersionError
    if statement.state == State.DRAFT:
        step(statement, State.IN_REVIEW)
        record(statement, Kind.SUBMITTED, by=statement.written_by, now=now, version=version)
    return _publish(statement, version, embargo=None, by=by, now=now)


@transaction.atomic
def submit_statement(*, statement: Statement, by: User, now: datetime) -> Statement:
    """Hand the draft version to a second person; from now on its words are fixed.

    A statement off the site whose version is frozen is handed in as it is. Raises `WrongStepError`,
    `IncompleteStatementError`.
    """
    require_editor(by)
    statement = lock_statement(statement)
    version = statement.draft_version()
    if version is None and statement.state == State.DRAFT:
        version = statement.current_version()
    if version is None or (version.submitted_at is not None and version.frozen_at is None):
        raise WrongStepError
    if missing := missing_in(version):
        raise IncompleteStatementError(missing)
    if version.frozen_at is None:
        version.submitted_by, version.submitted_at = by, now
        version.save(update_fields=["submitted_by", "submitted_at"])
    if statement.state == State.DRAFT:
        step(statement, State.IN_REVIEW)
    record(statement, Kind.SUBMITTED, by=by, now=now, version=version)
    return statement


@transaction.atomic
def return_statement(*, statement: Statement, note: str, by: User, now: datetime) -> Statement:
    """Give a version that waits back to its writers, with a note; who handed it in may take it back the same way."""
    require_editor(by)
    statement = lock_statement(statement)
    version = waiting_version(statement)
    if version is None:
        raise WrongStepError
    if version.frozen_at is None:
        version.submitted_by = version.submitted_at = None
        version.save(update_fields=["submitted_by", "submitted_at"])
    if statement.state == State.IN_REVIEW:
        step(statement, State.DRAFT)
    record(statement, Kind.RETURNED, by=by, now=now, version=version, note=note)
    return statement


@transaction.atomic
def approve_statement(
    *, statement: Statement, read: str, embargo: Embargo | None, by: User, now: datetime
) -> Statement:
    """As a second person who read the texts of digest `read`: freeze them, and open the statement or embargo it.

    On a statement that is on the site already this is about the next version: it replaces the one before at once, or
    at the end of the `embargo`, and nothing tells of it until then.
    Raises `WrongStepError`, `SecondPersonNeededError`, `TextsChangedError`, `IncompleteStatementError`, and
    `LastDayOverError` when it would open after its last day.
    """
    require_editor(by)
    statement = lock_now(statement, now=now)
    version = waiting_version(statement)
    on_site = {State.OPEN, State.CLOSED, State.HANDED_OVER}
    if version is None or (embargo is not None and statement.state not in {State.IN_REVIEW, *on_site}):
        raise WrongStepError
    if by.pk in barred_from(version):
        raise SecondPersonNeededError
    if digest_of(version) != read:
        raise TextsChangedError
    if missing := missing_in(version):
        raise IncompleteStatementError(missing)
    if version.frozen_at is None:
        own = embargo if statement.state != State.IN_REVIEW else None
        freeze_version(version=version, by=by, now=now, embargo=own)
        record(statement, Kind.FROZEN, by=by, now=now, version=version)
        if own is not None:
            record(statement, Kind.EMBARGOED, by=by, now=now, version=version, note=str(own))
    if statement.state != State.IN_REVIEW:
        return statement
    return _publish(statement, version, embargo=embargo, by=by, now=now)


def waiting_version(statement: Statement) -> StatementVersion | None:
    """The version that waits for a second person, if one does."""
    version = statement.draft_version()
    if version is not None:
        return version if version.submitted_at is not None else None
    return statement.current_version() if statement.state == State.IN_REVIEW else None


@transaction.atomic
def lift_embargo(*, statement: Statement, by: User, now: datetime) -> Statement:
    """Open an embargoed statement, or its next version, before the moment, as a second person.

    Raises like `approve_statement`.
    """
    require_editor(by)
    statement = lock_now(statement, now=now)
    kept = statement.kept_version()
    version = kept or statement.current_version()
    if version is None or (kept is None and statement.state != State.EMBARGOED):
        raise WrongStepError
    if by.pk in barred_from(version):
        raise SecondPersonNeededError
    if kept is not None:
        bring_out(statement, kept, by=by, now=now)
        return statement
    return open_signing(statement, version, by=by, now=now)


def _publish(
    statement: Statement, version: StatementVersion, *, embargo: Embargo | None, by: User, now: datetime
) -> Statement:
    if is_over(statement.deadline_on, now=embargo.until if embargo else now):
        raise LastDayOverError
    statement.published_by = by
    statement.published_at = statement.published_at or now
    statement.embargoed_until = embargo.until if embargo else None
    statement.embargo_zone = embargo.zone if embargo else ""
    if embargo is None:
        statement.save(update_fields=["published_by", "published_at", "embargoed_until", "embargo_zone"])
        return open_signing(statement, version, by=by, now=now)
    statement.state = State.EMBARGOED
    statement.save(update_fields=["state", "published_by", "published_at", "embargoed_until", "embargo_zone"])
    begin_tally(statement=statement)
    record(statement, Kind.EMBARGOED, by=by, now=now, version=version, note=str(embargo))
    return statement
