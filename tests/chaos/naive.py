"""The control: what a sender does that sends first and marks afterwards. Ends when nothing is left to send."""

import os
import smtplib
from pathlib import Path

import django

django.setup()

from django.conf import settings

from outbox.mime import our_address
from outbox.models import Message
from tests.chaos.killing import strike

FOLDER = Path(os.environ["CHAOS_FOLDER"])
MARKS = FOLDER / "naive-marks"


def send(message: Message) -> None:
    with smtplib.SMTP(settings.SMTP_HOST, settings.SMTP_PORT, timeout=10) as server:
        server.sendmail(our_address(), [str(message.to_address)], bytes(message.raw or b""))
    strike("after_250")
    # Its mark, on disk; the outbox's own states would not let it say "sent" so.
    with MARKS.open("a") as marks:
        marks.write(f"{message.pk}\n")
        marks.flush()
        os.fsync(marks.fileno())


if __name__ == "__main__":
    MARKS.touch()
    marked = set(MARKS.read_text().split())
    letters = (FOLDER / "naive-letters").read_text().split()
    for one in Message.objects.filter(pk__in=set(letters) - marked):
        send(one)
