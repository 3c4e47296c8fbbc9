"""The steps that the clock takes: a text opens at the end of its embargo and closes after its last day.

Both hold by the database's clock before anything is written (`StatementQuerySet`); here the state follows, with an
event by nobody. Every action that moves a statement on first lets the clock's steps come before its own.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.models import User
from outbox.bell import ring_on_commit
from petitions.actions.guards import Kind, lock_statement, record
from petitions.counts.counting import begin_tally
from petitions.models import Amendment, Signature, Statement, StatementEvent, StatementVersion
from petitions.models.statement import StatementNow, VersionQuerySet

State = Statement.State
ASK = "petitions.ask_signatories"


def step(statement: Statement, state: State) -> None:
    """Writes the state of a locked statement; the database refuses a step that does not lead there."""
    statement.state = state
    statement.save(update_fields=["state"])


def open_signing(statement: Statement, version: StatementVersion, *, by: User | None, now: datetime) -> Statement:
    """Takes signatures on `version` from now on; `by` None is the clock."""
    step(statement, State.OPEN)
    begin_tally(statement=statement)
    record(statement, Kind.OPENED, by=by, now=now, version=version)
    return statement


def begin_asking(version: StatementVersion, *, now: datetime) -> None:
    """Asks everybody who signed an older version about `version`, which is out; nobody while there is nobody."""
    signed_before = Signature.objects.live().filter(statement=version.statement, version_number__lt=version.number)
    if signed_before.exists():
        Amendment.objects.create(version=version, began_at=now)
        ring_on_commit(ASK)


def bring_out(statement: Statement, version: StatementVersion, *, by: User | None, now: datetime) -> None:
    """The version that was kept back is the current one: by its moment (`by` None, the clock), or before it."""
    if by is not None:
        StatementVersion.objects.kept().filter(pk=version.pk).update(opens_at=StatementNow())
    record(statement, Kind.OPENED, by=by, now=now, version=version)
    begin_asking(version, now=now)


def catch_up(statement: Statement, *, now: datetime) -> Statement:
    """Writes down what the database's clock has made of a locked statement: opened, closed, or both."""
    rows, version = Statement.objects.filter(pk=statement.pk), statement.current_version()
    if version is None:
        return statement
    for due in _due_versions().filter(statement=statement).order_by("number"):
        bring_out(statement, due, by=None, now=now)
    if rows.due().exists():
        open_signing(statement, version, by=None, now=now)
    if rows.to_close().exists():
        step(statement, State.CLOSED)
        # The day itself may be changed later, when it is opened again; what closed it then stays readable here.
        record(statement, Kind.CLOSED, by=None, now=now, version=version, note=str(statement.deadline_on))
    return statement


def lock_now(statement: Statement, *, now: datetime) -> Statement:
    """The row of `statement` as the clock has made it, locked; signatures being written are waited for, new ones wait.

    Who held it open (`guards.hold_open`) is counted before, whoever comes after finds it closed.
    """
    return catch_up(lock_statement(statement, waits_for_signatures=True), now=now)


def _due_versions() -> VersionQuerySet:
    """Those whose own embargo has ended, of which nobody wrote that yet."""
    noted = StatementEvent.objects.filter(version=OuterRef("pk"), kind=Kind.OPENED)
    return StatementVersion.objects.out().filter(~Exists(noted), opens_at__isnull=False)


@transaction.atomic
def open_due_statements(*, now: datetime) -> int:
    """Note for every embargo that has ended, of a statement or its next version, that it is open; how many statements.

    They are public without this; who signed before is asked about the new version from here on.
    """
    rows = Statement.objects.due() | Statement.objects.filter(pk__in=_due_versions().values("statement"))
    due = list(rows.select_for_update(of=("self",), skip_locked=True, no_key=True).order_by("pk"))
    for statement in due:
        catch_up(statement, now=now)
    return len(due)


@transaction.atomic
def close_past_statements(*, now: datetime) -> int:
    """Note for every open statement whose last day is over that it is closed; how many. Nobody signs without this.

    One that is being opened again, given a new last day, or signed in its last second is left to the next sweep.
    """
    past = Statement.objects.to_close().select_for_update(of=("self",), skip_locked=True)
    statements = list(past.order_by("pk"))
    for statement in statements:
        catch_up(statement, now=now)
    return len(statements)
