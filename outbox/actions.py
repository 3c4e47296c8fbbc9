"""What can happen to a message from our side; what the mail server does to it is in `delivery`."""

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

import pghistory
from django.db import transaction

from outbox import bell
from outbox.addresses import require_sendable
from outbox.clock import DatabaseClock
from outbox.composing import compose
from outbox.mime import UnsendableBytesError, build_mime, new_message_id, require_exact
from outbox.models import Message

DRAIN_POST = "outbox.drain_post"


class MessageNotUncertainError(Exception):
    """Only a message whose fate is unknown can be resolved."""


class Actor(Protocol):
    """Whoever acts: a row of a person."""

    pk: Any


def queue_email(
    *,
    template: str,
    to: str,
    context: dict[str, Any],
    language: str,
    now: datetime,
    kind: str = "",
    policy: str = Message.Policy.RETRY,
    lane: str = Message.Lane.POST,
    priority: int = 5,
    reply_to: str = "",
    headers: Mapping[str, str] | None = None,
) -> Message:
    """Write one e-mail into the outbox, in the caller's transaction; it leaves after the commit.

    `template` is a folder below templates/ (see `composing.compose`), `kind` its last part unless given, `priority` 0
    (first) to 9. Raises `UnsendableAddressError` (check forms with `addresses.validate_sendable`) and
    `UnsafeHeaderError`. Marked as automatic mail (RFC 3834), so that answering machines stay quiet.
    """
    words = compose(template=template, context=context, language=language)
    message_id = new_message_id()
    raw = build_mime(
        to=to,
        subject=words.subject,
        text=words.text,
        html=words.html,
        reply_to=reply_to,
        headers={"Auto-Submitted": "auto-generated", "Content-Language": language, **(headers or {})},
        message_id=message_id,
        now=now,
    )
    kind = kind or template.rstrip("/").rpartition("/")[2]
    return queue_bytes(
        kind=kind, to=to, raw=raw, message_id=message_id, policy=policy, lane=lane, priority=priority, now=now
    )


def queue_bytes(
    *, kind: str, to: str, raw: bytes, message_id: str, policy: str, lane: str, priority: int, now: datetime
) -> Message:
    """Write finished bytes into the outbox, in the caller's transaction; exactly these bytes leave, to `to` alone.

    `raw` comes from `mime.build_mime` and carries `message_id`; else `UnsendableBytesError`.
    """
    require_exact(raw)
    if f"\r\nMessage-ID: {message_id}\r\n".encode() not in raw.partition(b"\r\n\r\n")[0] + b"\r\n":
        raise UnsendableBytesError("the bytes do not carry this Message-ID")
    message = Message.objects.create(
        kind=kind,
        lane=lane,
        policy=policy,
        priority=priority,
        to_address=require_sendable(to),
        message_id=message_id,
        raw=raw,
        content_sha256=hashlib.sha256(raw).hexdigest(),
        created_at=now,
    )
    if lane == Message.Lane.POST:
        bell.ring_on_commit(DRAIN_POST)
    return message


@transaction.atomic
def recall_messages(*, keys: Iterable[uuid.UUID], reason: str) -> int:
    """Cancel those of these messages that have not been handed over; how many.

    A worker that holds one finds its lease gone before the first byte of the body and sends nothing.
    """
    before = [Message.State.QUEUED, Message.State.DEFERRED, Message.State.SENDING]
    waiting = Message.objects.filter(pk__in=list(keys), state__in=before).order_by("pk")
    held = list(waiting.select_for_update().values_list("pk", flat=True))
    # What is locked cannot move; what moved on while we waited for the lock is no longer in `held`.
    return Message.objects.filter(pk__in=held).update(
        state=Message.State.CANCELLED, last_reply=reason, lease_token=None, lease_expires_at=None
    )


def resolve_uncertain(*, message: Message, outcome: str, by: Actor, now: datetime) -> Message:
    """A person decides what became of a message: `sent`, `queued` (send it again) or `cancelled`.

    Raises `MessageNotUncertainError` when it is not, or no longer, uncertain, `ValueError` for another outcome.
    """
    if outcome not in {Message.State.SENT, Message.State.QUEUED, Message.State.CANCELLED}:
        raise ValueError(f"an uncertain message cannot become {outcome!r}")
    with pghistory.context(by=str(by.pk), why="resolve_uncertain"), transaction.atomic():
        message = Message.objects.select_for_update().get(pk=message.pk)
        if message.state != Message.State.UNCERTAIN:
            raise MessageNotUncertainError(message.state)
        message.state = outcome
        message.sent_at = now if outcome == Message.State.SENT else None
        message.last_reply = f"{message.last_reply}\nResolved as {outcome} by user {by.pk}, {now:%Y-%m-%d %H:%M} UTC"
        fields = ["state", "sent_at", "last_reply"]
        if outcome == Message.State.QUEUED:
            message.attempts = 0
            message.next_try_at = DatabaseClock()
            fields += ["attempts", "next_try_at"]
        message.save(update_fields=fields)
    message.refresh_from_db()
    return message
