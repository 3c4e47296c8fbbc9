"""The rules that every action of the statement desk begins with, and the row that each of them leaves."""

from datetime import datetime

from django.db import connection

from accounts.models import User
from petitions.errors import NotAnEditorError, NotEditableError
from petitions.models import Statement, StatementEvent, StatementVersion

Kind = StatementEvent.Kind


def require_editor(by: User) -> None:
    """Raise `NotAnEditorError` unless `by` is a case editor: they write the statements too."""
    if not by.has_role("case_editor"):
        raise NotAnEditorError


def lock_statement(statement: Statement, *, waits_for_signatures: bool = False) -> Statement:
    """The row of `statement`, locked until the transaction ends.

    Signing goes on meanwhile, unless `waits_for_signatures`: then those being written are waited for; new ones wait.
    """
    rows = Statement.objects.select_for_update(of=("self",), no_key=not waits_for_signatures)
    return rows.get(pk=statement.pk)


def hold_open(statement: Statement) -> None:
    """Keep `statement` from being closed, and its next version from being frozen, until the transaction ends.

    Whether it can be signed is asked after this: then no signature comes after the closing. It is the lock that every
    signature's foreign key takes anyway; signatures do not wait for each other. Raises nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM petitions_statement WHERE id = %s FOR KEY SHARE", [statement.pk])


def lock_draft(version: StatementVersion, by: User) -> StatementVersion:
    """The version, locked with its statement, if `by` may change its words now; else the error that says why not."""
    require_editor(by)
    statement = lock_statement(version.statement)
    version = StatementVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    version.statement = statement
    if version.frozen_at is not None or version.submitted_at is not None:
        raise NotEditableError
    return version


def writers_of(version: StatementVersion) -> set[int | None]:
    """Who may not open `version`: who wrote a word of it, or handed it in; and never who began the statement's first.

    The database asks the same rows (petitions/models/stepping.py).
    """
    wrote = version.events.filter(kind__in=[Kind.WRITTEN, Kind.SUBMITTED])
    writers = set(wrote.values_list("by", flat=True)) | {version.submitted_by_id}
    return writers | {version.statement.written_by_id} if version.number == 1 else writers


def barred_from(version: StatementVersion) -> set[int | None]:
    """Who may not approve `version` or lift its embargo: its writers, and on its way there who began the statement."""
    statement = version.statement
    is_on_its_way = statement.state in {Statement.State.IN_REVIEW, Statement.State.EMBARGOED}
    return writers_of(version) | ({statement.written_by_id} if is_on_its_way else set())


def record(
    statement: Statement,
    kind: str,
    *,
    by: User | None,
    now: datetime,
    version: StatementVersion | None = None,
    note: str = "",
) -> StatementEvent:
    """Write down what happened."""
    return StatementEvent.objects.create(statement=statement, version=version, kind=kind, note=note, by=by, at=now)
