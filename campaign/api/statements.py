"""Statements for programs: filled from the same rows, by the same rules, as the pages for everybody."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery, Sum
from django.urls import reverse

from campaign.api import shapes
from campaign.api.asking import number_in
from cases.models import Case
from mandates.demands import entries_of_lines
from petitions.models import (
    Demand,
    DemandStatus,
    Handover,
    ModerationDecision,
    PaperBatch,
    Signature,
    Statement,
    StatementEvent,
    StatementVersion,
    Tally,
    VersionText,
)
from petitions.texts.reading import histories_of, line_of

PAGE_SIZE = 50
Event = StatementEvent.Kind


def absolute(name: str, *arguments: Any) -> str:
    """The address of a page or file, for who is not on this site."""
    return f"{settings.SITE_URL}{reverse(name, args=arguments)}"


def find_statements(asked: dict[str, str]) -> shapes.StatementPage:
    """A page of the statements that everybody may read now. Raises `BadParameterError` for a place that is none.

    A page begins below a number that never changes, so that what is added meanwhile moves nothing.
    """
    rows = _asked_for(_published(), asked).order_by("-pk")
    if (below := number_in(asked["cursor"])) is not None:
        rows = rows.filter(pk__lt=below)
    found = list(rows[: PAGE_SIZE + 1])
    page = found[:PAGE_SIZE]
    filters = {name: value for name, value in asked.items() if value and name != "cursor"}
    query = {**filters, "cursor": str(page[-1].pk)} if len(found) > PAGE_SIZE else None
    current = {texts[0].version_id: texts for texts in _texts_of([row.current_id for row in page])}
    lines = [shapes.StatementLine(**_line(row, current[row.current_id])) for row in page if row.current_id in current]
    return shapes.StatementPage(statements=lines, next=next_page(absolute("api_statements"), query))


def next_page(address: str, query: dict[str, str] | None) -> str | None:
    """The address of the next page; None when there is none. Values are letters, digits, `-`, `_` and `=`."""
    if query is None:
        return None
    return f"{address}?{'&'.join(f'{name}={value}' for name, value in query.items())}"


def read_detail(slug: str) -> shapes.StatementDetail | None:
    """All about one statement; None when there is none that everybody may read."""
    paper = PaperBatch.objects.checked().filter(statement=OuterRef("pk")).order_by().values("statement")
    rows = _published().annotate(on_paper=Subquery(paper.annotate(number=Sum("accepted")).values("number")))
    statement = rows.filter(slug=slug).first()
    if statement is None:
        return None
    versions = _texts_of(statement.versions.readable())
    if not versions:
        return None
    return shapes.StatementDetail(
        **_line(statement, versions[0]),
        versions=[_version(statement, texts) for texts in versions],
        demands=_demands(statement, versions[0][0].version),
        figures=_figures(getattr(statement, "tally", None), on_paper=statement.on_paper or 0),
        mirrors=[shapes.MirrorOf(url=row.url, label=row.label) for row in statement.mirrors.order_by("pk")],
        handovers=_handovers(statement),
        links=_links(statement.slug),
    )


def _published() -> QuerySet[Any, Any]:
    """Statements of which one version at least is out, with the days on which they moved."""
    events = StatementEvent.objects.filter(statement=OuterRef("pk")).values("at")
    closed = StatementEvent.objects.filter(statement=OuterRef("pk"), kind=Event.CLOSED).order_by("-at", "-pk")
    handovers = Handover.objects.filter(statement=OuterRef("pk"), confirmed_at__isnull=False)
    newest = StatementVersion.objects.out().filter(statement=OuterRef("pk")).order_by("-number")
    rows = Statement.objects.published().annotate(
        current_id=Subquery(newest.values("pk")[:1]),
        first_opened_at=Subquery(events.filter(kind=Event.OPENED).order_by("at")[:1]),
        last_closed_at=Subquery(closed.values("at")[:1]),
        last_closed_by=Subquery(closed.values("by")[:1]),
        last_closed_note=Subquery(closed.values("note")[:1]),
        last_reopened_at=Subquery(events.filter(kind=Event.REOPENED).order_by("-at")[:1]),
        last_handed_over_on=Subquery(handovers.order_by("-handed_over_on").values("handed_over_on")[:1]),
    )
    public_cases = Prefetch("cases", queryset=Case.objects.published().order_by("pk"), to_attr="public_cases")
    return rows.filter(current_id__isnull=False).select_related("tally").prefetch_related(public_cases)


def _asked_for(rows: QuerySet[Any, Any], asked: dict[str, str]) -> QuerySet[Any, Any]:
    if asked["state"] == Statement.State.OPEN:
        rows = rows.filter(pk__in=Statement.objects.signable().values("pk"))
    elif asked["state"] == Statement.State.CLOSED:
        # Those too whose last day is over, and which no task has closed yet.
        signable = Statement.objects.signable().values("pk")
        rows = rows.exclude(state=Statement.State.HANDED_OVER).exclude(pk__in=signable)
    elif asked["state"]:
        rows = rows.filter(state=asked["state"])
    if asked["kind"]:
        rows = rows.filter(kind=asked["kind"])
    if asked["language"]:
        rows = rows.filter(
            Exists(VersionText.objects.filter(version=OuterRef("current_id"), language=asked["language"]))
        )
    if asked["case"]:
        rows = rows.filter(cases__in=Case.objects.published().filter(slug=asked["case"]))
    return rows


def _texts_of(versions: Any) -> list[list[VersionText]]:
    """The texts of frozen `versions` in one query, a list by language for each, the newest version first."""
    rows = VersionText.objects.filter(version__in=versions).select_related("version")
    by_version = groupby(rows.order_by("-version__number", "version", "language"), key=lambda text: text.version_id)
    return [list(texts) for _version_id, texts in by_version]


def _line(statement: Any, texts: list[VersionText]) -> dict[str, Any]:
    """What the list says of a statement, one of `_published()`; `texts` are those of its newest version."""
    tally: Tally | None = getattr(statement, "tally", None)
    current = _version(statement, texts)
    return {
        "number": statement.pk,
        "slug": statement.slug,
        "url": f"{settings.SITE_URL}{statement.get_absolute_url()}",
        "details_url": absolute("api_statement", statement.slug),
        "kind": statement.kind,
        # As the clock has made it, whether or not a task has noted it.
        "state": statement.state_now.value,
        "original_language": statement.original_language,
        "languages": [text.language for text in current.texts],
        "cases": [f"{settings.SITE_URL}{case.get_absolute_url()}" for case in statement.public_cases],
        "counted": tally.counted if tally else 0,
        "goal": statement.goal,
        "invented": bool(tally and tally.demonstration),
        **_days(statement),
        "current_version": current,
    }


def _days(statement: Any) -> dict[str, date | None]:
    opened = statement.first_opened_at or statement.embargoed_until or statement.published_at
    return {
        "opened_on": _day(opened),
        "closed_on": _closed_on(statement),
        "handed_over_on": statement.last_handed_over_on,
    }


def _closed_on(statement: Any) -> date | None:
    """The day of the last signatures: that of the press, or the last day when the clock closed it."""
    closed, reopened = statement.last_closed_at, statement.last_reopened_at
    if statement.is_open:
        return None
    last_day: date | None = statement.deadline_on
    if statement.state not in {Statement.State.CLOSED, Statement.State.HANDED_OVER}:
        return last_day
    if closed is None or (reopened is not None and reopened > closed):
        return None
    return _day(closed) if statement.last_closed_by is not None else date.fromisoformat(statement.last_closed_note)


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(UTC).date() if moment else None


def _version(statement: Statement, texts: list[VersionText]) -> shapes.Version:
    version = texts[0].version
    assert version.frozen_at is not None  # noqa: S101  the callers ask for frozen ones
    return shapes.Version(
        number=version.number,
        frozen_on=version.frozen_at.astimezone(UTC).date(),
        url=absolute("petitions:statement_version", statement.slug, version.number),
        texts=[
            shapes.Text(
                language=text.language,
                title=text.title,
                is_unofficial=text.is_unofficial,
                sha256=text.sha256,
                canonical_url=absolute("petitions:statement_canonical", statement.slug, version.number, text.language),
            )
            for text in texts
        ],
    )


def _demands(statement: Statement, version: StatementVersion) -> list[shapes.AskedOf]:
    version.statement = statement
    demands = list(version.demands.order_by("position", "number").prefetch_related("texts"))
    for demand in demands:
        demand.version = version
    continues = dict(Demand.objects.filter(version__statement=statement).values_list("pk", "continues"))
    lines = {demand.pk: line_of(demand.pk, continues) for demand in demands}
    entries, histories = entries_of_lines(lines), histories_of(lines)
    return [
        shapes.AskedOf(
            number=demand.number,
            deadline_on=demand.deadline_on,
            status=demand.status,
            history=[_became(status) for status in histories[demand.pk]],
            wordings=_wordings(demand),
            addressees=[
                shapes.Addressee(
                    url=absolute("mandates:mandate_detail", entry.slug), name=entry.title, name_fa=entry.title_fa
                )
                for entry in entries[demand.pk]
            ],
        )
        for demand in demands
    ]


def _wordings(demand: Demand) -> list[shapes.DemandWords]:
    return [
        shapes.DemandWords(language=words.language, heading=words.heading, text=words.text, addressees=words.addressees)
        for words in sorted(demand.texts.all(), key=lambda words: words.language)
    ]


def _became(status: DemandStatus) -> shapes.Became:
    source = status.source
    can_be_told = source is not None and not source.is_withheld
    return shapes.Became(
        status=status.status,
        as_of=status.as_of,
        note=status.note,
        note_fa=status.note_fa,
        source_url=(source.url or None) if source is not None and can_be_told else None,
    )


def _handovers(statement: Statement) -> list[shapes.HandedOver]:
    rows = Handover.objects.public().filter(statement=statement).select_related("version").prefetch_related("files")
    found = []
    for row in rows.order_by("-handed_over_on", "-pk"):
        assert row.handed_over_on is not None  # noqa: S101  a constraint holds it of what was confirmed
        found.append(
            shapes.HandedOver(
                url=absolute("petitions:handover_public", statement.slug, row.public_id),
                handed_over_on=row.handed_over_on,
                recipient=row.recipient,
                version=row.version.number,
                counted=row.figures.get("counted", 0),
                sha256={file.name: file.sha256 for file in sorted(row.files.all(), key=lambda file: file.name)},
            )
        )
    return found


def _figures(tally: Tally | None, *, on_paper: int) -> shapes.Figures:
    """What the page of figures says, by the thresholds of `petitions.counts.disclosure`; all 0 before a count."""
    tally = tally or Tally()
    shown = tally.countries_shown
    reasons = ModerationDecision.Reason.values
    return shapes.Figures(
        counted=tally.counted,
        by_proof=_known(tally.by_proof, Signature.Proof.values),
        by_version={str(number): count for number, count in tally.versions},
        by_category=_known(tally.by_category, shapes.CATEGORIES),
        by_display=_known(tally.by_display, Signature.Display.values),
        countries=[shapes.Country(code=code, counted=number) for code, number in shown.get("named", [])],
        elsewhere=shown.get("elsewhere", 0) if shown.get("named") else 0,
        countries_as_of=tally.countries_on,
        invented=tally.demonstration,
        not_shown=tally.hidden,
        pending=tally.pending,
        withdrawn=tally.withdrawn,
        refused=tally.refused,
        refused_reasons=_known(tally.by_reason.get(Signature.State.REFUSED, {}), reasons),
        removed=tally.removed,
        removed_reasons=_known(tally.by_reason.get(Signature.State.REMOVED, {}), reasons),
        on_paper=on_paper,
        recounted_on=_day(tally.recounted_at),
    )


def _known(figures: dict[str, int], words: Iterable[str]) -> dict[str, int]:
    """What has a number, in the order of `words`, as the page shows it."""
    return {word: figures[word] for word in words if figures.get(word)}


def _links(slug: str) -> shapes.Links:
    return shapes.Links(
        signatories=absolute("api_signatories", slug),
        signatories_page=absolute("petitions:statement_signatories", slug),
        figures_page=absolute("petitions:statement_figures", slug),
        days_json=absolute("petitions:statement_days_json", slug),
        days_csv=absolute("petitions:statement_days_csv", slug),
        log=absolute("petitions:log"),
        feed=absolute("petitions:update_feed"),
    )
