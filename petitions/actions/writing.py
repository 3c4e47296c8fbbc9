"""Writing a statement: its draft version's texts and demands, and what stands around them. One action, one event."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from cases.models import Case
from petitions.actions.guards import Kind, lock_draft, record, require_editor
from petitions.actions.steps import lock_now
from petitions.errors import LastDayOverError, NumberTakenError, WrongStepError
from petitions.models import Demand, DemandText, Statement, StatementVersion, VersionText
from petitions.models.last_day import is_over


@dataclass(frozen=True)
class Wording:
    """A demand in one language, and its addressees as they are printed."""

    text: str
    heading: str = ""
    addressees: str = ""


@transaction.atomic
def create_statement(
    *, kind: str, slug: str, language: str, title: str, body: str, by: User, now: datetime
) -> Statement:
    """Begin a draft with version 1 and its text in `language`, the original one."""
    require_editor(by)
    statement = Statement.objects.create(kind=kind, slug=slug, original_language=language, written_by=by)
    version = StatementVersion.objects.create(statement=statement, number=1, created_at=now)
    VersionText.objects.create(version=version, language=language, title=title, body=body)
    record(statement, Kind.CREATED, by=by, now=now, version=version)
    record(statement, Kind.WRITTEN, by=by, now=now, version=version, note=language)
    return statement


@transaction.atomic
def change_details(
    *,
    statement: Statement,
    goal: int | None,
    deadline_on: date | None,
    cases: Collection[Case],
    by: User,
    now: datetime,
    takes_organisations: bool = False,
) -> Statement:
    """Set the goal, the last day, who may sign and the cases it is about; these are not part of what is signed.

    Raises `LastDayOverError` for a new last day that is over. One that closed the statement is kept as it is: a later
    day here opens nothing again (`reopen_statement`).
    """
    require_editor(by)
    statement = lock_now(statement, now=now)
    if deadline_on != statement.deadline_on and is_over(deadline_on, now=now):
        raise LastDayOverError
    statement.goal, statement.deadline_on = goal, deadline_on
    statement.takes_organisations = takes_organisations
    statement.save(update_fields=["goal", "deadline_on", "takes_organisations"])
    statement.cases.set(cases)
    record(statement, Kind.DETAILS, by=by, now=now)
    return statement


@transaction.atomic
def write_text(
    *, version: StatementVersion, language: str, title: str, body: str, is_unofficial: bool, by: User, now: datetime
) -> VersionText:
    """Write the text of a draft in `language`. The original cannot be an unofficial translation."""
    version = lock_draft(version, by)
    is_unofficial = is_unofficial and language != version.statement.original_language
    text, _created = VersionText.objects.update_or_create(
        version=version,
        language=language,
        defaults={"title": title, "body": body, "is_unofficial": is_unofficial},
    )
    record(version.statement, Kind.WRITTEN, by=by, now=now, version=version, note=language)
    return text


@transaction.atomic
def remove_text(*, version: StatementVersion, language: str, by: User, now: datetime) -> None:
    """Take a translation out of a draft; the original stays. Raises `WrongStepError` for the original."""
    version = lock_draft(version, by)
    if language == version.statement.original_language:
        raise WrongStepError
    DemandText.objects.filter(demand__version=version, language=language).delete()
    version.texts.filter(language=language).delete()
    record(version.statement, Kind.WRITTEN, by=by, now=now, version=version, note=f"- {language}")


@transaction.atomic
def write_demand(
    *,
    version: StatementVersion,
    demand: Demand | None,
    number: str,
    deadline_on: date | None,
    wordings: Mapping[str, Wording],
    by: User,
    now: datetime,
) -> Demand:
    """Add a demand to a draft, or change one (`demand`); `wordings` by language, an empty text takes one away."""
    version = lock_draft(version, by)
    others = version.demands.exclude(pk=demand.pk) if demand else version.demands.all()
    if others.filter(number=number).exists():
        raise NumberTakenError
    if demand is None:
        last = version.demands.aggregate(last=Max("position"))["last"] or 0
        demand = Demand(version=version, position=last + 1)
    elif not version.demands.filter(pk=demand.pk).exists():
        raise WrongStepError
    demand.number, demand.deadline_on = number, deadline_on
    demand.save()
    for language, wording in wordings.items():
        if not wording.text:
            demand.texts.filter(language=language).delete()
            continue
        fields = {"heading": wording.heading, "text": wording.text, "addressees": wording.addressees}
        DemandText.objects.update_or_create(demand=demand, language=language, defaults=fields)
    record(version.statement, Kind.WRITTEN, by=by, now=now, version=version, note=f"§{number}")
    return demand


@transaction.atomic
def remove_demand(*, demand: Demand, by: User, now: datetime) -> None:
    version = lock_draft(demand.version, by)
    demand.texts.all().delete()
    demand.delete()
    record(version.statement, Kind.WRITTEN, by=by, now=now, version=version, note=f"- §{demand.number}")


@transaction.atomic
def move_demand(*, demand: Demand, up: bool, by: User, now: datetime) -> None:
    """Change places with the demand before (`up`) or after; nothing at the end of the list."""
    version = lock_draft(demand.version, by)
    ordered = list(version.demands.order_by("position", "number"))
    place = next((index for index, row in enumerate(ordered) if row.pk == demand.pk), None)
    if place is None:
        raise WrongStepError
    other = place - 1 if up else place + 1
    if not 0 <= other < len(ordered):
        return
    ordered[place], ordered[other] = ordered[other], ordered[place]
    for position, row in enumerate(ordered, start=1):
        row.position = position
        row.save(update_fields=["position"])
    record(version.statement, Kind.WRITTEN, by=by, now=now, version=version, note=f"§{demand.number}")
