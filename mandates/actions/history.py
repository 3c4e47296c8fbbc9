from datetime import datetime

from accounts.models import User
from mandates.errors import LetterStateError
from mandates.models import Letter, LetterStep


def lock_letter(letter: Letter, *states: str) -> Letter:
    """The letter's row, locked until the transaction ends; LetterStateError unless its state is one of `states`."""
    locked = Letter.objects.select_for_update(of=("self",)).select_related("case__person").get(pk=letter.pk)
    if locked.state not in states:
        raise LetterStateError
    return locked


def record_step(letter: Letter, what: str, *, by: User, at: datetime, note: str = "") -> LetterStep:
    """One line of the letter's history."""
    return LetterStep.objects.create(letter=letter, what=what, by=by, at=at, note=note)
