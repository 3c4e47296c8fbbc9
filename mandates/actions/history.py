from datetime import datetime

from accounts.models import User
from mandates.errors import LetterStateError
from mandates.models import Letter, LetterStep


def lock_letter(letter: Letter, *states: str) -> Letter:
    """The letter's row, locked until the transaction ends; LetterStateError unless its state is one of `states`."""
    rows = Letter.objects.select_for_update(of=("self",)).select_related("case__person", "statement_version__statement")
    locked = rows.get(pk=letter.pk)
    if locked.state not in states:
        raise LetterStateError
    return locked


def touch_letter(letter: Letter, fields: list[str], what: str, *, by: User, now: datetime) -> Letter:
    """Save `fields` and who changed them, with a step. Any change takes a letter out of review: what a second person
    approves is what that person read."""
    letter.state, letter.submitted_at = Letter.State.DRAFT, None
    letter.edited_by, letter.updated_at = by, now
    letter.save(update_fields=[*fields, "state", "submitted_at", "edited_by", "updated_at"])
    record_step(letter, what, by=by, at=now)
    return letter


def record_step(letter: Letter, what: str, *, by: User, at: datetime, note: str = "") -> LetterStep:
    """One line of the letter's history."""
    return LetterStep.objects.create(letter=letter, what=what, by=by, at=at, note=note)
