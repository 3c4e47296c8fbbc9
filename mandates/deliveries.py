"""What the desk of deliveries shows: every letter on its way to an address, by what it waits for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mandates.caps import CAPS
from mandates.models import Delivery, Departure
from outbox.models import Message

State = Message.State
PER_PAGE = 50
SHOWN_DONE = 30
LABELS = {timedelta(hours=1): _("Letters left in the last hour"), timedelta(days=1): _("Letters left in the last day")}


@dataclass(frozen=True)
class Piles:
    """`waiting` by the page, the next to leave first; the others whole or, where they grow for ever, the latest."""

    uncertain: list[Delivery]
    waiting: "Page[Delivery]"
    underway: list[Delivery]
    returned: list[Delivery]
    held: list[Delivery]
    sent: list[Delivery]


@dataclass(frozen=True)
class Room:
    """How much of a cap is used at this moment, by what leaves in the present mode."""

    label: "str | Promise"
    used: int
    limit: int


def read_deliveries(*, page: str | None, now: datetime) -> Piles:
    """Every pile in a constant number of queries. Dry runs count as held: they never leave."""
    waiting = _in(State.QUEUED, State.DEFERRED).order_by("message__next_try_at", "message__priority", "pk")
    return Piles(
        uncertain=list(_in(State.UNCERTAIN).order_by("pk")),
        waiting=Paginator(waiting, PER_PAGE).get_page(page),
        underway=list(_in(State.SENDING, State.COMMITTING).order_by("pk")),
        returned=list(_in(State.FAILED, *_bounced()).order_by("-pk")[:SHOWN_DONE]),
        held=list(_in(State.CANCELLED).order_by("-pk")[:SHOWN_DONE]),
        sent=list(_in(State.SENT).order_by("-message__sent_at")[:SHOWN_DONE]),
    )


def read_rooms(*, now: datetime) -> list[Room]:
    """The caps that hold for all letters together; those per mandate and address show with what waits for them."""
    modes = [Delivery.Mode.LIVE, Delivery.Mode.REDIRECT]
    return [
        Room(
            LABELS[cap.window],
            max(Departure.objects.filter(mode=mode, departed_at__gt=now - cap.window).count() for mode in modes),
            cap.limit,
        )
        for cap in CAPS
        if not cap.scope
    ]


def _bounced() -> list[str]:
    return [value for value in State.values if value == "bounced"]


def _in(*states: str) -> "QuerySet[Delivery]":
    found = Delivery.objects.filter(message__state__in=states)
    # The bytes lie encrypted; a list has no use for them.
    return (
        found.select_related("letter__case__person", "mandate", "contact_point", "message")
        .prefetch_related("letter__case__person__names")
        .defer("plain", "message__raw", "message__to_address")
    )
