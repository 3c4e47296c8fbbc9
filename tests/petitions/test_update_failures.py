"""Updates that do not arrive: refused for good, put off, returned; and a mailbox that is proved again."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from outbox import delivery
from outbox.actions import record_bounce
from outbox.models import Message
from petitions.actions import confirm_code, heed_failures
from petitions.models import Signature, UpdateDelivery, UpdateReader
from petitions.news.readers import reader_digest
from tests.outbox.smtp_server import Fault, SmtpServer
from tests.petitions.factories import StatementFactory
from tests.petitions.mail import last_code
from tests.petitions.signing import request
from tests.petitions.updating import reader, released, send, written_to

pytestmark = pytest.mark.django_db


def test_a_mailbox_that_refuses_for_good_gets_no_more_until_it_is_proved(
    settings: Settings, smtp_server: SmtpServer
) -> None:
    settings.UPDATES_PER_WEEK, settings.UPDATES_FAILURES = 10, 2
    statement = StatementFactory.open()
    for name in ("gone", "full", "well"):
        reader(statement, f"{name}@people.example")
    now = timezone.now()
    for turn in range(2):
        released(statement)
        send(now=now + timedelta(minutes=turn))
        smtp_server.script("gone@people.example", Fault.REFUSE_RECIPIENT)
        smtp_server.script("full@people.example", Fault.DEFER_RECIPIENT)
        delivery.drain(lane=Message.Lane.POST)
        heed_failures(now=now)
    states = {str(row.to_address).split("@")[0]: row.state for row in Message.objects.filter(kind="update")}
    assert (states["gone"], states["well"]) == ("failed", "sent")
    unreachable = UpdateReader.objects.filter(unreachable_at__isnull=False)
    assert [bytes(row.digest) for row in unreachable] == [reader_digest("gone@people.example")]
    assert heed_failures(now=now) == 0
    released(statement)
    send(now=now + timedelta(minutes=5))
    assert written_to().count("gone@people.example") == 2
    assert written_to().count("full@people.example") == 3
    # The consent stays as it was given.
    assert Signature.objects.filter(statement=statement, wants_updates=True).count() == 3


def come_back(mail: Message, report: str) -> None:
    """The mail server took it, and returned it later."""
    now = timezone.now()
    Message.objects.filter(pk=mail.pk).update(state="sending", lease_token=mail.pk, lease_expires_at=now)
    Message.objects.filter(pk=mail.pk).update(state="committing")
    Message.objects.filter(pk=mail.pk).update(state="sent", sent_at=now, lease_token=None, lease_expires_at=None)
    record_bounce(message_id=mail.message_id, report=report, now=now)


def test_return_of_an_update_counts_as_a_failure_and_proving_the_mailbox_ends_it(settings: Settings) -> None:
    settings.UPDATES_FAILURES = 1
    statement, now = StatementFactory.open(), timezone.now()
    reader(statement, "ada@people.example")
    released(statement)
    send(now=now)
    come_back(Message.objects.get(kind="update"), "Status: 5.1.1 no such user")
    assert heed_failures(now=now) == 1
    update = released(statement)
    assert (send(now=now), update.deliveries.get().state) == (0, "passed_over")
    # The same person signs something else, and types the code that reached them.
    elsewhere = StatementFactory.open()
    confirm_code(ticket=request(elsewhere), code=last_code("ada@people.example"), now=now)
    assert UpdateReader.objects.get(unreachable_at__isnull=True).failures == 0
    released(statement)
    assert send(now=now + timedelta(minutes=1)) == 1


def test_a_refusal_of_us_is_not_held_against_the_mailbox(settings: Settings) -> None:
    settings.UPDATES_FAILURES = 1
    statement = StatementFactory.open()
    reader(statement, "ada@people.example")
    released(statement)
    send()
    come_back(Message.objects.get(kind="update"), "Status: 5.7.1 your server is on a list")
    assert heed_failures(now=timezone.now()) == 1
    assert UpdateReader.objects.get().unreachable_at is None
    assert UpdateDelivery.objects.get().failed_at is not None
