"""What the desk of deliveries shows: every letter on its way to an address, by what it waits for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mandates.caps import CAPS
from mandates.lookup import letters_found
from mandates.models import Delivery, Departure, Letter
from mandates.sections import Label, Section, count_sections, in_section
from outbox.models import Message

State = Message.State
PER_PAGE = 20
WINDOWS = {timedelta(hours=1): _("Letters left in the last hour"), timedelta(days=1): _("Letters left in the last day")}

# In the order in which they ask for somebody. Dry runs count as held: they never leave.
LABELS = (
    Label("uncertain", _("Nobody knows whether these arrived: please decide")),
    Label("waiting", _("Waiting to leave")),
    Label("underway", _("Being sent at this moment")),
    Label("returned", _("Refused or returned")),
    Label("held", _("Held back before they left")),
    Label("sent", _("Taken by the mail server")),
)
STATES = {
    "uncertain": [State.UNCERTAIN],
    "waiting": [State.QUEUED, State.DEFERRED],
    "underway": [State.SENDING, State.COMMITTING],
    "returned": [State.FAILED, State.BOUNCED],
    "held": [State.CANCELLED],
    "sent": [State.SENT],
}


@dataclass(frozen=True)
class DeliveryDesk:
    """`items` are the deliveries of `page`, each with its section: the first to leave first, else the latest."""

    sections: list[Section]
    page: "Page[Delivery]"
    items: list[tuple[Delivery, Label]]


@dataclass(frozen=True)
class Room:
    """How much of a cap is used at this moment, by what leaves in the present mode."""

    label: "str | Promise"
    used: int
    limit: int


def read_deliveries(*, section: str = "", words: str = "", page: str | None = None) -> DeliveryDesk:
    """Deliveries in `section`, or in all of them; with `words` only those of letters they name (`lookup`), or the one
    with this Message-ID. A constant number of queries."""
    whens = [When(message__state__in=STATES[label.key], then=Value(place)) for place, label in enumerate(LABELS)]
    found: QuerySet[Any] = Delivery.objects.annotate(section=Case(*whens, output_field=IntegerField()))
    if words:
        letters = letters_found(Letter.objects.all(), words)
        message_id = f"<{words.strip().strip('<>')}>"
        found = found.filter(Q(letter__in=letters) | Q(message__message_id=message_id))
    is_waiting = Q(message__state__in=STATES["waiting"])
    due = [Case(When(is_waiting, then=f"message__{field}")) for field in ("next_try_at", "priority")]
    ordered = _with_all_shown(in_section(found, LABELS, section))
    ordered = ordered.order_by("section", *due, F("message__sent_at").desc(nulls_last=True), "-pk")
    shown = Paginator(ordered, PER_PAGE).get_page(page)
    return DeliveryDesk(count_sections(found, LABELS), shown, [(row, LABELS[row.section]) for row in shown])


def read_rooms(*, now: datetime) -> list[Room]:
    """The caps that hold for all letters together; those per mandate and address show with what waits for them."""
    modes = [Delivery.Mode.LIVE, Delivery.Mode.REDIRECT]
    return [
        Room(
            WINDOWS[cap.window],
            max(Departure.objects.filter(mode=mode, departed_at__gt=now - cap.window).count() for mode in modes),
            cap.limit,
        )
        for cap in CAPS
        if not cap.scope
    ]


def _with_all_shown(found: "QuerySet[Any]") -> "QuerySet[Any]":
    # The bytes lie encrypted; a list has no use for them.
    return (
        found.select_related("letter__case__person", "letter__statement_version__statement")
        .select_related("mandate", "contact_point", "message")
        .prefetch_related("letter__case__person__names", "letter__statement_version__texts")
        .defer("plain", "message__raw", "message__to_address")
    )
