"""`manage.py receive_mail < mail`: the mail server's pipe, for example in /etc/aliases.

    replies: "|/srv/countersign/.venv/bin/python /srv/countersign/manage.py receive_mail"

Exit codes are those of sysexits.h, which mail servers read: 0 kept, 75 keep it and try again later, 69 too large: the
sender is told.
"""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from mandates.actions import receive_mail
from mandates.actions.incoming import LARGEST

EX_UNAVAILABLE = 69
EX_TEMPFAIL = 75


class Command(BaseCommand):
    help = "Takes one mail from standard input and puts it on the letter it answers."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--recipient", default="", help="the envelope's recipient, where the mail does not say it")

    def handle(self, *args: Any, recipient: str, **options: Any) -> None:
        raw = sys.stdin.buffer.read(LARGEST + 1)
        if not raw.strip():
            sys.exit(EX_TEMPFAIL)
        try:
            mail = receive_mail(raw=_addressed(raw, recipient), now=timezone.now())
        except Exception as error:
            # Whatever it was, the mail is not kept: the server must keep it and come again.
            self.stderr.write(f"not kept: {type(error).__name__}")
            sys.exit(EX_TEMPFAIL)
        if not mail.is_whole:
            sys.exit(EX_UNAVAILABLE)


def _addressed(raw: bytes, recipient: str) -> bytes:
    """The mail with its envelope's recipient on top, as servers write it when they deliver into a file."""
    address = "".join(recipient.split())
    return f"Delivered-To: {address}\r\n".encode() + raw if address else raw
