"""A member of the public in front of the form."""

from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from petitions.actions import (
    Typed,
    find_ticket,
    request_signature,
)
from petitions.models import SigningTicket, Statement

ADDRESS = "ada@people.example"


def fill(statement: Statement, **fields: Any) -> dict[str, Any]:
    text = statement.current_version().text_to_sign("en")  # type: ignore[union-attr]  # there is one
    assert text is not None
    return {
        "fingerprint": text.sha256,
        "name": "Ada Invented",
        "email": ADDRESS,
        "country": "NL",
        "display": "full",
        **fields,
    }


def sign(client: Client, statement: Statement, **fields: Any) -> Any:
    return client.post(reverse("petitions:statement_sign", args=[statement.slug]), fill(statement, **fields))


def request(statement: Statement, **fields: Any) -> SigningTicket:
    text = statement.current_version().text_to_sign("en")  # type: ignore[union-attr]  # there is one
    assert text is not None
    typed = Typed(**{"email": ADDRESS, "name": "Ada Invented", "country": "NL", **fields})
    secret = request_signature(statement=statement, text=text, typed=typed, language="en", rush="", now=timezone.now())
    ticket = find_ticket(secret=secret)
    assert ticket is not None
    return ticket
