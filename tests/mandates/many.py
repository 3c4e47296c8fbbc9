"""Many approved letters at once, written in bulk, and processes of their own that drain them."""

import hashlib
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from embedded.machine import ROOT
from mandates.models import ContactPoint, Delivery, Letter, LetterAddressee
from mandates.parcel import digest_of_recipient
from outbox.mime import build_mime
from outbox.models import Message
from tests.accounts.factories import UserFactory
from tests.mandates.factories import LetterFactory, MandateFactory

DRAINER = Path(__file__).parent / "drainer.py"


def queue_letters(count: int, *, mandates: int) -> None:
    """`count` letters, approved by a second person and waiting, spread evenly over as many mandates."""
    reachable = [MandateFactory.reachable() for _each in range(mandates)]
    points = [mandate.contact_points.get() for mandate in reachable]
    template, by = LetterFactory.complete(mandates=reachable[:1]), UserFactory.with_role("letter_author")
    for start in range(0, count, 1000):
        size = min(1000, count - start)
        _queue(template, [points[(start + n) % mandates] for n in range(size)], by.pk)


def _queue(template: Letter, points: list[ContactPoint], by: int) -> None:
    now = timezone.now()
    letters = Letter.objects.bulk_create(
        Letter(
            case_id=template.case_id,
            kind="allegation_letter",
            state="in_review",
            subject="One of many",
            author_id=template.author_id,
            edited_by_id=template.author_id,
            created_at=now,
            updated_at=now,
        )
        for _point in points
    )
    pairs = list(zip(letters, points, strict=True))
    LetterAddressee.objects.bulk_create(LetterAddressee(letter=ltr, mandate_id=p.mandate_id) for ltr, p in pairs)
    messages = Message.objects.bulk_create([_message(letter, point) for letter, point in pairs])
    deliveries = [
        Delivery(
            letter=letter,
            mandate_id=point.mandate_id,
            contact_point=point,
            message=message,
            mode="live",
            approved_sha256=message.content_sha256,
            recipient_digest=digest_of_recipient(point.value),
            created_at=now,
        )
        for (letter, point), message in zip(pairs, messages, strict=True)
    ]
    Delivery.objects.bulk_create(deliveries)
    for letter, point, delivery in zip(letters, points, deliveries, strict=True):
        letter.state, letter.approved_by_id, letter.approved_at = "approved", by, now
        digest = bytes(delivery.recipient_digest).hex()
        line = f"{point.mandate.slug} live {digest} {delivery.message.message_id} {delivery.approved_sha256}"
        letter.approved_sha256 = hashlib.sha256(f"letter {letter.pk}\n{line}".encode()).hexdigest()
    fields = ["state", "approved_by", "approved_at", "approved_sha256"]
    Letter.objects.bulk_update(letters, fields, batch_size=500)


def _message(letter: Letter, point: ContactPoint) -> Message:
    message_id = f"<{uuid.uuid4().hex}@countersign.example>"
    raw = build_mime(to=point.value, subject="One of many", text="x", message_id=message_id, now=letter.created_at)
    return Message(
        kind="letter",
        lane="letters",
        policy="once",
        to_address=point.value,
        message_id=message_id,
        raw=raw,
        content_sha256=hashlib.sha256(raw).hexdigest(),
        created_at=letter.created_at,
    )


@contextmanager
def drainers(number: int) -> Iterator[None]:
    """Real processes on this test's database and mail server, until the block ends."""
    database = connection.settings_dict
    own = (
        "SMTP_HOST SMTP_PORT DIGEST_KEY MANDATES_MODE MANDATES_CAP_PER_MANDATE_WEEK MANDATES_CAP_PER_RECIPIENT_DAY"
        " MANDATES_CAP_PER_HOUR MANDATES_CAP_PER_DAY"
    )
    environment = {
        **os.environ,
        **{name: str(getattr(settings, name)) for name in own.split()},
        "COUNTERSIGN_ENV": "test",
        "ADDRESS_KEYS": ",".join(settings.ADDRESS_KEYS),
        "DATABASE_URL": "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database),
        "LOG_LEVEL": "ERROR",
        "PYTHONPATH": str(ROOT),
    }
    processes = [
        subprocess.Popen([sys.executable, str(DRAINER)], env=environment, cwd=ROOT, stdin=subprocess.PIPE)
        for _each in range(number)
    ]
    try:
        yield
        assert [process.poll() for process in processes] == [None] * number, "a drainer died"
    finally:
        for process in processes:
            process.stdin.close()  # type: ignore[union-attr]  # there is one
            process.wait(60)


def wait_until_quiet(seconds: float) -> None:
    """Until nothing is due and nothing is under way."""
    stop_at = time.monotonic() + seconds
    while time.monotonic() < stop_at:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM outbox_message WHERE state IN ('sending', 'committing')"
                " OR (state IN ('queued', 'deferred') AND next_try_at <= clock_timestamp())"
            )
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.3)
    raise AssertionError("the drainers did not come to rest")


def let_time_pass(hours: float) -> None:
    """As if so many hours had gone by: all that happened, and all that waits, lies so much further back."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("ALTER TABLE mandates_departure DISABLE TRIGGER USER")
        cursor.execute("UPDATE mandates_departure SET departed_at = departed_at - %s * interval '1 hour'", [hours])
        cursor.execute("ALTER TABLE mandates_departure ENABLE TRIGGER USER")
        cursor.execute("UPDATE outbox_message SET next_try_at = next_try_at - %s * interval '1 hour'", [hours])
        cursor.execute("COMMIT")
