"""When the 60 days are over and nothing came: said once to those who wrote the letter."""

from datetime import datetime

from django.db import transaction

from mandates.actions.notices import tell_of_overdue
from mandates.journey import clock_of
from mandates.models import Letter, OverdueNotice


def tell_overdue(*, now: datetime) -> int:
    """Notice every letter whose State is late at `now`, once for each due day; how many were noticed now."""
    letters = Letter.objects.filter(state=Letter.State.APPROVED).with_journey().order_by("pk")
    return sum(_tell_once(letter, now=now) for letter in letters)


@transaction.atomic
def _tell_once(letter: Letter, *, now: datetime) -> bool:
    """The notice's row and its e-mails are one transaction; the row's constraint lets a second sweep write none."""
    clock = clock_of(letter, today=now.date())
    if clock is None or clock.state != "overdue":
        return False
    _notice, is_new = OverdueNotice.objects.get_or_create(letter=letter, due_on=clock.due_on, defaults={"told_at": now})
    if is_new:
        tell_of_overdue(letter=letter, due_on=clock.due_on, now=now)
    return is_new
