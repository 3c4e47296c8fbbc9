from datetime import datetime

from django.db import transaction

from accounts.models import User
from mandates.actions.history import lock_letter, record_step
from mandates.checking import missing_gates
from mandates.errors import LetterChangedError, LetterIncompleteError, SecondPersonError
from mandates.journey import writers_of
from mandates.models import Delivery, Letter, LetterStep
from mandates.parcel import Parcel, approval_hash, pack
from mandates.submission import fingerprint, render_submissions
from outbox.actions import queue_bytes
from outbox.bell import ring_on_commit
from outbox.models import Message

DRAIN_LETTERS = "mandates.drain_letters"


@transaction.atomic
def approve_letter(*, letter: Letter, by: User, now: datetime, seen: str | None = None) -> Letter:
    """A second person lets a letter go: the exact bytes for each addressee are fixed and wait in the outbox.

    Checks everything again. `seen` is the `submission.fingerprint` of what the person read; when given, it must still
    be what would leave. Raises LetterStateError, SecondPersonError, LetterIncompleteError (with the findings),
    LetterChangedError or KeyUnusableError, and then nothing has happened.
    """
    letter = lock_letter(letter, Letter.State.IN_REVIEW)
    if by.pk in writers_of(letter):
        raise SecondPersonError
    missing = missing_gates(letter=letter, now=now)
    if missing:
        raise LetterIncompleteError(missing)
    submissions = render_submissions(letter=letter, now=now)
    if seen is not None and seen != fingerprint(submissions):
        raise LetterChangedError
    parcels = pack(letter=letter, submissions=submissions, now=now)
    for parcel in parcels:
        _post(parcel, letter=letter, now=now)
    letter.state, letter.approved_by, letter.approved_at = Letter.State.APPROVED, by, now
    letter.approved_sha256 = approval_hash(letter, parcels)
    # The database compares writers, addressees and bytes once more.
    letter.save(update_fields=["state", "approved_by", "approved_at", "approved_sha256"])
    record_step(letter, LetterStep.What.APPROVED, by=by, at=now)
    ring_on_commit(DRAIN_LETTERS)
    return letter


def _post(parcel: Parcel, *, letter: Letter, now: datetime) -> Delivery:
    message = queue_bytes(
        kind="letter",
        to=parcel.to,
        raw=parcel.raw,
        message_id=parcel.message_id,
        policy=Message.Policy.ONCE,
        lane=Message.Lane.LETTERS,
        priority=2 if letter.kind == Letter.Kind.URGENT_APPEAL else 5,
        now=now,
    )
    return Delivery.objects.create(
        letter=letter,
        mandate=parcel.submission.mandate,
        contact_point=parcel.contact_point,
        message=message,
        mode=parcel.mode,
        approved_sha256=parcel.sha256,
        words_sha256=parcel.words_sha256,
        recipient_digest=parcel.recipient_digest,
        openpgp_fingerprint=parcel.key_fingerprint,
        plain=parcel.plain,
        created_at=now,
    )
