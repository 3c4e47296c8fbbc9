"""S6: what opens every link of a mail before its reader does confirms nothing. SCANS=10000 for the full number."""

import os
import re
from itertools import cycle, islice
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from petitions.models import Signature, SigningTicket
from tests.petitions.factories import StatementFactory
from tests.petitions.mail import last_body, last_code, last_token
from tests.petitions.signing import ADDRESS, sign

SCANS = int(os.environ.get("SCANS", "400"))
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(900 + SCANS // 5)]
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
    """Every address in the mail, as it stands and as scanners alter it, and where its pages' buttons lead."""
    found = [urlsplit(url).path for url in re.findall(r"https?://\S+", last_body(ADDRESS))]
    link = reverse("petitions:signature_link", args=[last_token(ADDRESS)])
    assert link in found
    return [*found, f"{link}?utm_source=mail", f"/fa{link}", f"{link}not-me/"]


def test_s6_scanners_confirm_nothing_and_the_code_still_works(client: Client) -> None:
    shown = sign(client, StatementFactory.open())["Location"]
    # A scanner keeps no cookie and knows no token of a form: its POST, too, is a stranger's.
    scanner = Client(enforce_csrf_checks=True)
    before = SigningTicket.objects.values().get()
    tries = [(how, where) for where in [*places(), shown] for how in AS_SCANNERS_ASK]
    for (method, headers), where in islice(cycle(tries), SCANS):
        answer = scanner.generic(method, where, headers=headers)
        assert answer.status_code in {200, 403, 405}, (method, where, answer.status_code)
    assert scanner.post(reverse("petitions:signature_link", args=[last_token(ADDRESS)])).status_code == 403
    assert (Signature.objects.count(), SigningTicket.objects.values().get()) == (0, before)
    client.post(shown, {"code": last_code(ADDRESS)})
    assert Signature.objects.count() == 1
