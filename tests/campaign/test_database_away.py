"""S7, as a person meets it: the database dies under a page. It says so, says when to come back, and keeps the form."""

from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from petitions.models import SigningTicket, Statement
from tests.petitions.factories import StatementFactory
from tests.petitions.signing import fill

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def statement() -> Statement:
    return StatementFactory.open()


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture(autouse=True)
def whole_again() -> Iterator[None]:
    yield
    connection.close()


def kill_connection() -> None:
    with pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.mark.parametrize("language", ["", "/fa"])
def test_s7_a_page_says_that_it_is_soon_back(client: Client, language: str) -> None:
    kill_connection()
    answer = client.get(f"{language}/statements/")
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "10", "no-store")
    assert "<form" not in answer.content.decode()


def test_s7_what_was_typed_is_sent_again_with_one_press(client: Client, statement: Statement) -> None:
    path = reverse("petitions:statement_sign", args=[statement.slug])
    typed = fill(statement, comment='"For life" & <b>law</b>')
    kill_connection()
    answer = client.post(path, typed)
    assert answer.status_code == 503
    page = answer.content.decode()
    assert f'<form method="post" action="{path}">' in page
    assert '<input type="hidden" name="comment" value="&quot;For life&quot; &amp; &lt;b&gt;law&lt;/b&gt;">' in page
    assert page.count('type="hidden"') == len(typed)

    connection.close()
    assert client.post(path, typed).status_code == 302
    assert SigningTicket.objects.count() == 1


def test_s7_no_password_and_no_half_of_an_upload_is_kept(client: Client, statement: Statement) -> None:
    path = reverse("petitions:statement_sign", args=[statement.slug])
    for secret in ({"password": "a long word of hers"}, {"scan": SimpleUploadedFile("scan.pdf", b"%PDF-")}):
        kill_connection()
        answer = client.post(path, {"name": "Ada", **secret})
        assert answer.status_code == 503
        assert "hidden" not in answer.content.decode()
        assert "go back, and send it again" in answer.content.decode()
        connection.close()
