"""What the pages of the moderators' desk share."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from petitions.errors import HeldBackError, OwnConfirmationError, ProofTakenBackError, WatchedError
from petitions.models import Invalidation, PaperBatch
from petitions.texts.reading import titles_of
from petitions.views.statements import reader_language
from text.calendars import localise_digits


def in_digits(number: int) -> str:
    """`number` as the reader writes it, for a message."""
    return localise_digits(number, reader_language())


def with_titles(rows: Iterable[PaperBatch | Invalidation]) -> list[tuple[PaperBatch | Invalidation, str]]:
    """Each of `rows` with the title of its statement for this reader: a list says words, not an address."""
    rows = list(rows)
    titles = titles_of({row.statement for row in rows}, reader_language())
    return [(row, titles.get(row.statement.pk, row.statement.slug)) for row in rows]


def own_signature() -> str:
    return _("This is your own signature: a colleague decides on it.")


def held_back(error: HeldBackError) -> str:
    """Why a rule forbids it: what a watched name needs, or what the database says, in its own words."""
    if isinstance(error, OwnConfirmationError):
        return _("You asked over the second channel yourself: a colleague accepts it.")
    if isinstance(error, WatchedError):
        return _("A well-known person has this name. First somebody asks over a second channel and records the answer.")
    if isinstance(error, ProofTakenBackError):
        return _("Not counted: our staff took back the proof of who this is. Ask the signatory to prove it anew.")
    return _("Not counted, a rule holds it back: %(words)s") % {"words": error}


def back_to_queue(request: HttpRequest) -> HttpResponse:
    """To the page of the queue the moderator came from, at the card that follows; numbers only, never an address."""
    page, card = request.POST.get("page", ""), request.POST.get("next", "")
    query = {"page": page} if page.isdecimal() and page != "1" else {}
    if request.POST.get("show") == "all":
        query["show"] = "all"
    address = reverse("petitions:moderation_queue") + (f"?{urlencode(query)}" if query else "")
    return HttpResponseRedirect(f"{address}#signature-{card}" if card.isdecimal() else address)
