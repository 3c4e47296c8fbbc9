"""Members of the public in a hurry: each fills in the form, takes the code from the outbox, and types it; over HTTP.

An answer that is an error, or none at all, is met as a person would: by sending the same again.
"""

import http.client
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from urllib.parse import urlencode

from django.db import DatabaseError, connection
from django.utils import timezone

from outbox.models import Message

CSRF = "rush" * 8
PATIENCE = 240.0
LETTERS = "abcdefghij"


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    body: str


class Browser:
    """One connection that is opened again when it breaks, or a new one each time, as a proxy makes them.

    It comes from a network of its own.
    """

    def __init__(
        self,
        port: int,
        *,
        network: int,
        errors: Counter[str],
        keeps_connection: bool = True,
        on_press: Callable[[], None] = lambda: None,
    ) -> None:
        self._port, self.errors, self._keeps_connection = port, errors, keeps_connection
        # Called for each sending of a code, those that are sent again too.
        self._on_press = on_press
        self._connection: http.client.HTTPConnection | None = None
        self.network = network

    def send(self, path: str, **fields: str) -> Answer:
        """The first answer that is no error of the server. Raises `TimeoutError` when none comes in time."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                answer = self._send_once(path, fields)
            except (OSError, http.client.HTTPException) as error:
                self.errors[type(error).__name__] += 1
                self.close()
            else:
                if answer.status < 500:
                    return answer
                self.errors[str(answer.status)] += 1
                if fields and answer.status == 503 and not all(value in answer.body for value in fields.values()):
                    self.errors["form lost"] += 1
            time.sleep(0.2)
        raise TimeoutError(path)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _send_once(self, path: str, fields: dict[str, str]) -> Answer:
        if "code" in fields:
            self._on_press()
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        address = f"10.{self.network >> 8 & 255}.{self.network & 255}.7"
        headers = {"Cookie": f"csrftoken={CSRF}", "X-Forwarded-For": address}
        if not self._keeps_connection:
            headers["Connection"] = "close"
        body = None
        if fields:
            body = urlencode({"csrfmiddlewaretoken": CSRF, **fields})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request("POST" if fields else "GET", path, body, headers)
        response = self._connection.getresponse()
        text = response.read().decode()
        if not self._keeps_connection:
            self.close()
        return Answer(response.status, response.getheader("Location") or "", text)


@dataclass
class Mailman:
    """Reads the outbox once for all: the code last sent to each address."""

    patience: float = PATIENCE
    codes: dict[str, str] = field(default_factory=dict)
    _seen: set[object] = field(default_factory=set)
    _over: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        since = timezone.now() - timedelta(minutes=1)
        while not self._over.is_set():
            began = timezone.now()
            with suppress(DatabaseError):
                fresh = Message.objects.filter(created_at__gt=since).values_list("pk", flat=True)
                wanted = [key for key in fresh if key not in self._seen]
                for row in Message.objects.filter(pk__in=wanted):
                    self._deliver(row)
                # A transaction may commit later than it began.
                since = began - timedelta(seconds=60)
            connection.close()
            self._over.wait(0.1)

    def stop(self) -> None:
        self._over.set()

    def _deliver(self, row: Message) -> None:
        self._seen.add(row.pk)
        body = message_from_bytes(bytes(row.raw or b""), policy=default).get_body(("plain",))
        if body and (code := re.search(r"\b(\d{6})\b", str(body.get_content()))):
            self.codes[str(row.to_address)] = code[1]

    def wait_for(self, address: str) -> str:
        deadline = time.monotonic() + self.patience
        while address not in self.codes:
            if time.monotonic() > deadline:
                raise TimeoutError(address)
            time.sleep(0.02)
        return self.codes[address]


def sign(browser: Browser, mailman: Mailman, *, path: str, number: int) -> int:
    """Signs as the person `number`; the key of the signature that the site acknowledged."""
    address = address_of(number)
    page = browser.send(f"{path}sign/")
    fingerprint = re.search(r'name="fingerprint" value="(\w{64})"', page.body)
    assert fingerprint, page.status
    answer = browser.send(
        f"{path}sign/",
        name=f"Invented {''.join(LETTERS[int(digit)] for digit in str(number))}",
        email=address,
        country="NL",
        display="full",
        fingerprint=fingerprint[1],
    )
    assert answer.status == 302, (answer.status, answer.body[:400])
    code = mailman.wait_for(address)
    for _ in range(5):
        done = browser.send(answer.location, code=code)
        if done.status == 302:
            found = re.search(r"/signatures/(\d+)/", done.location)
            assert found, done.location
            return int(found[1])
        code = mailman.wait_for(address)
    raise AssertionError((number, done.status))


def address_of(number: int) -> str:
    return f"rush{number}@people.example"
