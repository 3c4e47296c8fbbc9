"""A mail as a person may safely look at it: headers and text as text, attachments as names. Never fails."""

import hashlib
import html
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from functools import cached_property

import nh3

# Deeper or longer than this no honest mail is; the raw bytes are kept all the same.
MOST_PARTS = 200
MOST_TEXT = 200_000
LONGEST_HEADER = 2_000
_BREAKS = re.compile(r"<(?=/?(?:br|p|div|tr|li|h[1-6]|table|blockquote)\b)", re.IGNORECASE)
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"")
_SENDER = re.compile(r"(?:[^<>@,;:()]*<)?([^\s<>@,;:()]+@[a-zA-Z0-9.-]+)>?(?:\s*\([^()]*\))?")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,300}>")
# Control characters but tab and line feed, and the marks that turn the direction of what stands around them.
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# Where the address somebody wrote to may stand; the last servers write the first four (RFC 5322, 3.6; qmail, Postfix).
RECIPIENT_HEADERS = ("Delivered-To", "X-Original-To", "Envelope-To", "Apparently-To", "To", "Cc", "Resent-To")
AUTOMATIC_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply-From")


@dataclass(frozen=True)
class Part:
    """A file that came with the mail. `number` is its place among all parts, by which it is fetched again."""

    number: int
    name: str
    media_type: str
    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def is_pdf(self) -> bool:
        return self.content[:1024].lstrip().startswith(b"%PDF-")


@dataclass(frozen=True)
class Mail:
    """What a mail says. Every value is clean text; nothing of it is markup."""

    raw: bytes
    parsed: "Message[str, str]"

    @property
    def subject(self) -> str:
        return self.header("Subject")

    @property
    def message_id(self) -> str:
        found = _MESSAGE_ID.search(self.header("Message-ID"))
        return found[0] if found else ""

    @cached_property
    def senders(self) -> list[str]:
        """The addresses of From, lower case. An honest mail has one; what can be read in two ways counts as none.

        Read before any decoding: an encoded display name may hold what looks like an address.
        """
        values = [_unfolded(value) for value in _raw_values(self.parsed, "From")]
        return [found[1].lower() for value in values if (found := _SENDER.fullmatch(_QUOTED.sub(" ", value).strip()))]

    @cached_property
    def recipients(self) -> list[str]:
        values = [_unfolded(value) for name in RECIPIENT_HEADERS for value in _raw_values(self.parsed, name)]
        return list(dict.fromkeys(_addresses(values)))

    @cached_property
    def answered_ids(self) -> list[str]:
        """The Message-IDs it answers, the nearest first: In-Reply-To, then References from its end."""
        nearest = _MESSAGE_ID.findall(" ".join(self.headers("In-Reply-To")))
        older = _MESSAGE_ID.findall(" ".join(self.headers("References")))
        return list(dict.fromkeys([*nearest, *reversed(older)]))[:100]

    @property
    def is_automatic(self) -> bool:
        """Whether a machine wrote it (RFC 3834 section 5, and what older machines say instead)."""
        submitted = self.header("Auto-Submitted").partition(";")[0].strip().lower()
        precedence = self.header("Precedence").strip().lower()
        return (
            submitted not in {"", "no"}
            or precedence in {"auto_reply", "bulk", "junk"}
            or any(self.header(name) for name in AUTOMATIC_HEADERS)
        )

    def headers(self, name: str) -> list[str]:
        """Every value of the header `name`, decoded, from the top."""
        return [_readable(value) for value in _raw_values(self.parsed, name)]

    def header(self, name: str) -> str:
        return next(iter(self.headers(name)), "")

    @cached_property
    def parts(self) -> list["Message[str, str]"]:
        """Every part that holds something, in order; those of an attached mail belong to that mail."""
        return list(_leaves(self.parsed))[:MOST_PARTS]

    @cached_property
    def text(self) -> str:
        """What it says: its plain text, or what is left of its HTML without any markup."""
        for subtype, cleaned in (("text/plain", _plain), ("text/html", _without_markup)):
            found = [cleaned(_text_of(part)) for part in self.parts if _is_body(part, subtype)]
            text = "\n\n".join(part.strip() for part in found if part.strip())
            if text:
                return text[:MOST_TEXT]
        return ""

    @cached_property
    def attachments(self) -> list[Part]:
        """Everything that is not the text shown, HTML among it."""
        return [
            Part(number, _name_of(part), part.get_content_type(), _content_of(part))
            for number, part in enumerate(self.parts)
            if not _is_body(part, "text/plain")
        ]


