import logging
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.module_loading import import_string

pytestmark = pytest.mark.django_db
SECRET = "s3cret-" + "x" * 36


@pytest.mark.parametrize("what", ["signature", "follow"])
@pytest.mark.parametrize("step", ["link", "disown", "confirm", "resend"])
def test_log_of_refused_request_holds_no_secret(caplog: pytest.LogCaptureFixture, what: str, step: str) -> None:
    response = Client(enforce_csrf_checks=True).post(reverse(f"petitions:{what}_{step}", args=[SECRET]))
    assert response.status_code == 403
    lines = [formatter().format(record) for record in caplog.records]
    assert any("/[secret]/" in line for line in lines)
    assert not any(SECRET in line for line in lines)


@pytest.mark.parametrize("name", ["updates_stop", "follow_stop"])
def test_log_of_a_way_out_of_news_holds_no_secret(caplog: pytest.LogCaptureFixture, name: str) -> None:
    assert Client().post(reverse(f"petitions:{name}", args=[SECRET])).status_code == 404
    lines = [formatter().format(record) for record in caplog.records]
    assert any("/[secret]/" in line for line in lines)
    assert not any(SECRET in line for line in lines)


def test_log_of_an_invitation_holds_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    assert Client().get(reverse("petitions:invitation_open", args=[SECRET])).status_code == 404
    lines = [formatter().format(record) for record in caplog.records]
    assert any("/next/[secret]/" in line for line in lines)
    assert not any(SECRET in line for line in lines)


def test_log_of_password_link_and_of_errors_holds_no_secret() -> None:
    try:
        raise ValueError(f"/fa/account/password/reset/key/{SECRET}/")
    except ValueError as error:
        told = (ValueError, error, error.__traceback__)
    record = logging.LogRecord("web", logging.ERROR, "", 1, "at /account/confirm-email/%s/", (SECRET,), told)
    line = formatter().format(record)
    assert "confirm-email/[secret]/" in line
    assert "ValueError: /fa/account/password/reset/key/[secret]/" in line
    assert SECRET not in line


def formatter() -> logging.Formatter:
    """The one that the settings name."""
    logged: dict[str, Any] = settings.LOGGING
    options = dict(logged["formatters"]["line"])
    made: logging.Formatter = import_string(options.pop("()"))(**options)
    return made
