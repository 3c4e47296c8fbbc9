"""Delivery reports (RFC 3464): what another mail server says became of a letter of ours."""

import re
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser

from mandates.incoming.reading import Mail, clean

_MESSAGE_ID = re.compile(r"^Message-ID:\s*(<[^<>\s]{1,300}>)", re.IGNORECASE | re.MULTILINE)
# The fields of a report that say something to a person; the rest names servers.
_TOLD = ("Final-Recipient", "Original-Recipient", "Action", "Status", "Diagnostic-Code", "Will-Retry-Until")


@dataclass(frozen=True)
class DeliveryReport:
    """`actions`: failed, delayed, delivered, relayed or expanded, of all recipients; `message_ids` of what was sent."""

    actions: frozenset[str]
    message_ids: tuple[str, ...]
    words: str

    @property
    def has_failed(self) -> bool:
        return "failed" in self.actions


def report_in(mail: Mail) -> DeliveryReport | None:
    """The delivery report that `mail` is, or None when it is none: only multipart/report of that type counts."""
    parsed = mail.parsed
    if parsed.get_content_type() != "multipart/report" or not parsed.is_multipart():
        return None
    parts = [part for part in parsed.get_payload() if isinstance(part, Message)]
    blocks = [block for part in parts for block in _status_blocks(part)]
    if not blocks:
        return None
    actions = frozenset(_field(block, "Action").lower() for block in blocks) - {""}
    returned = [part for part in parts if part.get_content_type() in {"message/rfc822", "text/rfc822-headers"}]
    message_ids = [found for part in returned for found in _MESSAGE_ID.findall(_flat(part))]
    words = [f"{name}: {_field(block, name)}" for block in blocks for name in _TOLD if _field(block, name)]
    return DeliveryReport(actions, tuple(dict.fromkeys(message_ids)), "\n".join(words)[:2000])


def _status_blocks(part: "Message[str, str]") -> list["Message[str, str]"]:
    """The blocks of a message/delivery-status part: the first about the mail, then one for each recipient."""
    if part.get_content_type() != "message/delivery-status":
        return []
    payload = part.get_payload()
    if isinstance(payload, list):
        return [block for block in payload if isinstance(block, Message)]
    return [HeaderParser().parsestr(block) for block in re.split(r"\n\s*\n", str(payload)) if block.strip()]


def _field(block: "Message[str, str]", name: str) -> str:
    return clean(str(block.get(name, ""))).replace("\n", " ").strip()[:500]


def _flat(part: "Message[str, str]") -> str:
    """The headers of the returned mail as text, however the report's writer wrapped them."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return "\n".join(f"Message-ID: {each.get('Message-ID', '')}" for each in payload if isinstance(each, Message))
    return re.sub(r"\r?\n[ \t]+", " ", str(payload))
