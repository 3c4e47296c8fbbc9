"""What must hold before the site starts: nothing real leaves a development machine, what is acknowledged is durable."""

import logging
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from outbox.dialogue import is_loopback
from outbox.patience import current_patience, why_unsafe

logger = logging.getLogger(__name__)

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


def require_fit_for_mail() -> None:
    """What a worker asks before it begins: raises `ImproperlyConfigured` when no mail may leave here, logs what is
    merely unwise. Django's own checks do not stop a worker."""
    problems = [*check_mail_stays_here(None), *check_waits_are_safe(None)]
    problems += check_commits_are_durable(None, databases=["default"])
    for problem in problems:
        logger.log(problem.level, problem.msg)
    if errors := [problem.msg for problem in problems if problem.is_serious()]:
        raise ImproperlyConfigured(" ".join(errors))


def _find_careless(alias: str) -> list[CheckMessage]:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [[*DURABLE, "data_checksums"]])
        rows: list[tuple[str, str]] = cursor.fetchall()
    problems: list[CheckMessage] = []
    if ("data_checksums", "on") not in rows:
        hint = "Stop PostgreSQL and run pg_checksums --enable."
        problems.append(Warning("PostgreSQL would not notice a damaged disk.", hint=hint, id="outbox.W001"))
    return problems + [
        Error(
            f"PostgreSQL runs with {name} = {value}: what is acknowledged could be lost.",
            hint=f"Set {name} = on.",
            id="outbox.E003",
        )
        for name, value in rows
        if name in DURABLE and value not in DURABLE[name]
    ]
