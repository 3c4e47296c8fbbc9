"""Django's e-mail backend: what Django and allauth send becomes rows of the outbox too."""

import logging
import mimetypes
from collections.abc import Sequence
from email.mime.base import MIMEBase
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from django.utils.html import strip_tags

from outbox.actions import queue_bytes
from outbox.addresses import UnsendableAddressError
from outbox.composing import one_line
from outbox.mime import Attachment, build_mime, new_message_id
from outbox.models import Message

logger = logging.getLogger(__name__)

# The accounts' codes: somebody is looking at the page that asks for one.
KIND, PRIORITY = "account_notice", 0


class OutboxBackend(BaseEmailBackend):
    """Writes one row for each recipient, in the caller's transaction. The sender is always ours."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """How many e-mails found at least one recipient who can be written to."""
        return sum(self._queue(message) for message in email_messages)

    def _queue(self, message: EmailMessage) -> bool:
        queued = 0
        for recipient in message.recipients():
            try:
                _queue_for(message, recipient)
            except UnsendableAddressError:
                # Whoever typed it learns no more than that nothing came; an error page would tell less.
                logger.warning("Dropped an e-mail to an address that cannot be written to")
            else:
                queued += 1
        return queued > 0


def _queue_for(message: EmailMessage, recipient: str) -> Message:
    now, message_id = timezone.now(), new_message_id()
    text, html = _words(message)
    raw = build_mime(
        to=recipient,
        subject=one_line(str(message.subject)),
        text=text,
        html=html,
        reply_to=message.reply_to[0] if message.reply_to else "",
        headers={"Auto-Submitted": "auto-generated", **_extra_headers(message)},
        attachments=[_attachment(item) for item in message.attachments],
        message_id=message_id,
        now=now,
    )
    return queue_bytes(
        kind=KIND,
        to=recipient,
        raw=raw,
        message_id=message_id,
        policy=Message.Policy.RETRY,
        lane=Message.Lane.POST,
        priority=PRIORITY,
        now=now,
    )


def _words(message: EmailMessage) -> tuple[str, str]:
    body = str(message.body)
    if message.content_subtype == "html":
        return strip_tags(body), body
    alternatives = getattr(message, "alternatives", [])
    html = [str(content) for content, media_type in alternatives if media_type == "text/html"]
    return body, html[0] if html else ""


def _extra_headers(message: EmailMessage) -> dict[str, str]:
    taken = {"from", "to", "cc", "reply-to", "date", "message-id", "auto-submitted"}
    return {name: str(value) for name, value in message.extra_headers.items() if name.lower() not in taken}


def _attachment(item: Any) -> Attachment:
    if isinstance(item, MIMEBase):
        content = item.get_payload(decode=True)
        return Attachment(
            item.get_filename() or "attachment", content if isinstance(content, bytes) else b"", item.get_content_type()
        )
    name, content, media_type = item
    if isinstance(content, str):
        content = content.encode()
    name = one_line(name or "attachment")
    return Attachment(name, content, media_type or mimetypes.guess_type(name)[0] or "application/octet-stream")
