"""A letter's history as staff read it: what people did with it, and what became of each copy.

What people did are its steps. What became of the copies is not written down a second time: the database records every
step of a letter's message by itself, unchangeably (`outbox_lettermove`), with who or what made it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from mandates.models import Delivery, Letter, LetterStep, Mandate
from outbox.models import Message

State = Message.State
# What a reader wants to know of a copy; the steps between are in the outbox.
TOLD = {State.UNCERTAIN, State.SENT, State.BOUNCED, State.FAILED, State.CANCELLED}


@dataclass(frozen=True)
class Line:
    """One line: `who` is a person's name, or empty for what happened by itself; `mandate` is whose copy it was about;
    `note` is a person's own words, the evidence, or what a mail server said."""

    at: datetime
    what: str
    who: str = ""
    mandate: Mandate | None = None
    note: str = ""


def read_history(letter: Letter) -> list[Line]:
    """Everything that happened to `letter` and its copies, withdrawn ones too, the oldest first; four queries."""
    lines = [_of_step(step) for step in letter.steps.select_related("by").order_by("at", "pk")]
    copies = Delivery.with_voided.filter(letter=letter).select_related("mandate", "message")
    copies = copies.defer("plain", "message__raw", "message__to_address")
    by_message = {copy.message_id: copy for copy in copies}
    moves = apps.get_model("outbox.LetterMove")._default_manager.filter(pgh_obj__in=by_message)
    moves_of: dict[Any, list[Any]] = {}
    for move in moves.select_related("pgh_context").order_by("pgh_id"):
        moves_of.setdefault(move.pgh_obj_id, []).append(move)
    for key, found in moves_of.items():
        lines += _of_moves(found, by_message[key])
    return sorted(lines, key=lambda line: line.at)


def _of_step(step: LetterStep) -> Line:
    return Line(at=step.at, what=str(step.get_what_display()), who=str(step.by), note=step.note)


def _of_moves(moves: Iterable[Any], copy: Delivery) -> Iterator[Line]:
    before = ""
    for move in moves:
        line = _of_move(move, before, copy)
        before = move.state
        if line is not None:
            yield line


def _of_move(move: Any, before: str, copy: Delivery) -> Line | None:
    context = move.pgh_context.metadata if move.pgh_context else {}
    why = context.get("why") if before == State.UNCERTAIN else ""
    state = State(move.state)
    if why == "resolve_by_evidence":
        what = _("evidence decided: %(state)s") % {"state": state.label}
        return Line(move.pgh_created_at, what, mandate=copy.mandate, note=context.get("evidence", ""))
    if why == "resolve_uncertain" or state not in TOLD:
        # What a person decided is a step, with the reason.
        return None
    note = copy.message.bounce_report if state == State.BOUNCED else _last_line(move.last_reply)
    return Line(move.pgh_created_at, str(state.label), mandate=copy.mandate, note=note)


def _last_line(reply: str) -> str:
    """What was said last; reasons of ours are kept in English and marked for translation."""
    last = reply.strip().rpartition("\n")[2]
    return _(last) if last else ""
