"""When the database does not answer: 503, and what was typed stays in the page."""

import psycopg
import pytest
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client, RequestFactory
from django.urls import reverse

from campaign.views import errors
from tests.petitions.factories import StatementFactory
from tests.petitions.signing import fill

pytestmark = pytest.mark.django_db


def test_s7_form_is_kept_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    statement = StatementFactory.open()
    typed = fill(statement, name='Ada "Invented" <b>', comment="Because.")
    client = Client(raise_request_exception=False)

    def away(*args: object, **kwargs: object) -> None:
        raise OperationalError("the connection is lost") from psycopg.OperationalError("the connection is lost")

    monkeypatch.setattr(BaseDatabaseWrapper, "cursor", away)
    response = client.post(reverse("petitions:statement_sign", args=[statement.slug]), typed)
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    html = response.content.decode()
    assert 'name="name" value="Ada &quot;Invented&quot; &lt;b&gt;"' in html
    assert 'name="comment" value="Because."' in html
    read = client.get(reverse("petitions:statement_list"))
    assert (read.status_code, b"<form" in read.content) == (503, False)


def test_password_is_not_sent_back(rf: RequestFactory) -> None:
    try:
        raise OperationalError
    except OperationalError:
        response = errors.server_error(rf.post("/", {"login": "ada", "password": "a secret"}))
    assert b'value="ada"' in response.content
    assert b"a secret" not in response.content


def test_other_faults_stay_faults(rf: RequestFactory) -> None:
    try:
        raise ValueError
    except ValueError:
        assert errors.server_error(rf.post("/", {"name": "ada"})).status_code == 500
