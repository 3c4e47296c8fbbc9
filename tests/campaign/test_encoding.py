import pytest
from django.test import Client

from tests.petitions.factories import StatementFactory

pytestmark = pytest.mark.django_db

ODD_CODECS = ["unicode_escape", "raw_unicode_escape", "utf-7", "utf-16", "base64", "rot13", "undefined", "idna"]


@pytest.mark.parametrize("codec", ODD_CODECS)
def test_query_is_read_as_utf8_whatever_is_declared(client: Client, codec: str) -> None:
    path = f"/statements/{StatementFactory.open().slug}/signatories/"
    page = client.generic("GET", path, content_type=f"text/plain; charset={codec}", QUERY_STRING="q=%5Cud800+%D8%B3")
    assert page.status_code == 200
    assert 'value="\\ud800 س"' in page.content.decode()


@pytest.mark.parametrize("codec", ODD_CODECS)
def test_form_is_read_as_utf8_whatever_is_declared(client: Client, codec: str) -> None:
    body = '--b\r\nContent-Disposition: form-data; name="name"\r\n\r\n\\ud800 س\r\n--b--\r\n'.encode()
    path = f"/statements/{StatementFactory.open().slug}/sign/"
    page = client.generic("POST", path, body, content_type=f"multipart/form-data; boundary=b; charset={codec}")
    assert page.status_code == 422
    assert 'value="\\ud800 س"' in page.content.decode()
