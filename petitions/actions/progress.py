"""What is recorded while a statement stands: mirrors, what became of its demands, milestones of its count."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from cases.models import Source
from petitions.actions.guards import Kind, lock_statement, record, require_editor
from petitions.counts.milestones import reached
from petitions.errors import DeskRuleError, WrongStepError
from petitions.models import Demand, DemandStatus, Milestone, Mirror, Statement


@transaction.atomic
def add_mirror(*, statement: Statement, url: str, label: str, by: User, now: datetime) -> Mirror:
    """Name another page that carries the text; a checked https address (`forms`). Naming it twice changes nothing."""
    require_editor(by)
    statement = lock_statement(statement)
    fields = {"label": label, "added_by": by, "added_at": now}
    mirror, is_new = Mirror.objects.get_or_create(statement=statement, url=url, defaults=fields)
    if is_new:
        record(statement, Kind.MIRROR_ADDED, by=by, now=now, note=url)
    return mirror


@transaction.atomic
def remove_mirror(*, mirror: Mirror, by: User, now: datetime) -> None:
    require_editor(by)
    record(lock_statement(mirror.statement), Kind.MIRROR_REMOVED, by=by, now=now, note=mirror.url)
    mirror.delete()


@transaction.atomic
def record_demand_status(
    *,
    demand: Demand,
    status: str,
    as_of: date,
    source: Source | None,
    note: str,
    by: User,
    now: datetime,
    note_fa: str = "",
) -> DemandStatus:
    """What became of a demand of a frozen version (a `Demand.Status`) as of a day; the latest day's is its status now.

    Raises `WrongStepError` for a demand that was never published, `DeskRuleError` for a day to come.
    """
    require_editor(by)
    demand = Demand.objects.select_for_update(of=("self",)).select_related("version").get(pk=demand.pk)
    if demand.version.frozen_at is None:
        raise WrongStepError
    if as_of > now.date():
        raise DeskRuleError
    fields = {"status": status, "as_of": as_of, "source": source, "note": note, "note_fa": note_fa}
    row = DemandStatus.objects.create(demand=demand, by=by, at=now, **fields)
    latest = demand.statuses.order_by("-as_of", "-at", "-pk").first()
    if latest is not None and latest.status != demand.status:
        demand.status = latest.status
        demand.save(update_fields=["status"])
    return row


@transaction.atomic
def note_milestones(*, now: datetime) -> int:
    """Note for every statement that takes signatures which milestones its count has reached first; how many are new."""
    noted = 0
    for statement in Statement.objects.signable().filter(tally__counted__gt=0).select_related("tally"):
        known = set(statement.milestones.values_list("number", flat=True))
        new = [number for number in reached(statement.tally.counted, goal=statement.goal) if number not in known]
        rows = [
            Milestone(statement=statement, number=number, is_goal=number == statement.goal, reached_at=now)
            for number in new
        ]
        noted += len(Milestone.objects.bulk_create(rows, ignore_conflicts=True))
    return noted
