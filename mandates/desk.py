"""What lies on the letter desk, in the order in which it asks for a person."""

from dataclasses import dataclass, field
from datetime import date

from mandates.clock import Clock
from mandates.journey import clock_of
from mandates.models import Delivery, IncomingMail, Letter, Reply, ReplyRelease
from outbox.models import Message

SHOWN_CLOSED = 20
ANSWERS = {Reply.Kind.COMMUNICATION_SENT, Reply.Kind.STATE_REPLY}


@dataclass(frozen=True)
class DeskLetter:
    letter: Letter
    clock: Clock | None


@dataclass
class Desk:
    """`uncertain` deliveries need a decision; `underway` are approved and wait for an answer; `overdue` are those of
    them whose 60 days are over. `mails` wait to be read, `strays` counts those that lead to no letter, `releases` wait
    for a second person.

    That a letter was received, or that more is asked, is not yet an answer.
    """

    mails: list[IncomingMail] = field(default_factory=list)
    strays: int = 0
    releases: list[ReplyRelease] = field(default_factory=list)
    overdue: list[DeskLetter] = field(default_factory=list)

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
    mails = IncomingMail.objects.without_bytes().select_related("letter__case__person")
    mails = mails.prefetch_related("letter__case__person__names")
    desk.mails = list(mails.filter(state=IncomingMail.State.WAITING).order_by("received_at", "pk"))
    desk.strays = mails.filter(state__in=[IncomingMail.State.STRAY, IncomingMail.State.ARRIVED]).count()
    waiting = ReplyRelease.objects.filter(released_at=None, taken_back_at=None).order_by("written_at", "pk")
    waiting = waiting.select_related("reply__letter__case__person", "written_by")
    desk.releases = list(waiting.prefetch_related("reply__letter__case__person__names"))
    return desk


def _lay_down(letter: Letter, desk: Desk, *, today: date) -> None:
    if letter.state == Letter.State.APPROVED:
        is_answered = any(reply.kind in ANSWERS for reply in letter.replies.all())
        item = DeskLetter(letter, clock_of(letter, today=today))
        is_late = item.clock is not None and item.clock.state == "overdue"
        pile = desk.answered if is_answered else desk.overdue if is_late else desk.underway
        pile.append(item)
        desk.uncertain += [d for d in letter.deliveries.all() if d.message.state == Message.State.UNCERTAIN]
        return
    piles = {
        Letter.State.IN_REVIEW: desk.in_review,
        Letter.State.DRAFT: desk.drafts,
        Letter.State.CANCELLED: desk.cancelled,
    }
    piles[Letter.State(letter.state)].append(letter)
