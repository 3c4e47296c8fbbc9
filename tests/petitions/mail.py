"""Reads what the outbox holds."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from outbox.models import Message


def mails_to(address: str) -> list[EmailMessage]:
    """The mails written to `address`, oldest first."""
    rows = [row for row in Message.objects.order_by("created_at", "pk") if row.to_address == address]
    return [message_from_bytes(bytes(row.raw or b""), policy=default) for row in rows]


def body_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def last_body(address: str) -> str:
    return body_of(mails_to(address)[-1])


def last_code(address: str) -> str:
    match = re.search(r"\b(\d{6})\b", last_body(address))
    assert match, last_body(address)
    return match[1]


def last_token(address: str) -> str:
    match = re.search(r"/link/([\w-]{43})/", last_body(address))
    assert match, last_body(address)
    return match[1]
