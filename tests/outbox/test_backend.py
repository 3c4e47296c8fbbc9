from email import message_from_bytes, policy
from email.message import EmailMessage as ParsedMessage
from email.mime.image import MIMEImage
from typing import Any

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.db import transaction

from outbox.models import Message

pytestmark = pytest.mark.django_db


def send(message: EmailMessage) -> int:
    return int(get_connection("outbox.backend.OutboxBackend").send_messages([message]))


def parsed(message: Message) -> ParsedMessage:
    found = message_from_bytes(message.raw, policy=policy.default)
    assert isinstance(found, ParsedMessage)
    return found


def test_backend_writes_a_row_for_each_recipient_and_shows_none_to_the_other() -> None:
    sent = send(
        EmailMessage("Your code", "BCDF-GHJK", to=["a@example.org"], cc=["b@example.org"], bcc=["c@example.org"])
    )
    assert sent == 1
    rows = sorted(Message.objects.all(), key=lambda row: str(row.to_address))
    assert [row.to_address for row in rows] == ["a@example.org", "b@example.org", "c@example.org"]
    for row in rows:
        assert (row.priority, row.lane, row.policy, row.state) == (0, "post", "retry", "queued")
        assert parsed(row)["To"] == row.to_address
        assert parsed(row)["Cc"] is None
        assert parsed(row)["Auto-Submitted"] == "auto-generated"
    assert len({row.message_id for row in rows}) == 3


def test_backend_goes_with_the_callers_transaction() -> None:
    with transaction.atomic():
        send(EmailMessage("s", "b", to=["a@example.org"]))
        transaction.set_rollback(True)
    assert not Message.objects.exists()


def test_backend_carries_html_attachments_and_headers() -> None:
    message = EmailMultiAlternatives(
        "موضوع", "سلام", to=["a@example.org"], reply_to=["desk@example.org"], headers={"X-Kind": "code"}
    )
    message.attach_alternative("<p>سلام</p>", "text/html")
    message.attach("note.txt", "words", None)
    message.attach("data.bin", b"\x00\xff", "application/pdf")
    message.attach(MIMEImage(b"GIF89a", "gif"))
    send(message)
    found = parsed(Message.objects.get())
    assert (found["Subject"], found["Reply-To"], found["X-Kind"]) == ("موضوع", "desk@example.org", "code")
    html = found.get_body(("html",))
    assert html is not None
    assert html.get_content().strip() == "<p>سلام</p>"
    assert [(part.get_filename(), part.get_content_type()) for part in found.iter_attachments()] == [
        ("note.txt", "text/plain"),
        ("data.bin", "application/pdf"),
        ("attachment", "image/gif"),
    ]


def test_backend_gives_html_only_mail_a_text_too() -> None:
    message = EmailMessage("s", "<p>Hello <b>there</b></p>", to=["a@example.org"])
    message.content_subtype = "html"
    send(message)
    text = parsed(Message.objects.get()).get_body(("plain",))
    assert text is not None
    assert text.get_content().strip() == "Hello there"


def test_backend_address_that_cannot_be_written_to_is_no_error_page(caplog: Any) -> None:
    assert send(EmailMessage("s", "b", to=['"\x0b"@example.org'])) == 0
    assert not Message.objects.exists()
    assert "cannot be written to" in caplog.text


def test_backend_subject_with_line_breaks_becomes_one_line() -> None:
    send(EmailMessage("a\nBcc: x@example.org", "b", to=["a@example.org"]))
    found = parsed(Message.objects.get())
    assert (found["Subject"], found["Bcc"]) == ("a Bcc: x@example.org", None)
