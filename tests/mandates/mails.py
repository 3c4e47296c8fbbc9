"""Mails as the world writes them, for tests of what comes in."""

from email.message import EmailMessage
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.parser import BytesParser
from typing import Any

from django.utils import timezone

from mandates import actions
from mandates.models import IncomingMail

PDF = b"%PDF-1.7\n% an invented document\n%%EOF\n"


def reply(
    *,
    to: str,
    sender: str = "Invented Secretariat <desk@un-demo.example>",
    subject: str = "Your submission",
    text: str = "Your submission was received.",
    headers: dict[str, str] | None = None,
    html: str = "",
    pdf: bytes = b"",
) -> bytes:
    """The bytes of one mail, as its writer sends it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Message-ID"] = f"<{abs(hash((to, sender, subject, text)))}@un-demo.example>"
    message["Date"] = "Sat, 21 Nov 2026 08:00:00 +0000"
    for name, value in (headers or {}).items():
        del message[name]
        message[name] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    if pdf:
        message.add_attachment(pdf, maintype="application", subtype="pdf", filename="AL_IRN_1.pdf")
    return bytes(message).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def report(original: bytes, *, action: str = "failed", status: str = "5.1.1", recipient: str = "x@un.example") -> bytes:
    """A delivery report (RFC 3464) about `original`."""
    whole = MIMEMultipart("report", report_type="delivery-status")
    whole["From"], whole["To"] = "MAILER-DAEMON@un.example", "post@countersign.example"
    whole["Subject"], whole["Message-ID"] = "Undelivered Mail", f"<report-{action}@un.example>"
    whole["Auto-Submitted"] = "auto-replied"
    whole.attach(MIMEText("This is the mail system. Your message could not be delivered.\n"))
    fields = f"Reporting-MTA: dns; mx.un.example\n\nFinal-Recipient: rfc822; {recipient}\nAction: {action}\n"
    fields += f"Status: {status}\nDiagnostic-Code: smtp; 550 5.1.1 no such user\n"
    status_part = BytesParser().parsebytes(b"Content-Type: message/delivery-status\n\n" + fields.encode())
    whole.attach(status_part)
    whole.attach(MIMEMessage(BytesParser().parsebytes(original)))
    return whole.as_bytes().replace(b"\n", b"\r\n")


def receive(raw: bytes, **options: Any) -> IncomingMail:
    return actions.receive_mail(raw=raw, now=timezone.now(), **options)
