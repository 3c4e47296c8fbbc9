"""The moments at which a delivery can be cut off, in their order. In production nothing listens and nothing happens.

The chaos harness listens, to kill or freeze a worker exactly there; see `docs/outbox.md`.
"""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NAMES = (
    "claim",  # the claim is written, not committed
    "claimed",  # it is committed
    "rcpt",  # the recipient is accepted, DATA not sent
    "before_body",  # "go on" is heard and `committing` is committed
    "mid_body",  # half of the bytes are sent
    "after_dot",  # the final dot is sent, the answer not read
    "after_250",  # the answer is yes, not yet committed
    "committed",  # it is committed; Celery does not know that the task is done
)

_listener: Callable[[str], None] | None = None


def listen(listener: Callable[[str], None] | None) -> None:
    """Have `listener` called with each point's name in this process; None ends it. Refused in production."""
    if settings.IS_PRODUCTION:
        raise ImproperlyConfigured("nothing may listen to the outbox's points in production")
    global _listener
    _listener = listener


def passed(name: str) -> None:
    """A delivery has come to the point `name`."""
    if _listener is not None:
        _listener(name)
