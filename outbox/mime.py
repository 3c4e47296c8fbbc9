"""An e-mail as the exact bytes that leave: one recipient, CRLF, ASCII, the same bytes for the same input."""

import hashlib
import re
import unicodedata
import uuid
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any

from django.conf import settings

from outbox import signing
from outbox.addresses import normalise_address, require_sendable

# RFC 5322 section 2.1.1: no line is longer than 998 characters without its CRLF.
LONGEST_LINE = 998
_POLICY = policy.SMTP.clone(cte_type="7bit")
_OURS = {"from", "to", "cc", "bcc", "sender", "subject", "date", "message-id", "reply-to", "mime-version"}
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,75}")
_PLAIN = re.compile(r"[!-~]{1,900}( [!-~]{1,900})*")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+>")


class UnsafeHeaderError(ValueError):
    """A header value holds a line break or another control character, or a header is not ours to set."""


class UnsendableBytesError(ValueError):
    """Bytes that would not arrive as they are: not ASCII, a bare CR or LF, a line that is too long."""


@dataclass(frozen=True)
class Attachment:
    """A file that goes with an e-mail; `media_type` as `application/pdf`."""

    name: str
    content: bytes
    media_type: str = "application/octet-stream"


def new_message_id() -> str:
    """A Message-ID that no other message has, `<...@our domain>`; it is fixed when the row is written."""
    return f"<{uuid.uuid4().hex}@{our_domain()}>"


def our_address() -> str:
    """The address our mail comes from, which is the envelope's sender too."""
    return normalise_address(parseaddr(settings.DEFAULT_FROM_EMAIL)[1])


def our_domain() -> str:
    return our_address().rpartition("@")[2]


def build_mime(
    *,
    to: str,
    subject: str,
    text: str,
    html: str = "",
    reply_to: str = "",
    headers: Mapping[str, str] | None = None,
    attachments: Sequence[Attachment] = (),
    message_id: str,
    now: datetime,
) -> bytes:
    """The exact bytes of one e-mail to one recipient (RFC 5322, RFC 2045); the same bytes for the same input.

    Raises `UnsafeHeaderError` for a control character in a header, `UnsendableAddressError` for an address that cannot
    be written to.
    """
    return build_around(
        build_content(text=text, html=html, attachments=attachments, seed=message_id),
        to=to,
        subject=subject,
        reply_to=reply_to,
        headers=headers,
        message_id=message_id,
        now=now,
    )


def build_around(
    content: bytes,
    *,
    to: str,
    copied_to: Sequence[str] = (),
    subject: str,
    reply_to: str = "",
    headers: Mapping[str, str] | None = None,
    message_id: str,
    now: datetime,
) -> bytes:
    """The e-mail whose inside (with its own Content-Type) is `content`; signed with DKIM when there is a key.

    `copied_to` only names others in the Cc header. Raises as `build_mime` does, and `signing.UnsignableError`.
    """
    if not _MESSAGE_ID.fullmatch(message_id):
        raise UnsafeHeaderError(f"not a Message-ID: {message_id!r}")
    lines = [
        _header("From", _our_mailbox()),
        _header("To", require_sendable(to)),
        *([_header("Cc", ",\r\n ".join(map(require_sendable, copied_to)))] if copied_to else []),
        subject_line(subject),
        _header("Date", format_datetime(now.astimezone(UTC))),
        _header("Message-ID", message_id),
    ]
    if reply_to:
        lines.append(_header("Reply-To", require_sendable(reply_to)))
    lines += [_extra_header(name, value) for name, value in (headers or {}).items()]
    raw = signing.sign("".join([*lines, "MIME-Version: 1.0\r\n"]).encode("ascii") + content)
    require_exact(raw)
    return raw


def subject_line(subject: str) -> str:
    """The Subject header with its CRLF, encoded and folded; `UnsafeHeaderError` for a control character."""
    return _header("Subject", _encode(_safe("Subject", subject.strip())))


