"""The mail server of a development machine: takes every mail, sends none on."""

import asyncio
import logging
import signal
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from outbox import mailbox

MOST_BYTES = 32 * 1024 * 1024


class Keeper:
    """Says 250 when the mail is on disk, not before."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        content = envelope.content
        if not isinstance(content, bytes):
            return "554 5.6.0 no content"
        try:
            await asyncio.to_thread(mailbox.keep, content, recipients=envelope.rcpt_tos)
        except OSError as error:
            return f"452 4.3.1 cannot write the mail: {error.strerror}"
        return "250 2.0.0 kept"


class Command(BaseCommand):
    help = "Keep all mail of this development machine in MAILBOX_DIR, until TERM or Ctrl-C"
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError("The local mailbox is for development: in production mail goes to a real mail server.")
        if not settings.MAILBOX_DIR:
            raise CommandError("MAILBOX_DIR is not set: name the folder that keeps the mail.")
        # aiosmtpd writes every address it hears to its log.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        try:
            asyncio.run(self._serve())
        except OSError as error:
            raise CommandError(f"The mailbox cannot listen on port {settings.SMTP_PORT}: {error.strerror}") from error

    async def _serve(self) -> None:
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        server = await loop.create_server(_conversation, "127.0.0.1", settings.SMTP_PORT)
        self.stdout.write(
            f"The local mailbox listens on 127.0.0.1:{settings.SMTP_PORT} and keeps mail in {settings.MAILBOX_DIR}"
        )
        self.stdout.flush()
        async with server:
            await stop.wait()


def _conversation() -> SMTP:
    return SMTP(
        Keeper(), hostname="localhost", ident="mailbox", data_size_limit=MOST_BYTES, loop=asyncio.get_running_loop()
    )
