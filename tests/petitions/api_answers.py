"""The answers of the API as anybody reads them."""

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from petitions.models import Statement

LIST = "/statements/api/1/statements.json"


def detail(statement: Statement) -> str:
    return f"/statements/api/1/statements/{statement.slug}.json"


def names(statement: Statement) -> str:
    return f"/statements/api/1/statements/{statement.slug}/signatories.json"


def read(url: str) -> Any:
    response = Client().get(url)
    assert response.status_code == 200, response.content
    return response.json()


def queries(url: str) -> int:
    """How many queries the answer at `url` costs."""
    with CaptureQueriesContext(connection) as found:
        read(url)
    return len(found)
