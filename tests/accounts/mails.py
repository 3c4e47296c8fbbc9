"""Reading what the site wrote to somebody, out of the outbox."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage

from outbox.models import Message


def mails_to(address: str) -> list[EmailMessage]:
    """Every e-mail to `address`, oldest first."""
    rows = [row for row in Message.objects.order_by("created_at") if row.to_address == address]
    return [message_from_bytes(bytes(row.raw), policy=policy.default) for row in rows if row.raw]


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def code_in(mail: EmailMessage) -> str:
    """The code, which stands on a line of its own."""
    found = re.search(r"^(\d{8})\s*$", text_of(mail), re.MULTILINE)
    assert found, text_of(mail)
    return found.group(1)
