import os
import signal
import smtplib
import subprocess
import sys
import time
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from outbox import mailbox
from outbox.mime import Attachment, build_mime
from tests.outbox.test_mime import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.MAILBOX_DIR = str(tmp_path / "mail")
    return tmp_path / "mail"


def receive(**fields: Any) -> str:
    given = {
        "to": "leyla@example.org",
        "subject": "کد شما",
        "text": "Words.\n",
        "message_id": "<x@example.org>",
        "now": NOW,
    }
    raw = build_mime(**{**given, **fields})
    return mailbox.keep(raw, recipients=[str({**given, **fields}["to"])])


def test_mailbox_is_empty_at_first(client: Client) -> None:
    page = client.get(reverse("outbox:mailbox_list"))
    assert page.status_code == 200
    assert "No mail yet" in page.text


def test_mailbox_list_shows_the_newest_first_with_its_code(client: Client) -> None:
    receive(subject="The older")
    receive(subject="<b>The newer</b>", text="Your code:\n\n  BCDF-GHJK\n\nBye\n")
    page = client.get(reverse("outbox:mailbox_list")).text
    assert page.index("&lt;b&gt;The newer&lt;/b&gt;") < page.index("The older")
    assert "BCDF-GHJK" in page
    assert "2 e-mails" in page


def test_mailbox_list_finds_by_recipient(client: Client) -> None:
    receive(to="leyla@example.org", subject="To Leyla")
    receive(to="omid@example.org", subject="To Omid")
    page = client.get(reverse("outbox:mailbox_list"), {"to": "LEYLA"}).text
    assert "To Leyla" in page
    assert "To Omid" not in page
    nobody = client.get(reverse("outbox:mailbox_list"), {"to": "<nobody>"}).text
    assert "No mail to an address" in nobody
    assert "<nobody>" not in nobody


def test_mailbox_list_reads_only_the_page_it_shows(client: Client) -> None:
    for number in range(27):
        receive(subject=f"Number {number} ")
    first, second = (client.get(reverse("outbox:mailbox_list"), {"page": page}).text for page in (1, 2))
    assert "Number 26" in first
    assert "Number 1 " not in first
    assert "Number 1" in second
    assert "Page 2 of 2" in second
    assert client.get(reverse("outbox:mailbox_list"), {"page": "\x00"}).status_code == 200


def test_mailbox_message_shows_text_links_and_source_without_running_it(client: Client, settings: Any) -> None:
    ours, theirs = f"{settings.SITE_URL}/statements/confirm/abc/", "https://elsewhere.example/x?a=1&b=2"
    key = receive(
        text=f"سلام\n<script>alert(1)</script>\nOpen {ours}.\nOr {theirs}\n\n123456\n",
        html="<script>alert(2)</script>",
        attachments=[Attachment("نامه.pdf", b"%PDF", "application/pdf")],
    )
    page = client.get(reverse("outbox:mailbox_message", args=[key]))
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(2)" in page.text
    assert f'href="{ours}"' in page.text
    assert 'href="https://elsewhere' not in page.text
    assert "https://elsewhere.example/x?a=1&amp;b=2" in page.text
    assert '<p class="mailbox-code"><span class="fingerprint">123456</span></p>' in page.text
    assert "نامه.pdf" in page.text
    assert "&lt;x@example.org&gt;" in page.text


@pytest.mark.parametrize("key", ["x", "0" * 20 + "-" + "0" * 8, "new", "tmp"])
def test_mailbox_message_that_is_not_there_is_not_found(client: Client, key: str) -> None:
    assert client.get(reverse("outbox:mailbox_message", args=[key])).status_code == 404
    assert mailbox.read(f"../new/{key}") is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no headers at all",
        b"Subject: =?utf-8?b?////?=\r\n\r\n\xff\xfe",
        b"Content-Type: multipart/mixed\r\n\r\n",
        b"Content-Type: text/plain; charset=nonsense\r\n\r\nx\xff",
        b"To: a@\r\nTo: b@\r\nDate: never\r\n\r\nx",
    ],
)
def test_mailbox_shows_any_mail_somehow(client: Client, content: bytes) -> None:
    key = mailbox.keep(content, recipients=["leyla@example.org"])
    assert client.get(reverse("outbox:mailbox_message", args=[key])).status_code == 200
    assert "leyla@example.org" in client.get(reverse("outbox:mailbox_list")).text


@pytest.mark.parametrize("name", ["mailbox_list", "mailbox_message"])
def test_mailbox_is_read_only(client: Client, name: str) -> None:
    address = reverse(f"outbox:{name}", args=[receive()] if name == "mailbox_message" else [])
    assert client.post(address).status_code == 405
    assert client.head(address).status_code == 200


def test_mailbox_code_is_a_line_of_its_own() -> None:
    def code_in(text: str) -> str:
        mail = mailbox.read(receive(text=text))
        assert mail is not None
        return mail.code

    assert code_in("a\n\n 123456 \n") == "123456"
    assert code_in("a\nBCDF-GHJK\nb\n") == "BCDF-GHJK"
    assert code_in("کد:\n123 456\n") == "123 456"
    assert code_in("IRAN\n2026\nThe code 123456 is inside a sentence\nURGENT\n") == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_mailbox_keeps_what_it_takes_and_stops_clean(
    folder: Path, unused_port: int, number: signal.Signals
) -> None:
    environment = {
        **os.environ,
        "COUNTERSIGN_ENV": "development",
        "MAILBOX_DIR": str(folder),
        "SMTP_PORT": str(unused_port),
    }
    process = subprocess.Popen(
        [sys.executable, "manage.py", "run_mailbox"], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert str(unused_port) in process.stdout.readline()
        message = EmailMessage()
        message["To"], message["Subject"] = "leyla@example.org", "Through a real server"
        message.set_content(".dot\n")
        with smtplib.SMTP("127.0.0.1", unused_port, timeout=5) as smtp:
            smtp.send_message(message, "post@example.org", ["redirected@example.org"])
            [key] = mailbox.newest()
        mail = mailbox.read(key)
        assert mail is not None
        assert (mail.recipient, mail.subject, mail.text) == (
            "redirected@example.org",
            "Through a real server",
            ".dot\n",
        )
        assert abs(mail.received_at.timestamp() - time.time()) < 60
        process.send_signal(number)
        assert process.wait(5) == 0
    finally:
        process.kill()
        process.communicate()


def test_run_mailbox_says_what_is_missing(settings: Any) -> None:
    settings.MAILBOX_DIR = ""
    with pytest.raises(CommandError, match="MAILBOX_DIR"):
        call_command("run_mailbox")
    settings.IS_PRODUCTION = True
    with pytest.raises(CommandError, match="development"):
        call_command("run_mailbox")
