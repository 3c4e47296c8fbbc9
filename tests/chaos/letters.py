"""Letters for the harness: the real thing through the project's own actions, and many of the same shape at once."""

import hashlib
import secrets
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from mandates.models import ContactPoint, Delivery, Letter, LetterAddressee, Mandate
from outbox.mime import Attachment, build_mime, new_message_id
from outbox.models import Message
from tests.mandates.factories import ContactPointFactory, LetterFactory, MandateFactory

CHUNK = 1000
WORDS = "We ask for an urgent appeal.\n.\n..A line that begins with dots must arrive as it is.\n" * 20


def reachable_mandate() -> Mandate:
    """One with a checked demonstration address at a domain of its own: only one letter is on its way to a domain."""
    mandate = MandateFactory.create()
    ContactPointFactory.create(mandate=mandate, checked=True, value=f"desk@m{mandate.pk}.un.example")
    return mandate


def approve_one(*, mandates: int = 1, **fields: Any) -> Letter:
    """A letter on a case of its own that a second person has approved, to mandates that nobody else writes to."""
    return LetterFactory.approved(mandates=[reachable_mandate() for _ in range(mandates)], **fields)


def keys_of(letter: Letter) -> list[uuid.UUID]:
    """The messages of its deliveries."""
    return list(letter.deliveries.order_by("pk").values_list("message_id", flat=True))


def approve(count: int) -> list[uuid.UUID]:
    """`count` approved letters to one mandate each; the messages' keys."""
    return [key for _ in range(count) for key in keys_of(approve_one())]


def approve_facing(script: Callable[..., None], faults: Sequence[str], *, mandates: int) -> tuple[str, list[uuid.UUID]]:
    """A letter whose first addressee's mail server is told its faults before the letter can leave."""
    chosen = [reachable_mandate() for _ in range(mandates)]
    script(ContactPoint.objects.get(mandate=chosen[0]).value, *faults)
    letter = LetterFactory.approved(mandates=chosen)
    return letter.deliveries.get(mandate=chosen[0]).message.message_id, keys_of(letter)


def write_many(count: int, *, mandates: int = 100) -> list[uuid.UUID]:
    """`count` letters of the shape that approval makes: approved once, and the rows made again in bulk.

    Bytes, Message-ID and hash are each letter's own; what an approval checks was checked for the first one only.
    """
    model = approve_one(mandates=min(mandates, count))
    deliveries = list(model.deliveries.select_related("message", "contact_point", "mandate", "letter").order_by("pk"))
    keys = [delivery.message_id for delivery in deliveries]
    while len(keys) < count:
        keys += _write_chunk(model, deliveries, min(CHUNK, count - len(keys)))
    return keys


@transaction.atomic
def _write_chunk(
    model: Letter, deliveries: Sequence[Delivery], count: int, *, attachments: Sequence[Attachment] = ()
) -> list[uuid.UUID]:
    """In the order that the database's own rules ask for: a letter in review, its deliveries, its approval."""
    now = timezone.now()
    sources = [deliveries[number % len(deliveries)] for number in range(count)]
    letters = Letter.objects.bulk_create([_letter_like(model) for _ in range(count)])
    pairs = list(zip(letters, sources, strict=True))
    LetterAddressee.objects.bulk_create(
        LetterAddressee(letter=letter, mandate=source.mandate) for letter, source in pairs
    )
    messages = Message.objects.bulk_create([_message_like(source, attachments, now=now) for source in sources])
    made = Delivery.objects.bulk_create(
        _delivery_like(source, letter, message, now=now)
        for (letter, source), message in zip(pairs, messages, strict=True)
    )
    for letter, delivery in zip(letters, made, strict=True):
        letter.state, letter.approved_by, letter.approved_at = Letter.State.APPROVED, model.approved_by, now
        letter.approved_sha256 = _approval_hash(letter, delivery)
    Letter.objects.bulk_update(letters, ["state", "approved_by", "approved_at", "approved_sha256"], batch_size=200)
    return [message.pk for message in messages]


def _delivery_like(source: Delivery, letter: Letter, message: Message, *, now: datetime) -> Delivery:
    fields = {field.attname: getattr(source, field.attname) for field in Delivery._meta.concrete_fields}
    mine = {"letter_id": letter.pk, "message_id": message.pk, "approved_sha256": message.content_sha256}
    return Delivery(**{**fields, **mine, "id": None, "created_at": now})


def _approval_hash(letter: Letter, delivery: Delivery) -> str:
    """What `mandates.parcel.approval_hash` gives for a letter with one delivery."""
    recipient = bytes(getattr(delivery, "recipient_digest", b"")).hex()
    facts = (delivery.mandate.slug, delivery.mode, recipient, delivery.message.message_id, delivery.approved_sha256)
    return hashlib.sha256(f"letter {letter.pk}\n{' '.join(facts)}".encode()).hexdigest()


def write_large(megabytes: int) -> tuple[uuid.UUID, str]:
    """An approved letter with an attachment of that size; its message's key and Message-ID."""
    model = approve_one()
    [delivery] = model.deliveries.select_related("message", "contact_point", "mandate", "letter")
    attachment = Attachment("large.bin", secrets.token_bytes(megabytes * 1024 * 1024))
    [key] = _write_chunk(model, [delivery], 1, attachments=[attachment])
    return key, Message.objects.values_list("message_id", flat=True).get(pk=key)


def _letter_like(model: Letter) -> Letter:
    """An unsaved letter in review with the words of `model`; what must be unique is new."""
    skipped = {"id", "state", "approved_by", "approved_at", "approved_sha256"}
    fields: dict[str, Any] = {
        field.attname: getattr(model, field.attname)
        for field in Letter._meta.concrete_fields
        if field.name not in skipped
    }
    if "reply_token" in fields:
        fields["reply_token"] = fresh("reply_token")
    return Letter(**fields, state=Letter.State.IN_REVIEW)


def fresh(name: str) -> Any:
    """A new value of a letter's field that gives each letter its own."""
    [field] = [field for field in Letter._meta.concrete_fields if field.name == name]
    return field.get_default()


def _message_like(source: Delivery, attachments: Sequence[Attachment], *, now: datetime) -> Message:
    message_id = new_message_id()
    to = str(source.message.to_address)
    raw = build_mime(
        to=to,
        subject=source.letter.subject,
        text=WORDS,
        headers={"Content-Language": source.letter.language},
        attachments=attachments,
        message_id=message_id,
        now=now,
    )
    fields: dict[str, Any] = {
        field.attname: getattr(source.message, field.attname)
        for field in Message._meta.concrete_fields
        if field.name in {"kind", "lane", "policy", "priority", "to_address", "domain_digest"}
    }
    digest = hashlib.sha256(raw).hexdigest()
    return Message(**fields, message_id=message_id, raw=raw, content_sha256=digest, created_at=now)
