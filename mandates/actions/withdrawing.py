from datetime import datetime

from django.db import transaction

from accounts.models import User
from mandates.actions.history import lock_letter, record_step
from mandates.errors import TooLateError
from mandates.journey import may_have_left
from mandates.models import Delivery, Letter, LetterStep
from mandates.sending import WITHDRAWN
from outbox.actions import recall_messages


@transaction.atomic
def withdraw_approval(*, letter: Letter, note: str, by: User, now: datetime) -> Letter:
    """Any letter author calls an approved letter back, with a reason; it leaves as approved or not at all.

    What has not been handed over is cancelled. When nothing can have left, the letter becomes a draft again, to be read
    and approved anew. When a copy has left, or nobody knows, the letter stays as it was approved, and only the other
    copies stay here. LetterStateError unless it is approved, TooLateError when nothing could be stopped.
    """
    letter = lock_letter(letter, Letter.State.APPROVED)
    deliveries = Delivery.objects.filter(letter=letter)
    recalled = recall_messages(keys=deliveries.values_list("message_id", flat=True), reason=WITHDRAWN)
    gone = [delivery for delivery in deliveries.select_related("message") if may_have_left(delivery)]
    if gone and not recalled:
        raise TooLateError
    if not gone:
        letter.state, letter.submitted_at = Letter.State.DRAFT, None
        letter.approved_by, letter.approved_at, letter.approved_sha256 = None, None, ""
        letter.save(update_fields=["state", "submitted_at", "approved_by", "approved_at", "approved_sha256"])
        deliveries.update(voided_at=now)
    record_step(letter, LetterStep.What.WITHDRAWN, by=by, at=now, note=_line(note, stopped=recalled, gone=len(gone)))
    return letter


def _line(note: str, *, stopped: int, gone: int) -> str:
    return f"{note} ({stopped}/{stopped + gone})" if gone else note
