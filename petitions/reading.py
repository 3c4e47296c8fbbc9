"""A statement as a reader of one language meets it: which text, which demands, how far the count has come."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Prefetch

from cases.models import Case
from petitions.models import Demand, DemandStatus, DemandText, Statement, StatementVersion, VersionText


@dataclass(frozen=True)
class AskedFor:
    """A demand with its wording for the reader, and what became of it, the latest first."""

    demand: Demand
    wording: DemandText | None
    history: list[DemandStatus] = field(default_factory=list)


@dataclass(frozen=True)
class Reading:
    """A version of a statement, the newest frozen one as a rule, for one reader. A signature binds `signed_text`."""

    version: StatementVersion
    text: VersionText
    signed_text: VersionText
    demands: list[AskedFor]

    @property
    def is_translation(self) -> bool:
        return self.text.pk != self.signed_text.pk


def read_statement(statement: Statement, language: str) -> Reading | None:
    """What `statement` says to a reader of `language`, in three queries; None while nothing is frozen."""
    version = statement.versions.filter(frozen_at__isnull=False).order_by("-number").prefetch_related("texts").first()
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
    """The demands of `version` in their order, worded in `language`."""
    wordings = DemandText.objects.filter(language=language)
    rows = list(version.demands.order_by("position", "number").prefetch_related(Prefetch("texts", queryset=wordings)))
    histories = _histories(version, rows)
    return [AskedFor(demand=row, wording=next(iter(row.texts.all()), None), history=histories[row.pk]) for row in rows]


def _histories(version: StatementVersion, demands: list[Demand]) -> dict[int, list[DemandStatus]]:
    """What became of each of `demands`, and of those it continues from older versions; the latest first."""
    continues = dict(Demand.objects.filter(version__statement=version.statement_id).values_list("pk", "continues"))
    recorded: dict[int, list[DemandStatus]] = {}
    statuses = DemandStatus.objects.filter(demand__in=continues).select_related("source")
    for status in statuses.order_by("-as_of", "-at", "-pk"):
        recorded.setdefault(status.demand_id, []).append(status)
    histories: dict[int, list[DemandStatus]] = {}
    for demand in demands:
        found, earlier = list(recorded.get(demand.pk, [])), demand.continues_id
        while earlier is not None:
            found += recorded.get(earlier, [])
            earlier = continues.get(earlier)
        histories[demand.pk] = found
    return histories


def titles_of(statements: Iterable[Statement], language: str) -> dict[int, str]:
    """The title of each statement's newest frozen version for a reader of `language`, in one query."""
    titles: dict[int, tuple[int, bool, str]] = {}
    rows = VersionText.objects.filter(version__statement__in=statements, version__frozen_at__isnull=False)
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
