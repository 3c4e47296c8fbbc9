from typing import Any

import pytest
from django.core.checks import Tags, run_checks
from django.db import connection

pytestmark = pytest.mark.django_db


def found(**options: Any) -> list[str | None]:
    return [problem.id for problem in run_checks(**options) if str(problem.id).startswith("outbox.")]


@pytest.mark.parametrize("host", ["mail.example.org", "10.0.0.1", "0.0.0.0"])  # noqa: S104
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
