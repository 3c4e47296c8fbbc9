"""Factories for outbox."""

import hashlib
from typing import Any

import factory
from django.utils import timezone

from outbox.mime import build_mime, new_message_id
from outbox.models import Message


class MessageFactory(factory.django.DjangoModelFactory[Message]):
    """A queued message with real bytes. `MessageFactory(policy="once", lane="letters")` is a letter."""

    class Meta:
        model = Message

    class Params:
        subject = "A subject"
        text = "Words.\n"

    kind = "notice"
    to_address = factory.Sequence(lambda number: f"reader{number}@example.org")
    message_id = factory.LazyFunction(new_message_id)
    created_at = factory.LazyFunction(timezone.now)
    raw = factory.LazyAttribute(
        lambda row: build_mime(
            to=row.to_address, subject=row.subject, text=row.text, message_id=row.message_id, now=row.created_at
        )
    )
    content_sha256 = factory.LazyAttribute(lambda row: hashlib.sha256(row.raw).hexdigest())

    @classmethod
    def _create(cls, model_class: type[Message], *args: Any, **kwargs: Any) -> Message:
        message = super()._create(model_class, *args, **kwargs)
        message.refresh_from_db()
        return message
