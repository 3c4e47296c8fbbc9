"""DKIM: what the receiving server reads is what our domain signed."""

from datetime import UTC, datetime

import dkim
import pytest
from django.core.mail import get_connection, send_mail
from pytest_django import Settings

from outbox import delivery, signing
from outbox.mime import build_mime, new_message_id
from tests.outbox.keys import dkim_key
from tests.outbox.smtp_server import SmtpServer

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def key(settings: Settings) -> None:
    settings.DKIM_KEY, settings.DKIM_SELECTOR, settings.DKIM_DOMAIN = dkim_key()[0], "s1", "countersign.example"


def build(**fields: str) -> bytes:
    words = {"to": "reader@example.org", "subject": "سلام and hello", "text": ".dot\nFrom here\nend ", **fields}
    return build_mime(message_id=new_message_id(), now=NOW, **words)  # type: ignore[arg-type]  # one dictionary for all fields


def verifies(raw: bytes) -> bool:
    asked: list[bytes] = []

    def record(name: bytes, **options: object) -> bytes:
        asked.append(name)
        return dkim_key()[1]

    result = bool(dkim.verify(raw, dnsfunc=record))
    assert asked in ([], [b"s1._domainkey.countersign.example."])
    return result


@pytest.mark.django_db(transaction=True)
def test_every_mail_verifies_as_the_server_received_it(smtp_server: SmtpServer) -> None:
    outbox = get_connection("outbox.backend.OutboxBackend")
    send_mail("Your code", "123456\n.\nlast", None, ["reader@example.org"], html_message="<p>1</p>", connection=outbox)
    delivery.drain(lane="post")
    raw = smtp_server.accepted[0].raw
    assert verifies(raw)
    assert not verifies(raw.replace(b"123456", b"654321"))


def test_signature_stands_in_front_and_the_rest_is_as_without() -> None:
    raw = build()
    assert raw.startswith(b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;")
    assert verifies(raw)


@pytest.mark.parametrize("header", ["From", "To", "Cc", "Subject", "Reply-To", "Date", "Content-Type"])
def test_nobody_can_add_a_header_on_the_way(header: str) -> None:
    raw = build(reply_to="answers@countersign.example")
    assert verifies(b"X-Trace: harmless\r\n" + raw)
    assert not verifies(f"{header}: somebody@else.example\r\n".encode() + raw)
    head, gap, body = raw.partition(b"\r\n\r\n")
    assert not verifies(head + f"\r\n{header}: somebody@else.example".encode() + gap + body)


@pytest.mark.parametrize(
    "change", [(b"reader@", b"other@"), (b"Sat, 21", b"Sun, 22"), (b"answers@", b"nobody@"), (b"end", b"END")]
)
def test_nothing_signed_can_change(change: tuple[bytes, bytes]) -> None:
    raw = build(reply_to="answers@countersign.example")
    assert change[0] in raw
    assert not verifies(raw.replace(*change))


def test_key_that_cannot_sign_builds_nothing(settings: Settings) -> None:
    settings.DKIM_KEY = "-----BEGIN PRIVATE KEY-----\nbm90IGEga2V5\n-----END PRIVATE KEY-----\n"
    with pytest.raises(signing.UnsignableError):
        build()


def test_without_a_key_mail_leaves_unsigned(settings: Settings) -> None:
    settings.DKIM_KEY = ""
    assert build().startswith(b"From: ")
