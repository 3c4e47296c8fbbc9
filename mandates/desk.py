"""What lies on the letter desk, in the order in which it asks for a person."""

from dataclasses import dataclass, field
from datetime import date

from mandates.clock import Clock
from mandates.journey import clock_of
from mandates.models import Delivery, Letter, Reply
from outbox.models import Message

SHOWN_CLOSED = 20
ANSWERS = {Reply.Kind.COMMUNICATION_SENT, Reply.Kind.STATE_REPLY}


@dataclass(frozen=True)
class DeskLetter:
    letter: Letter
    clock: Clock | None


@dataclass
class Desk:
    """`uncertain` deliveries need a decision; `underway` are approved and wait for an answer.

    That a letter was received, or that more is asked, is not yet an answer.
    """

    uncertain: list[Delivery] = field(default_factory=list)
    in_review: list[Letter] = field(default_factory=list)
    drafts: list[Letter] = field(default_factory=list)
    underway: list[DeskLetter] = field(default_factory=list)
    answered: list[DeskLetter] = field(default_factory=list)
    cancelled: list[Letter] = field(default_factory=list)


def read_desk(*, today: date) -> Desk:
    """Every letter, sorted by what it waits for; of those given up only the latest."""
    desk = Desk()
    for letter in Letter.objects.with_journey().order_by("-updated_at", "-pk"):
        _lay_down(letter, desk, today=today)
    del desk.cancelled[SHOWN_CLOSED:]
    return desk


def _lay_down(letter: Letter, desk: Desk, *, today: date) -> None:
    if letter.state == Letter.State.APPROVED:
        is_answered = any(reply.kind in ANSWERS for reply in letter.replies.all())
        pile = desk.answered if is_answered else desk.underway
        pile.append(DeskLetter(letter, clock_of(letter, today=today)))
        desk.uncertain += [d for d in letter.deliveries.all() if d.message.state == Message.State.UNCERTAIN]
        return
    piles = {
        Letter.State.IN_REVIEW: desk.in_review,
        Letter.State.DRAFT: desk.drafts,
        Letter.State.CANCELLED: desk.cancelled,
    }
    piles[Letter.State(letter.state)].append(letter)
