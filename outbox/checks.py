"""What must hold before the site starts: nothing real leaves a development machine, what is acknowledged is durable."""

import logging
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from outbox.dialogue import is_loopback
from outbox.mime import our_domain
from outbox.patience import current_patience, why_unsafe
from outbox.signing import UnsignableError, sign

logger = logging.getLogger(__name__)

_LABELS = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?)*")
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


def check_signing_works(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """With a DKIM key, a trial signature: nothing is built while the key, the selector or the domain is wrong."""
    if not settings.DKIM_KEY:
        return []
    faults = {
        "DKIM_SELECTOR is missing or no name": not _LABELS.fullmatch(settings.DKIM_SELECTOR),
        "DKIM_DOMAIN is missing or no name": not _LABELS.fullmatch(settings.DKIM_DOMAIN),
        "DKIM_DOMAIN is neither the domain of DEFAULT_FROM_EMAIL nor one above it": not f".{our_domain()}".endswith(
            f".{settings.DKIM_DOMAIN.lower()}"
        ),
    }
    wrong = [words for words, is_wrong in faults.items() if is_wrong]
    try:
        sign(b"From: x@x.example\r\n\r\nx\r\n")
    except UnsignableError as error:
        wrong.append(f"the key of DKIM_KEY_FILE cannot sign: {error}")
    hint = "See DKIM_KEY_FILE, DKIM_SELECTOR and DKIM_DOMAIN in .env.example."
    return [Error(f"No e-mail can be signed: {words}.", hint=hint, id="outbox.E005") for words in wrong]


def check_evidence_can_be_asked(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Sources of evidence that lead nowhere: every letter in doubt would wait for a person. No network is asked."""
    problems: list[CheckMessage] = []
    if settings.EVIDENCE_LOG:
        try:
            Path(settings.EVIDENCE_LOG).open("rb").close()
        except OSError as error:
            hint = "It is the main log of the mail server; the workers' account must be allowed to read it."
            problems.append(Warning(f"EVIDENCE_LOG cannot be read: {error}.", hint=hint, id="outbox.W002"))
    if settings.EVIDENCE_ARCHIVE and not _is_mailbox(settings.EVIDENCE_ARCHIVE):
        hint = "imaps://user:password@host/folder; the password may be in it, so it is not shown here."
        problems.append(Warning("EVIDENCE_ARCHIVE is no address of a mailbox.", hint=hint, id="outbox.W003"))
    return problems


def require_fit_for_mail() -> None:
    """What a worker asks before it begins: raises `ImproperlyConfigured` when no mail may leave here, logs what is
    merely unwise. Django's own checks do not stop a worker."""
    problems = [*check_mail_stays_here(None), *check_waits_are_safe(None), *check_signing_works(None)]
    problems += check_evidence_can_be_asked(None)
    problems += check_commits_are_durable(None, databases=["default"])
    for problem in problems:
        logger.log(problem.level, problem.msg)
    if errors := [problem.msg for problem in problems if problem.is_serious()]:
        raise ImproperlyConfigured(" ".join(errors))


def _is_mailbox(url: str) -> bool:
    """Whether `url` is what `outbox.evidence.archive` can open."""
    try:
        parts = urlsplit(url)
        is_safe = parts.scheme == "imaps" or (parts.scheme == "imap" and is_loopback(parts.hostname or ""))
        return bool(is_safe and parts.hostname and parts.username and parts.port != 0)
    except ValueError:
        return False


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
