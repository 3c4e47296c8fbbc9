"""The two texts that can be signed, with their demands and whom each demand is addressed to."""

from datetime import datetime

from accounts.models import User
from campaign.demonstration.cases import Cases
from campaign.demonstration.reading import Row, read_folder
from campaign.demonstration.sources import Sources
from mandates.models import DemandAddressee, Mandate
from petitions.actions import freeze_version, open_statement
from petitions.models import Demand, DemandText, Statement, StatementVersion, VersionText

LANGUAGES = ("en", "fa")


def load_statements(
    *, sources: Sources, cases: Cases, writer: User, publisher: User, now: datetime
) -> dict[str, Statement]:
    """Make both statements, each with a frozen version 1, opened by a second person; returns them by kind."""
    statements = {}
    for row in read_folder("statements"):
        statement = _load_statement(row, sources=sources, writer=writer)
        statement.cases.set([cases[slug] for slug in row["cases"]])
        version = _load_version(statement, row, now=now)
        freeze_version(version=version, by=writer, now=now)
        statements[statement.kind] = open_statement(statement=statement, by=publisher, now=now)
    return statements


def _load_statement(row: Row, *, sources: Sources, writer: User) -> Statement:
    reported = row.get("reported")
    return Statement.objects.create(
        slug=row["slug"],
        kind=row["kind"],
        released_on=row.get("released_on"),
        goal=row.get("goal"),
        source=sources[row["source"]],
        reported_signatories=reported and reported["signatories"],
        reported_as_of=reported and reported["as_of"],
        reported_source=reported and sources[reported["source"]],
        written_by=writer,
    )


def _load_version(statement: Statement, row: Row, *, now: datetime) -> StatementVersion:
    version = StatementVersion.objects.create(statement=statement, number=1, created_at=now)
    for language in LANGUAGES:
        is_unofficial = language != statement.original_language
        VersionText.objects.create(version=version, language=language, is_unofficial=is_unofficial, **row[language])
    for position, demand in enumerate(row["demands"], start=1):
        _load_demand(version, demand, position=position)
    return version


def _load_demand(version: StatementVersion, row: Row, *, position: int) -> None:
    demand = Demand.objects.create(
        version=version, number=row["number"], position=position, deadline_on=row.get("deadline_on")
    )
    for language in LANGUAGES:
        DemandText.objects.create(demand=demand, language=language, **row[language])
    for slug in row.get("mandates", []):
        DemandAddressee.objects.create(demand=demand, mandate=Mandate.objects.get(slug=slug))
