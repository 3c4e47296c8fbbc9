"""Factories for outbox."""

import hashlib
import uuid
from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from outbox.addresses import domain_digest
from outbox.mime import build_mime, new_message_id
from outbox.models import Message


class MessageFactory(DjangoModelFactory[Message]):
    """A queued message with real bytes. `MessageFactory(policy="once", lane="letters")` is a letter."""

    class Meta:
        model = Message

    class Params:
        subject = "A subject"
        text = "Words.\n"

    kind = "notice"
    to_address = factory.Sequence(lambda number: f"reader{number}@example.org")
    domain_digest = factory.LazyAttribute(lambda row: domain_digest(row.to_address))
    message_id = factory.LazyFunction(new_message_id)
    created_at = factory.LazyFunction(timezone.now)
    raw = factory.LazyAttribute(
        lambda row: build_mime(
            to=row.to_address, subject=row.subject, text=row.text, message_id=row.message_id, now=row.created_at
        )
    )
    content_sha256 = factory.LazyAttribute(lambda row: hashlib.sha256(row.raw).hexdigest())

    @classmethod
    def in_state(cls, state: str, **fields: Any) -> Message:
        """A message that has already come to `state`, with what the database asks of that state."""
        if state in {"sending", "committing"}:
            fields = {"lease_token": uuid.uuid4(), "lease_expires_at": timezone.now() + timedelta(minutes=15), **fields}
        if state == "sent":
            fields = {"sent_at": timezone.now(), **fields}
        if state == "bounced":
            fields = {"bounced_at": timezone.now(), **fields}
        return cls.create(state=state, **fields)

    @classmethod
    def letter(cls, **fields: Any) -> Message:
        """A message that must never be sent twice unseen; each to a domain of its own, as one waits for another."""
        address = f"desk@{uuid.uuid4().hex[:12]}.example.org"
        return cls.create(**{"policy": "once", "lane": "letters", "to_address": address, **fields})
