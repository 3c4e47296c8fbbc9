"""What must hold before the site starts: nothing real leaves a development machine, what is acknowledged is durable."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import connections

from outbox.dialogue import is_loopback
from outbox.patience import current_patience, why_unsafe

# `off` answers before the disk has it; every other value flushes here first.
DURABLE = {
    "fsync": {"on"},
    "full_page_writes": {"on"},
    "synchronous_commit": {"on", "local", "remote_write", "remote_apply"},
}


def check_mail_stays_here(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Outside production mail goes to this machine only; in production nobody reads it in a browser."""
    problems: list[CheckMessage] = []
    if not settings.IS_PRODUCTION and not is_loopback(settings.SMTP_HOST):
        problems.append(
            Error(
                f"SMTP_HOST is {settings.SMTP_HOST!r}, which is not this machine.",
                hint="Outside production mail must not leave the machine: use 127.0.0.1.",
                id="outbox.E001",
            )
        )
    if settings.IS_PRODUCTION and settings.MAILBOX_DIR:
        problems.append(
            Error(
                "MAILBOX_DIR is set in production: everybody could read the mail in it.",
                hint="Leave MAILBOX_DIR empty.",
                id="outbox.E002",
            )
        )
    return problems


def check_waits_are_safe(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """In production no wait may be so short that a letter could leave twice."""
    try:
        patience = current_patience()
        reason = why_unsafe(patience) if settings.IS_PRODUCTION else ""
    except ValueError as error:
        reason = str(error)
    hint = "See OUTBOX_PATIENCE, OUTBOX_MINUTE and EVIDENCE_GRACE in .env.example."
    return [Error(f"The outbox cannot wait so: {reason}.", hint=hint, id="outbox.E004")] if reason else []


def check_commits_are_durable(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **options: Any
) -> list[CheckMessage]:
    """In production PostgreSQL must write to disk before it says "committed"; runs with `migrate` and `check`."""
    if not settings.IS_PRODUCTION:
        return []
    return [problem for alias in databases or [] for problem in _find_careless(alias)]


def _find_careless(alias: str) -> list[CheckMessage]:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(DURABLE)])
        rows: list[tuple[str, str]] = cursor.fetchall()
    return [
        Error(
            f"PostgreSQL runs with {name} = {value}: what is acknowledged could be lost.",
            hint=f"Set {name} = on.",
            id="outbox.E003",
        )
        for name, value in rows
        if value not in DURABLE[name]
    ]
