"""S6: what opens every link of a mail before its reader does confirms nothing. SCANS=10000 for the full number."""

import os
from itertools import cycle, islice

import pytest
from django.test import Client
from django.urls import reverse

from petitions.models import Signature, SigningTicket
from tests.petitions.factories import StatementFactory
from tests.petitions.mail import last_body, last_code, last_token
from tests.petitions.signing import ADDRESS, sign

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(900)]

SCANS = int(os.environ.get("SCANS", "400"))
AS_SCANNERS_ASK: list[tuple[str, dict[str, str]]] = [
    ("GET", {"user-agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"}),
    ("HEAD", {"user-agent": "BarracudaCentral"}),
    ("GET", {"user-agent": "Mozilla/5.0 Outlook SafeLinks", "x-forwarded-proto": "https"}),
    ("GET", {"sec-purpose": "prefetch"}),
    ("GET", {"sec-purpose": "prefetch;prerender", "sec-fetch-user": "?1"}),
    ("GET", {"purpose": "prefetch", "x-moz": "prefetch"}),
    ("GET", {"range": "bytes=0-1023"}),
    ("GET", {"if-none-match": "*", "cache-control": "no-cache"}),
    ("OPTIONS", {"access-control-request-method": "POST", "origin": "https://elsewhere.example"}),
    ("GET", {"referer": "https://mail.example/inbox", "x-requested-with": "com.android.browser"}),
]


def places() -> list[str]:
    """All that a scanner finds in the mail, and the page that the form led to."""
    token = last_token(ADDRESS)
    assert token in last_body(ADDRESS)
    ticket = reverse("petitions:signature_link", args=[token])
    return [ticket, f"{ticket}?utm_source=mail", f"/fa{ticket}", reverse("petitions:signature_disown", args=[token])]


def test_s6_scanners_confirm_nothing_and_the_code_still_works(client: Client) -> None:
    shown = sign(client, StatementFactory.open())["Location"]
    # A scanner keeps no cookie and knows no token of a form: its POST, too, is a stranger's.
    scanner = Client(enforce_csrf_checks=True)
    before = SigningTicket.objects.get().__dict__
    tries = [(how, where) for where in [*places(), shown] for how in AS_SCANNERS_ASK]
    for (method, headers), where in islice(cycle(tries), SCANS):
        answer = scanner.generic(method, where, headers=headers)
        assert answer.status_code in {200, 403, 405}, (method, where, answer.status_code)
    assert scanner.post(places()[0]).status_code == 403
    after = SigningTicket.objects.get().__dict__
    assert Signature.objects.count() == 0
    assert {name: value for name, value in after.items() if before[name] != value} == {"_state": after["_state"]}
    client.post(shown, {"code": last_code(ADDRESS)})
    assert Signature.objects.count() == 1
