"""Numbers of signatures that are worth telling people about."""

from datetime import datetime, timedelta

from petitions.models import Milestone, Statement

# What people say aloud: 100, 250, 500, 1000, ...
_STEPS = (100, 250, 500)
A_DAY = timedelta(days=1)


def steps(up_to: int) -> list[int]:
    """The milestones from 100 to `up_to`: 100, 250, 500 and these times ten, a hundred and so on."""
    found, factor = [], 1
    while _STEPS[0] * factor <= up_to:
        found += [step * factor for step in _STEPS if step * factor <= up_to]
        factor *= 10
    return found


def reached(counted: int, *, goal: int | None) -> list[int]:
    """The milestones at or below `counted`, the goal among them, in their order."""
    numbers = set(steps(counted))
    if goal is not None and 0 < goal <= counted:
        numbers.add(goal)
    return sorted(numbers)


def next_milestone(counted: int, *, goal: int | None) -> int:
    """The first milestone above `counted`."""
    above = [number for number in steps(max(counted, 10) * 10 * 10) if number > counted]
    if goal is not None and goal > counted:
        above.append(goal)
    return min(above)


def milestones_to_tell(*, now: datetime) -> list[Milestone]:
    """For each published statement the highest milestone nobody was told of; none within a day of the last telling.

    Releasing news of it sets `told_at` on it, and on the lower ones that were passed together with it (`told_with`).
    """
    recent = Milestone.objects.filter(told_at__gt=now - A_DAY).values("statement")
    rows = (
        Milestone.objects.filter(told_at__isnull=True, statement__in=Statement.objects.published())
        .exclude(statement__in=recent)
        .select_related("statement")
        .order_by("statement", "-number")
    )
    return list(rows.distinct("statement"))


def told_with(milestone: Milestone) -> list[Milestone]:
    """`milestone` and the lower ones of its statement that nobody was told of."""
    rows = Milestone.objects.filter(statement=milestone.statement, told_at__isnull=True, number__lte=milestone.number)
    return list(rows)
