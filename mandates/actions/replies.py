from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from mandates.actions.history import lock_letter
from mandates.models import Letter, Mandate, Reply


@transaction.atomic
def record_reply(
    *,
    letter: Letter,
    kind: str,
    received_on: date,
    by: User,
    now: datetime,
    mandate: Mandate | None = None,
    reference: str = "",
    communication_on: date | None = None,
    text: str = "",
    public_summary: str = "",
) -> Reply:
    """An answer came to an approved letter. Entries are never changed: a correction is another entry.

    `reference` is the UN's own (`AL IRN 14/2021`) or empty, which the database checks; `communication_on` is the day of
    the mandate's letter to the Government, from which the 60 days count. LetterStateError unless it was approved.
    """
    letter = lock_letter(letter, Letter.State.APPROVED)
    return Reply.objects.create(
        letter=letter,
        mandate=mandate,
        kind=kind,
        received_on=received_on,
        reference=reference,
        communication_on=communication_on,
        text=text,
        public_summary=public_summary,
        recorded_by=by,
        recorded_at=now,
    )