def build_content(
    *,
    text: str,
    html: str = "",
    attachments: Sequence[Attachment] = (),
    seed: str,
    for_signing: bool = False,
    params: Mapping[str, str] | None = None,
) -> bytes:
    """The inside of an e-mail: its Content-Type and what follows. `seed` makes the boundaries, which hide nothing.

    `for_signing` encodes what a mail server might touch on its way (RFC 3156 section 3); `params` are added to the
    outermost Content-Type.
    """
    content = EmailMessage(policy=_POLICY)
    options: dict[str, Any] = {"cte": "quoted-printable"} if for_signing else {}
    content.set_content(_clean(text), **options)
    if html:
        content.add_alternative(_clean(html), subtype="html", **options)
    for attachment in attachments:
        maintype, _, subtype = attachment.media_type.partition("/")
        content.add_attachment(
            attachment.content, maintype=maintype, subtype=subtype, filename=_safe("filename", attachment.name)
        )
    del content["MIME-Version"]
    number = hashlib.sha256("\x00".join([seed, text, html]).encode("utf-8", "replace")).hexdigest()[:32]
    for index, part in enumerate(part for part in content.walk() if part.is_multipart()):
        part.set_boundary(f"=_{number}_{index}")
    for name, value in (params or {}).items():
        content.set_param(name, value)
    raw = content.as_bytes(policy=_POLICY)
    # Some servers turn "From " at the beginning of a line into ">From "; it only occurs in quoted-printable text.
    return re.sub(rb"(?m)^From ", b"=46rom ", raw) if for_signing else raw


def require_exact(raw: bytes) -> None:
    """Raise `UnsendableBytesError` unless `raw` can leave as it is: ASCII, CRLF line ends only, no line over 998."""
    if not raw.isascii() or b"\x00" in raw:
        raise UnsendableBytesError("not plain ASCII")
    if not raw.endswith(b"\r\n") or re.search(rb"\r(?!\n)|(?<!\r)\n", raw):
        raise UnsendableBytesError("every line must end in CRLF")
    if max(map(len, raw.split(b"\r\n"))) > LONGEST_LINE:
        raise UnsendableBytesError(f"a line is longer than {LONGEST_LINE} characters")


def _our_mailbox() -> str:
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    address = require_sendable(address)
    if not name:
        return address
    plain = re.fullmatch(r"[A-Za-z0-9 ]+", name)
    return f"{name if plain else _words(_safe('From', name))} <{address}>"


def _extra_header(name: str, value: str) -> str:
    if not _HEADER_NAME.fullmatch(name) or name.lower() in _OURS or name.lower().startswith(("content-t", "resent-")):
        raise UnsafeHeaderError(f"the header {name!r} cannot be set")
    if not _PLAIN.fullmatch(_safe(name, value)):
        raise UnsafeHeaderError(f"the header {name} must be plain ASCII words")
    return _header(name, _fold(value))


def _header(name: str, value: str) -> str:
    return f"{name}: {value}\r\n"


def _safe(name: str, value: str) -> str:
    for character in value:
        if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}:
            raise UnsafeHeaderError(f"the header {name} holds a line break or control character: {value!r}")
    return value


def _encode(value: str) -> str:
    """As it is when it is plain words, else as encoded words (RFC 2047)."""
    if not value or (_PLAIN.fullmatch(value) and "=?" not in value):
        return _fold(value)
    return _words(value)


def _fold(value: str) -> str:
    line, folded = "", ""
    for word in value.split(" "):
        if line and len(line) + len(word) > 64:
            folded, line = f"{folded}{line}\r\n ", word
        else:
            line = f"{line} {word}" if line else word
    return folded + line


def _words(value: str) -> str:
    return "\r\n ".join(f"=?utf-8?b?{b64encode(chunk).decode()}?=" for chunk in _chunks(value))


def _chunks(value: str) -> Iterator[bytes]:
    """`value` in pieces of at most 36 bytes that never cut a character in two."""
    chunk = b""
    for character in value:
        encoded = character.encode()
        if len(chunk) + len(encoded) > 36:
            yield chunk
            chunk = b""
        chunk += encoded
    yield chunk


def _clean(text: str) -> str:
    """`text` without what no mail may hold: NUL, other control characters, halves of surrogate pairs."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode()
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", lines)
