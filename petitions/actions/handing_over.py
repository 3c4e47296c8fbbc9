"""What is said of a handover, by whom it is confirmed, and what the recipient answers."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from petitions.actions.closing import end_with_handover
from petitions.actions.dossiers import write_event
from petitions.actions.steps import lock_now
from petitions.errors import DossierStateError, HandoverChangedError, SecondPersonError
from petitions.models import Handover, HandoverAcknowledgement, HandoverEvent

What = HandoverEvent.What


@dataclass(frozen=True)
class Told:
    """A handover in words; `recipient` name and office as printed, `channel` a value of `Handover.Channel`."""

    handed_over_on: date
    channel: str
    recipient: str
    place: str = ""
    copies_to: str = ""
    delivered_by: str = ""
    proof_note: str = ""
    proof_sha256: str = ""


@transaction.atomic
def record_handover(*, handover: Handover, told: Told, by: User, now: datetime) -> Handover:
    """Writes down how an approved dossier was handed over; until a second person confirms, it can be mended.

    The fingerprint of a proof stays unless another one is told. Raises `DossierStateError` when the dossier was not
    approved, or the handover is confirmed already.
    """
    row = Handover.objects.select_for_update().get(pk=handover.pk)
    if row.approved_at is None or row.confirmed_at is not None:
        raise DossierStateError
    proof = row.proof_sha256
    for name, value in asdict(told).items():
        setattr(row, name, value)
    row.proof_sha256 = told.proof_sha256 or proof
    row.recorded_by, row.recorded_at = by, now
    row.save(update_fields=[*asdict(told), "recorded_by", "recorded_at"])
    write_event(row, What.RECORDED, by=by, now=now, note=f"{told.handed_over_on.isoformat()} {told.recipient}")
    return row


@transaction.atomic
def confirm_handover(*, handover: Handover, seen: str, ends_signing: bool, by: User, now: datetime) -> Handover:
    """Makes the handover public; with `ends_signing` the statement is then handed over and takes no more signatures.

    `seen` is the `said_fingerprint` of what was confirmed. Raises `HandoverChangedError` when that was mended since,
    `SecondPersonError` for whoever wrote it down or mended it, `DossierStateError` when nothing was written down.
    Confirming twice changes nothing.
    """
    # The statement before the handover: a signature that moves takes them in this order too, and none waits for ever.
    statement = lock_now(handover.statement, now=now) if ends_signing else None
    row = Handover.objects.select_for_update().get(pk=handover.pk)
    if row.recorded_at is None:
        raise DossierStateError
    if row.confirmed_at is not None:
        return row
    if row.was_recorded_by(by):
        raise SecondPersonError
    if row.said_fingerprint() != seen:
        raise HandoverChangedError
    row.confirmed_by, row.confirmed_at = by, now
    row.save(update_fields=["confirmed_by", "confirmed_at"])
    if statement is not None:
        end_with_handover(statement, by=by, now=now)
    write_event(row, What.CONFIRMED, by=by, now=now)
    return row


@transaction.atomic
def record_acknowledgement(
    *, handover: Handover, received_on: date, said_by: str, quote: str, source: str, by: User, now: datetime
) -> HandoverAcknowledgement:
    """What the recipient said on having it; public once a second person has confirmed it."""
    if handover.recorded_at is None:
        raise DossierStateError
    row = HandoverAcknowledgement.objects.create(
        handover=handover,
        received_on=received_on,
        said_by=said_by,
        quote=quote,
        source=source,
        recorded_by=by,
        recorded_at=now,
    )
    write_event(handover, What.ACKNOWLEDGED, by=by, now=now, note=said_by)
    return row


@transaction.atomic
def confirm_acknowledgement(*, acknowledgement: HandoverAcknowledgement, by: User, now: datetime) -> None:
    """Makes an acknowledgement public. Raises `SecondPersonError` for who wrote it down."""
    row = HandoverAcknowledgement.objects.select_for_update().get(pk=acknowledgement.pk)
    if row.confirmed_at is not None:
        return
    if row.recorded_by_id == by.pk:
        raise SecondPersonError
    row.confirmed_by, row.confirmed_at = by, now
    row.save(update_fields=["confirmed_by", "confirmed_at"])
    write_event(row.handover, What.ACKNOWLEDGEMENT_CONFIRMED, by=by, now=now, note=row.said_by)
