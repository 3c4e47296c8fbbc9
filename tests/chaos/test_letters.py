import hashlib

import pytest
from pytest_django import Settings

from mandates.models import Delivery, Letter
from mandates.sending import may_leave
from outbox.models import Message
from tests.chaos import letters

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def live(settings: Settings) -> None:
    settings.MANDATES_MODE = "live"


def test_write_many_makes_letters_that_may_leave_like_approved_ones() -> None:
    keys = letters.write_many(5, mandates=2)
    messages = list(Message.objects.filter(pk__in=keys))
    assert [may_leave(message) for message in messages] == [""] * 5
    assert len({message.message_id for message in messages}) == 5
    for message in messages:
        raw = bytes(message.raw or b"")
        delivery = Delivery.objects.select_related("letter", "contact_point").get(message=message)
        assert hashlib.sha256(raw).hexdigest() == message.content_sha256 == delivery.approved_sha256
        assert f"Message-ID: {message.message_id}\r\n".encode() in raw
        assert delivery.contact_point.value == message.to_address
        assert (delivery.letter.state, delivery.letter.author == delivery.letter.approved_by) == ("approved", False)


def test_mandates_have_domains_of_their_own() -> None:
    """Only one letter is on its way to a domain, and a death would hold up all others."""
    domains = [letters.reachable_mandate().contact_points.get().value.partition("@")[2] for _ in range(3)]
    assert len(set(domains)) == 3


def test_large_letter_is_as_large_as_asked() -> None:
    key, message_id = letters.write_large(1)
    message = Message.objects.get(pk=key)
    assert (message.message_id, len(bytes(message.raw or b"")) > 1024 * 1024) == (message_id, True)
    assert Letter.objects.filter(state="approved").count() == 2
