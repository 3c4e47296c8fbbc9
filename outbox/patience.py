"""How long the outbox waits, and why shorter waits would be unsafe."""

from dataclasses import dataclass, fields

from django.conf import settings


@dataclass(frozen=True)
class Patience:
    """Seconds. After the final dot ten minutes, as RFC 5321 section 4.5.3.2.6 asks.

    `lease`: how long a worker holds a message before others may take it back; `drain`: how long one drain goes on
    claiming.
    """

    connect: float = 10
    command: float = 60
    body: float = 120
    after_dot: float = 600
    lease: float = 900
    drain: float = 20


def current_patience() -> Patience:
    """The waits of this installation: the defaults, and over them `OUTBOX_PATIENCE`. Raises `ValueError`."""
    given: dict[str, float] = settings.OUTBOX_PATIENCE
    unknown = set(given) - {field.name for field in fields(Patience)}
    if unknown:
        raise ValueError(f"OUTBOX_PATIENCE knows no {', '.join(sorted(unknown))}")
    return Patience(**given)


def why_unsafe(patience: Patience) -> str:
    """Why a letter could leave twice, or be given up too early, with these waits; "" when it cannot."""
    if patience.lease <= patience.body + patience.after_dot:
        return "the lease must be longer than the body and the wait after the dot: a second worker could send meanwhile"
    if patience.lease >= settings.EVIDENCE_GRACE:
        return "EVIDENCE_GRACE must be longer than the lease: a worker could still be handing over"
    if patience.after_dot < 600 or settings.OUTBOX_MINUTE < 60:
        return "after the dot a server has ten minutes (RFC 5321), and a minute lasts sixty seconds"
    return ""
