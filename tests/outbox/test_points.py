from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from outbox import points
from outbox.delivery import drain
from outbox.models import Message
from tests.outbox.factories import MessageFactory
from tests.outbox.smtp_server import SmtpServer


@pytest.fixture(autouse=True)
def deaf_again() -> Iterator[None]:
    yield
    points.listen(None)


@pytest.mark.django_db(transaction=True)
def test_points_are_passed_in_their_order_each_at_its_moment(smtp_server: SmtpServer) -> None:
    MessageFactory.letter()
    seen: list[tuple[str, str, bool, int]] = []

    def look(name: str) -> None:
        state = Message.objects.values_list("state", flat=True).get()
        seen.append((name, state, connection.in_atomic_block, smtp_server.book.commands["DATA"]))

    points.listen(look)
    assert drain(lane="letters") == 1
    assert [row[0] for row in seen] == list(points.NAMES)
    assert seen == [
        ("claim", "sending", True, 0),
        ("claimed", "sending", False, 0),
        ("rcpt", "sending", False, 0),
        ("before_body", "committing", False, 1),
        ("mid_body", "committing", False, 1),
        ("after_dot", "committing", False, 1),
        ("after_250", "committing", False, 1),
        ("committed", "sent", False, 1),
    ]


def test_points_let_nobody_listen_in_production(settings: Any) -> None:
    settings.IS_PRODUCTION = True
    with pytest.raises(ImproperlyConfigured):
        points.listen(print)
    points.passed("claim")
