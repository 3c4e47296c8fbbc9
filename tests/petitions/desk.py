"""A text on its way over the desk: the cast of two editors, and the steps as one call each."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from petitions.actions import (
    Wording,
    approve_statement,
    begin_amendment,
    create_statement,
    submit_statement,
    waiting_version,
    write_demand,
    write_text,
)
from petitions.models import Statement, StatementVersion
from petitions.texts.completeness import digest_of
from petitions.texts.embargo import Embargo
from tests.accounts.factories import UserFactory


def editor() -> User:
    return UserFactory.with_role("case_editor")


def a_draft(writer: User, *, title: str = "Spare them", body: str = "We ask.", slug: str = "spare-them") -> Statement:
    """A draft with an English text and one demand."""
    now = timezone.now()
    statement = create_statement(
        kind=Statement.Kind.PUBLIC, slug=slug, language="en", title=title, body=body, by=writer, now=now
    )
    version = statement.draft_version()
    assert version is not None
    write_demand(
        version=version,
        demand=None,
        number="1",
        deadline_on=None,
        wordings={"en": Wording(text="Stop.", addressees="The UN")},
        by=writer,
        now=now,
    )
    return statement


def approve(
    statement: Statement, by: User, *, embargo: Embargo | None = None, now: datetime | None = None
) -> Statement:
    """What a second person does who read the texts as they are."""
    statement.refresh_from_db()
    version = waiting_version(statement)
    assert version is not None
    return approve_statement(
        statement=statement, read=digest_of(version), embargo=embargo, by=by, now=now or timezone.now()
    )


def opened(writer: User, second: User, **fields: str) -> Statement:
    now = timezone.now()
    statement = a_draft(writer, **fields)
    submit_statement(statement=statement, by=writer, now=now)
    return approve(statement, second, now=now)


def embargoed(writer: User, second: User, *, hours: float = 24, **fields: str) -> Statement:
    now = timezone.now()
    statement = a_draft(writer, **fields)
    submit_statement(statement=statement, by=writer, now=now)
    embargo = Embargo(until=now + timedelta(hours=hours), zone="Asia/Tehran")
    return approve(statement, second, embargo=embargo, now=now)


def amended(statement: Statement, writer: User, second: User, *, body: str = "We ask again.") -> StatementVersion:
    """The next version of an open statement, frozen by the second person."""
    now = timezone.now()
    version = begin_amendment(statement=statement, by=writer, now=now)
    write_text(version=version, language="en", title="Spare them", body=body, is_unofficial=False, by=writer, now=now)
    submit_statement(statement=statement, by=writer, now=now)
    approve(statement, second)
    version.refresh_from_db()
    return version
