import random
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from outbox.addresses import UnsendableAddressError
from outbox.mime import (
    Attachment,
    UnsafeHeaderError,
    UnsendableBytesError,
    build_mime,
    new_message_id,
    our_domain,
    require_exact,
)

NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
# What breaks mail: line breaks of every kind, encoded words, quotes, bidi, joiners, emoji, combining marks.
HOSTILE = [
    *"\r\n\x00\x0b\x0c\x1c\x85\u2028\u2029\t\x7f\ud800\u202e\u200f",
    *'"<>,:;\\()@a.ßی𐎠 ',
    *("=?utf-8?q?x?=", "=?", "?=", "  ", "..", "=20", "From ", "Bcc: x@example.org"),
    *("ab" * 50, "می\u200cشود", "محسن", "e\u0301", "👩‍⚖️"),
]


def build(**fields: Any) -> bytes:
    given = {
        "to": "leyla@example.org",
        "subject": "Words",
        "text": "Text.\n",
        "message_id": "<one@example.org>",
        "now": NOW,
    }
    return build_mime(**{**given, **fields})


def parse(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage, subtype: str = "plain") -> str:
    part = message.get_body((subtype,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_mime_same_input_gives_same_bytes() -> None:
    fields = {"html": "<p>سلام</p>", "attachments": [Attachment("a.pdf", b"%PDF", "application/pdf")]}
    assert build(**fields) == build(**fields)
    assert build(**fields) != build(**fields, message_id="<two@example.org>")


def test_mime_headers_are_exactly_ours(settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "امضا <post@countersign.example>"
    message = parse(build(reply_to="desk@example.org", headers={"Auto-Submitted": "auto-generated"}))
    assert message.defects == []
    assert dict(message.items()) == {
        "From": "امضا <post@countersign.example>",
        "To": "leyla@example.org",
        "Subject": "Words",
        "Date": "Sat, 21 Nov 2026 12:30:00 +0000",
        "Message-ID": "<one@example.org>",
        "Reply-To": "desk@example.org",
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "7bit",
    }


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "کد شما برای امضای بیانیه: ۱۲۳۴۵۶",
        "یک عنوان بسیار بلند " * 12,
        "A long English subject that needs to be folded because no line may be too long for old programs " * 3,
        "=?utf-8?q?not_an_encoded_word?=",
        "two  spaces  stay",
        "x" * 500,
        "👩‍⚖️" * 40,
    ],
)
def test_mime_subject_arrives_as_it_was_written(subject: str) -> None:
    raw = build(subject=subject)
    assert parse(raw)["Subject"] == subject.strip()
    require_exact(raw)


def test_mime_hostile_words_arrive_or_are_refused() -> None:
    """Whatever is thrown at it: one recipient, our headers only, the words as written, or a clear refusal."""
    dice, names, refused, arrived = random.Random(20261121), list(parse(build()).keys()), 0, 0
    for _ in range(1500):
        subject = "".join(dice.choices(HOSTILE, k=dice.randint(0, 12)))
        body = "".join(dice.choices(HOSTILE, k=dice.randint(0, 30)))
        try:
            raw = build(subject=subject, text=body)
        except UnsafeHeaderError:
            refused += 1
            assert any(character in subject for character in "\r\n\x00\x0b\x0c\x1c\x85\u2028\u2029\t\x7f\ud800")
            continue
        arrived += 1
        message = parse(raw)
        assert list(message.keys()) == names
        assert message["Subject"] == subject.strip()
        assert message["To"] == "leyla@example.org"
        require_exact(raw)
    assert refused > 300
    assert arrived > 300


@pytest.mark.parametrize("value", ["a\r\nBcc: x@example.org", "a\nb", "a\rb", "a\x00b", "a\x0bb", "a\x85b", "a\u2028b"])
def test_mime_refuses_line_breaks_in_every_header(value: str) -> None:
    build(headers={"X-Reason": "plain words"})
    for fields in ({"subject": value}, {"headers": {"X-Reason": value}}, {"attachments": [Attachment(value, b"")]}):
        with pytest.raises(UnsafeHeaderError):
            build(**fields)
    for address in ({"to": value}, {"reply_to": value}):
        with pytest.raises(UnsendableAddressError):
            build(**address)
    with pytest.raises(UnsafeHeaderError):
        build(message_id=value)


@pytest.mark.parametrize(
    "name",
    ["Subject", "bcc", "To", "Resent-To", "Content-Type", "Content-Transfer-Encoding", "a b", "X:", "X\r\nBcc", ""],
)
def test_mime_refuses_headers_that_are_not_the_callers_to_set(name: str) -> None:
    with pytest.raises(UnsafeHeaderError):
        build(headers={name: "value"})


@pytest.mark.parametrize(
    "address",
    [
        *("", "leyla", "a@", "@example.org", "a@b@example.org", "a@example.org, b@example.org"),
        *("a b@example.org", '"a"@example.org', "a,b@example.org", "a>@example.org", "a@exa mple.org"),
        *("u\u017fer@example.org", f"{'a' * 65}@example.org"),
    ],
)
def test_mime_refuses_an_address_no_mail_can_carry(address: str) -> None:
    with pytest.raises(UnsendableAddressError):
        build(to=address)


def test_mime_writes_international_domains_in_ascii() -> None:
    assert parse(build(to=" leyla@BÜCHER.example ")).get("To") == "leyla@xn--bcher-kva.example"


def test_mime_text_and_html_are_alternatives_and_survive() -> None:
    text, html = "سلام\n.نقطه\n" + "long " * 300 + "\n", "<p dir='rtl'>سلام</p>\n"
    raw = build(text=text, html=html)
    message = parse(raw)
    assert message.get_content_type() == "multipart/alternative"
    assert text_of(message) == text
    assert text_of(message, "html") == html
    assert raw.isascii()


def test_mime_attachment_arrives_whole() -> None:
    content = bytes(range(256)) * 40
    message = parse(build(html="<p>x</p>", attachments=[Attachment("نامه.pdf", content, "application/pdf")]))
    [part] = message.iter_attachments()
    assert (part.get_filename(), part.get_content_type(), part.get_content()) == (
        "نامه.pdf",
        "application/pdf",
        content,
    )
    assert text_of(message) == "Text.\n"


def test_mime_body_loses_what_no_mail_may_hold() -> None:
    assert text_of(parse(build(text="a\x00b\x07c\r\nd\re\ud800\n"))) == "abc\nd\ne?\n"


@pytest.mark.parametrize(
    "raw",
    [b"A: b\n\nc\n", b"A: b\r\n\r\nc", b"A: b\r\n\r\n\xff\r\n", b"A: b\r\n\r\n\x00\r\n", b"A: " + b"b" * 999 + b"\r\n"],
)
def test_mime_inexact_bytes_are_refused(raw: bytes) -> None:
    require_exact(b"A: b\r\n\r\nc\r\n")
    with pytest.raises(UnsendableBytesError):
        require_exact(raw)


def test_message_id_is_new_each_time_and_ours() -> None:
    one, two = new_message_id(), new_message_id()
    assert one != two
    assert one.endswith(f"@{our_domain()}>")
