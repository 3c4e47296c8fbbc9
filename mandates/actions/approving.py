import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.models import User
from mandates.actions.history import lock_letter, record_step
from mandates.checking import missing_gates
from mandates.errors import LetterChangedError, LetterIncompleteError, SecondPersonError
from mandates.journey import writers_of
from mandates.models import ContactPoint, Delivery, Letter, LetterStep
from mandates.submission import Submission, fingerprint, render_submissions
from outbox.actions import queue_bytes
from outbox.bell import ring_on_commit
from outbox.mime import build_mime, new_message_id
from outbox.models import Message

DRAIN_LETTERS = "mandates.drain_letters"


@dataclass(frozen=True)
class _Parcel:
    submission: Submission
    contact_point: ContactPoint
    to: str
    message_id: str
    raw: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()


@transaction.atomic
def approve_letter(*, letter: Letter, by: User, now: datetime, seen: str | None = None) -> Letter:
    """A second person lets a letter go: the exact bytes for each addressee are fixed and wait in the outbox.

    Checks everything again. `seen` is the `submission.fingerprint` of what the person read; when given, it must still
    be what would leave. Raises LetterStateError, SecondPersonError, LetterIncompleteError (with the findings) or
    LetterChangedError, and then nothing has happened.
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
    parcels = [_pack(submission, letter=letter, now=now) for submission in submissions]
    letter.state, letter.approved_by, letter.approved_at = Letter.State.APPROVED, by, now
    letter.approved_sha256 = _hash_of(letter, parcels)
    letter.save(update_fields=["state", "approved_by", "approved_at", "approved_sha256"])
    for parcel in parcels:
        _post(parcel, letter=letter, now=now)
    record_step(letter, LetterStep.What.APPROVED, by=by, at=now)
    ring_on_commit(DRAIN_LETTERS)
    return letter


def _pack(submission: Submission, *, letter: Letter, now: datetime) -> _Parcel:
    contact_point = submission.contact_point
    if contact_point is None:  # the checker has just refused this; a race must not send to nobody
        raise LetterChangedError
    to = settings.MANDATES_REDIRECT_TO if settings.MANDATES_MODE == "redirect" else contact_point.value
    message_id = new_message_id()
    raw = build_mime(
        to=to,
        subject=submission.subject,
        text=submission.text,
        headers={"Content-Language": letter.language},
        message_id=message_id,
        now=now,
    )
    return _Parcel(submission, contact_point, to, message_id, raw)


def _post(parcel: _Parcel, *, letter: Letter, now: datetime) -> Delivery:
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
        mode=settings.MANDATES_MODE,
        approved_sha256=parcel.sha256,
        created_at=now,
    )


def _hash_of(letter: Letter, parcels: list[_Parcel]) -> str:
    """SHA-256 (hex) over which letter it is, whom it goes to, and the bytes each of them gets."""
    canonical = {
        "letter": letter.reference,
        "kind": letter.kind,
        "language": letter.language,
        "violations": sorted(letter.violations.values_list("slug", flat=True)),
        "deliveries": sorted([p.submission.mandate.slug, p.to, p.message_id, p.sha256] for p in parcels),
    }
    return hashlib.sha256(json.dumps(canonical, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
