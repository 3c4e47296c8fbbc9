from pathlib import Path
from typing import Any

import pytest
from celery.signals import worker_init
from django.core.checks import Tags, run_checks
from django.db import connection

from tests.outbox.keys import dkim_key

pytestmark = pytest.mark.django_db


def found(**options: Any) -> list[str | None]:
    return [problem.id for problem in run_checks(**options) if str(problem.id).startswith("outbox.")]


@pytest.mark.parametrize("host", ["mail.example.org", "10.0.0.1", "0.0.0.0"])  # noqa: S104  an address to be refused
def test_check_refuses_a_mail_server_elsewhere_outside_production(settings: Any, host: str) -> None:
    assert found(tags=[Tags.security]) == []
    settings.SMTP_HOST = host
    assert found(tags=[Tags.security]) == ["outbox.E001"]
    settings.IS_PRODUCTION, settings.MAILBOX_DIR = True, ""
    assert found(tags=[Tags.security]) == []


def test_check_refuses_a_mailbox_in_production(settings: Any) -> None:
    settings.MAILBOX_DIR = "/somewhere"
    assert found(tags=[Tags.security]) == []
    settings.IS_PRODUCTION = True
    assert found(tags=[Tags.security]) == ["outbox.E002"]


def test_check_refuses_careless_commits_in_production(settings: Any) -> None:
    settings.IS_PRODUCTION = True
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = on")
        careful = found(tags=[Tags.database], databases=["default"])
        cursor.execute("SET LOCAL synchronous_commit = off")
        careless = found(tags=[Tags.database], databases=["default"])
    assert len(careless) == len(careful) + 1
    settings.IS_PRODUCTION = False
    assert found(tags=[Tags.database], databases=["default"]) == []


def test_check_warns_of_a_database_without_checksums(settings: Any) -> None:
    settings.IS_PRODUCTION = True
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_checksums")
        has_checksums = cursor.fetchone() == ("on",)
    assert ("outbox.W001" in found(tags=[Tags.database], databases=["default"])) is not has_checksums


@pytest.mark.django_db(transaction=True)
def test_worker_starts_only_where_mail_is_safe(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    worker_init.send(sender=None)
    settings.IS_PRODUCTION, settings.MAILBOX_DIR, settings.OUTBOX_PATIENCE = True, "", {"lease": 1.0}
    with pytest.raises(SystemExit, match="the lease must be longer"):
        worker_init.send(sender=None)
    assert "the lease must be longer" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_worker_does_not_start_on_a_database_that_forgets(settings: Any) -> None:
    """The tests' own engine is started with `fsync=off`, unless one was given."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW fsync")
        if cursor.fetchone() == ("on",):
            pytest.skip("the database given to the tests writes to disk")
    settings.IS_PRODUCTION, settings.MAILBOX_DIR = True, ""
    with pytest.raises(SystemExit, match="fsync = off"):
        worker_init.send(sender=None)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, ""),
        ({"DKIM_KEY": ""}, ""),
        ({"DKIM_KEY": "-----BEGIN PRIVATE KEY-----\nno\n-----END PRIVATE KEY-----\n"}, "cannot sign"),
        ({"DKIM_KEY": "no key at all"}, "cannot sign"),
        ({"DKIM_SELECTOR": ""}, "DKIM_SELECTOR is missing"),
        ({"DKIM_SELECTOR": "a b"}, "DKIM_SELECTOR is missing or no name"),
        ({"DKIM_DOMAIN": ""}, "DKIM_DOMAIN is missing"),
        ({"DKIM_DOMAIN": "elsewhere.example"}, "neither the domain"),
        ({"DKIM_DOMAIN": "tersign.example"}, "neither the domain"),
    ],
)
def test_check_names_a_signature_that_cannot_be_made(settings: Any, changed: dict[str, str], words: str) -> None:
    settings.DEFAULT_FROM_EMAIL = "Countersign <post@mail.countersign.example>"
    settings.DKIM_KEY, settings.DKIM_SELECTOR, settings.DKIM_DOMAIN = dkim_key()[0], "s1", "countersign.example"
    for name, value in changed.items():
        setattr(settings, name, value)
    problems = [problem for problem in run_checks(tags=[Tags.security]) if problem.id == "outbox.E005"]
    assert bool(problems) is bool(words)
    assert words in " ".join(problem.msg for problem in problems)


def test_check_names_evidence_that_leads_nowhere(settings: Any, tmp_path: Path) -> None:
    log = tmp_path / "mainlog"
    settings.EVIDENCE_LOG, settings.EVIDENCE_ARCHIVE = str(log), "imaps://user:secret@mail.example/INBOX"
    assert found(tags=[Tags.security]) == ["outbox.W002"]
    log.mkdir()
    assert found(tags=[Tags.security]) == ["outbox.W002"]
    log.rmdir()
    log.write_text("")
    assert found(tags=[Tags.security]) == []
    for url in ("imap://user:secret@mail.example/", "imaps://mail.example/", "imaps://u:p@/", "imaps://u:p@x:no/", "x"):
        settings.EVIDENCE_ARCHIVE = url
        [problem] = [problem for problem in run_checks(tags=[Tags.security]) if problem.id == "outbox.W003"]
        assert "secret" not in f"{problem.msg} {problem.hint}"
    settings.EVIDENCE_LOG = settings.EVIDENCE_ARCHIVE = ""
    assert found(tags=[Tags.security]) == []
