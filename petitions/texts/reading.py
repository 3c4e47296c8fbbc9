"""A statement as a reader of one language meets it: which text, which demands, how far the count has come."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import OuterRef, Prefetch, Subquery, Sum, prefetch_related_objects

from cases.models import Case
from petitions.models import (
    Demand,
    DemandStatus,
    DemandText,
    Milestone,
    PaperBatch,
    Statement,
    StatementEvent,
    StatementVersion,
    VersionText,
)
from petitions.models.statement import StatementQuerySet


@dataclass(frozen=True)
class AskedFor:
    """A demand with its wording for the reader, and what became of it, the latest first."""

    demand: Demand
    wording: DemandText | None
    history: list[DemandStatus] = field(default_factory=list)
    # Itself and what it continues from older versions, the newest first, by their keys.
    line: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Reading:
    """A version of a statement, the newest that is out as a rule, for one reader. A signature binds `signed_text`."""

    version: StatementVersion
    text: VersionText
    signed_text: VersionText
    demands: list[AskedFor]

    @property
    def is_translation(self) -> bool:
        return self.text.pk != self.signed_text.pk


def read_statement(statement: Statement, language: str) -> Reading | None:
    """What `statement` says to a reader of `language`, in five queries; None while nothing is frozen."""
    version = statement.versions.out().order_by("-number").prefetch_related("texts").first()
    return read_version(statement, version, language) if version is not None else None


def read_version(statement: Statement, version: StatementVersion, language: str) -> Reading | None:
    """The same of any version of it, a draft too; None while it has no text in the original language."""
    version.statement = statement
    text, signed_text = version.text_in(language), version.text_to_sign(language)
    if text is None or signed_text is None:
        return None
    text.version = signed_text.version = version
    return Reading(version=version, text=text, signed_text=signed_text, demands=demands_of(version, text.language))


def demands_of(version: StatementVersion, language: str) -> list[AskedFor]:
    """The demands of `version` in their order, worded in `language`, with what became of each, in three queries."""
    known = list(Demand.objects.filter(version__statement=version.statement_id).order_by("position", "number"))
    rows = [row for row in known if row.version_id == version.pk]
    for row in rows:
        row.version = version
    prefetch_related_objects(rows, Prefetch("texts", queryset=DemandText.objects.filter(language=language)))
    continues = {row.pk: row.continues_id for row in known}
    lines = {row.pk: line_of(row.pk, continues) for row in rows}
    histories = histories_of(lines)
    return [
        AskedFor(demand=row, wording=next(iter(row.texts.all()), None), history=histories[row.pk], line=lines[row.pk])
        for row in rows
    ]


def histories_of(lines: Mapping[int, list[int]]) -> dict[int, list[DemandStatus]]:
    """What became of each demand, and of those it continues (`line_of`), the latest first; in one query."""
    recorded: dict[int, list[DemandStatus]] = {}
    statuses = DemandStatus.objects.filter(demand__in={pk for line in lines.values() for pk in line})
    for status in statuses.select_related("source").order_by("-as_of", "-at", "-pk"):
        recorded.setdefault(status.demand_id, []).append(status)
    return {demand: [status for pk in line for status in recorded.get(pk, [])] for demand, line in lines.items()}


def line_of(demand: int, continues: Mapping[int, int | None]) -> list[int]:
    """`demand` and those it continues, the newest first, by key; `continues` leads from each to the older one."""
    line: list[int] = []
    at: int | None = demand
    while at is not None:
        line.append(at)
        at = continues.get(at)
    return line


def with_figures_beside(rows: StatementQuerySet) -> StatementQuerySet:
    """Statements with the last milestone that was reached (`milestone`, `milestone_at`), and `on_paper`, the signatures
    on paper that stand, all batches together; None where there is none. In the query of the statement itself."""
    last = Milestone.objects.filter(statement=OuterRef("pk")).order_by("-number")
    paper = PaperBatch.objects.checked().filter(statement=OuterRef("pk")).order_by().values("statement")
    return rows.annotate(
        milestone=Subquery(last.values("number")[:1]),
        milestone_at=Subquery(last.values("reached_at")[:1]),
        on_paper=Subquery(paper.annotate(number=Sum("accepted")).values("number")),
    )


def titles_of(statements: Iterable[Statement | int], language: str) -> dict[int, str]:
    """The title of the newest version that is out, by the key of its statement, for a reader of `language`.

    `statements` are rows or keys. One query.
    """
    titles: dict[int, tuple[int, bool, str]] = {}
    rows = VersionText.objects.filter(version__in=StatementVersion.objects.out().filter(statement__in=statements))
    for row in rows.select_related("version__statement"):
        statement = row.version.statement
        if row.language not in {language, statement.original_language}:
            continue
        rank = (row.version.number, row.language == language, row.title)
        titles[statement.pk] = max(titles.get(statement.pk, rank), rank)
    return {pk: title for pk, (_number, _exact, title) in titles.items()}


def is_published(about: Statement | Case) -> bool:
    """Whether everybody may see it now, as the database says."""
    if isinstance(about, Case):
        return Case.objects.published().filter(pk=about.pk).exists()
    return Statement.objects.published().filter(pk=about.pk).exists()


def is_signable(statement: Statement) -> bool:
    """Whether it takes signatures now, as the database says: open, or its embargo has just ended."""
    return Statement.objects.signable().filter(pk=statement.pk).exists()


def closed_on(statement: Statement) -> date | None:
    """The day that `statement`, closed by the clock or a person, took its last signatures; None for one that is not."""
    if statement.state_now != Statement.State.CLOSED:
        return None
    if statement.state != Statement.State.CLOSED:
        return statement.deadline_on
    event = statement.events.filter(kind=StatementEvent.Kind.CLOSED).order_by("pk").last()
    if event is None:
        return None
    return event.at.date() if event.by_id is not None else date.fromisoformat(event.note)


def working_title_of(statement: Statement, language: str) -> str:
    """The title of the newest version, a draft too, in `language` where it has one: how the desk names a statement."""
    version = max(statement.versions.all(), key=lambda version: version.number, default=None)
    text = version.text_in(language) if version else None
    return text.title if text else statement.slug


def title_of(about: Statement | Case, language: str) -> str:
    """What a reader of `language` knows `about` by: a statement's title, or the name of a case's person."""
    if isinstance(about, Case):
        return about.person.name_in(language)
    return titles_of([about], language).get(about.pk, about.slug)


def title_met(about: Statement | Case, text: VersionText | None, language: str) -> str:
    """The title by which somebody met `about`: that of the text they chose, else what is public now, else "".

    The newest version may be one that nobody may read yet.
    """
    if text is not None:
        return text.title
    return title_of(about, language) if is_published(about) else ""
