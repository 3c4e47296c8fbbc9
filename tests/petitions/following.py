"""Somebody in front of the small form below a case or a statement."""

from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Case
from petitions.actions import find_following, request_following
from petitions.models import SigningTicket, Statement
from petitions.templatetags.petitions import follow_url

ADDRESS = "ada@people.example"


def follow(client: Client, about: Statement | Case, email: str = ADDRESS, **extra: Any) -> Any:
    return client.post(follow_url(about), {"email": email}, **extra)


def ask(about: Statement | Case, address: str = ADDRESS) -> SigningTicket:
    """A filled-in form that waits for its code."""
    secret = request_following(about=about, address=address, wording="Write.", language="en", now=timezone.now())
    ticket = find_following(secret=secret)
    assert ticket is not None
    return ticket


def stop_url(token: str) -> str:
    return reverse("petitions:follow_stop", args=[token])