def read_mail(raw: bytes) -> Mail:
    """`raw` as a `Mail`, whatever it is."""
    try:
        return Mail(raw, message_from_bytes(raw))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, MessageError):
        # Python's parser is meant never to raise; what it cannot take is a mail without headers, all of it text.
        return Mail(raw, message_from_bytes(b"\n" + raw.replace(b"\x00", b"")[:MOST_TEXT]))


def clean(text: str) -> str:
    """`text` without invisible characters that deceive a reader's eye."""
    return _HIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _raw_values(message: "Message[str, str]", wanted: str) -> list[str]:
    return [str(value) for name, value in message.raw_items() if name.lower() == wanted.lower()]


def _unfolded(value: str) -> str:
    value = re.sub(r"[\r\n]+[ \t]*", " ", value[:LONGEST_HEADER])
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _readable(value: str) -> str:
    value = _unfolded(value)
    # What cannot be decoded is shown as it came.
    with suppress(LookupError, ValueError, MessageError, TypeError):
        value = str(make_header(decode_header(value)))
    return clean(value).replace("\n", " ").strip()


def _addresses(values: list[str]) -> list[str]:
    try:
        pairs = getaddresses(values)
    except (ValueError, LookupError, TypeError, MessageError):
        pairs = []
    found = [address for _name, address in pairs if address]
    if not found:  # a list that cannot be parsed still holds addresses
        found = re.findall(r"[^\s<>,;:\"']+@[^\s<>,;:\"']+", " ".join(values))
    return [address.lower().rstrip(".") for address in found[:100]]


def _leaves(message: "Message[str, str]", depth: int = 0) -> Iterator["Message[str, str]"]:
    payload = message.get_payload()
    is_container = message.get_content_maintype() == "multipart" and isinstance(payload, list)
    if not is_container or depth > 30:
        yield message
        return
    for part in payload:
        if isinstance(part, Message):
            yield from _leaves(part, depth + 1)


def _is_body(part: "Message[str, str]", media_type: str) -> bool:
    disposition = str(part.get("Content-Disposition", "")).partition(";")[0].strip().lower()
    return part.get_content_type() == media_type and disposition != "attachment"


def _content_of(part: "Message[str, str]") -> bytes:
    payload = part.get_payload()
    if isinstance(payload, list):  # an attached mail, or a container too deep to open
        return b"\n".join(_bytes_of(each) for each in payload if isinstance(each, Message))
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AssertionError, MessageError):
        content = None
    if isinstance(content, bytes):
        return content
    return str(payload or "").encode("utf-8", "surrogateescape")


def _bytes_of(message: "Message[str, str]") -> bytes:
    try:
        return message.as_bytes()
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, MessageError):
        return str(message.get_payload()).encode("utf-8", "replace")


def _text_of(part: "Message[str, str]") -> str:
    content = _content_of(part)
    try:
        charset = str(part.get_content_charset("utf-8"))
        return content.decode(charset, "replace")
    except (LookupError, ValueError, TypeError):
        return content.decode("utf-8", "replace")


def _plain(text: str) -> str:
    return clean(text[:MOST_TEXT])


def _without_markup(text: str) -> str:
    broken = _BREAKS.sub("\n<", text[:MOST_TEXT])
    stripped = html.unescape(nh3.clean(broken, tags=set()))
    return re.sub(r"\n\s*\n+", "\n\n", clean(stripped))


def _name_of(part: "Message[str, str]") -> str:
    try:
        name = str(part.get_filename() or "")
    except (ValueError, LookupError, TypeError, AttributeError, MessageError):
        name = ""
    name = re.sub(r"[/\\:*?\"<>|\n]+", "_", _readable(name)).strip(" .")
    return name[:120]
