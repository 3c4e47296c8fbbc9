import pytest

from outbox.delivery import drain
from tests.outbox.factories import MessageFactory
from tests.outbox.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db


def test_drain_sends_the_very_bytes_to_one_recipient(smtp_server: SmtpServer) -> None:
    message = MessageFactory(to_address="leyla@example.org", text=".a line that starts with a dot\n..two\n")
    assert drain(lane="post") == 1
    message.refresh_from_db()
    assert (message.state, message.attempts, message.lease_token) == ("sent", 1, None)
    assert message.sent_at is not None
    [accepted] = smtp_server.accepted
    assert accepted.sha256 == message.content_sha256
    assert accepted.recipients == ("leyla@example.org",)
