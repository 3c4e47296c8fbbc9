"""How far an approved letter has come: read from its deliveries and replies, prefetched by `with_journey`."""

from datetime import date

from django.apps import apps
from django.utils import timezone

from mandates.clock import Clock, read_clock
from mandates.models import Delivery, Letter, LetterStep, Mandate, Reply, ReplyRelease
from outbox.models import Message

WRITING = {LetterStep.What.DRAFTED, LetterStep.What.EDITED, LetterStep.What.ADDRESSED}


def writers_of(letter: Letter) -> set[int]:
    """Everybody who ever worked on its words or addressees: a later touch by somebody else makes nobody a second
    person."""
    return {letter.author_id, letter.edited_by_id, *letter.steps.filter(what__in=WRITING).values_list("by", flat=True)}


def may_have_left(delivery: Delivery) -> bool:
    """Unless it was held back or refused and nobody ever wondered; the rule of the letter's trigger."""
    if delivery.message.state not in {Message.State.CANCELLED, Message.State.FAILED}:
        return True
    unsure = {Message.State.UNCERTAIN, Message.State.SENT}
    # The database's own record of every step a letter's message took.
    moves = apps.get_model("outbox.LetterMove")._default_manager
    return bool(moves.filter(pgh_obj=delivery.message_id, state__in=unsure).exists())


def sent_deliveries(letter: Letter) -> list[Delivery]:
    """Those the mandates' mail server took: not the dry runs, not what was redirected to ourselves, and not what came
    back."""
    return [
        delivery
        for delivery in letter.deliveries.all()
        if delivery.mode == Delivery.Mode.LIVE and delivery.message.state == Message.State.SENT
    ]


def sent_on(letter: Letter, *, mandate: Mandate | None = None) -> date | None:
    """The day the first delivery arrived, or the one to `mandate`; None while none has."""
    there = [d for d in sent_deliveries(letter) if mandate is None or d.mandate == mandate]
    moments = [d.message.sent_at for d in there if d.message.sent_at is not None]
    return timezone.localdate(min(moments)) if moments else None


def heard_from(letter: Letter, mandate: Mandate | None) -> list[Reply]:
    """The replies that concern `mandate` (all of them for None): to a joint letter everybody's, otherwise its own and
    those of nobody in particular."""
    replies = list(letter.replies.all())
    if mandate is None or letter.is_joint:
        return replies
    return [reply for reply in replies if reply.mandate in {None, mandate}]


def clock_of(letter: Letter, *, today: date) -> Clock | None:
    """The letter's 60-day clock as staff know it, or None while it has not left."""
    replies = list(letter.replies.all())
    communications = [reply.communication_on for reply in replies if reply.communication_on is not None]
    return _clock(sent_on(letter), communications, replies, today=today)


def public_clock_of(letter: Letter, *, today: date, mandate: Mandate | None = None) -> Clock | None:
    """The clock as everybody may know it: only what was released moves it, and dates of the UN's letters only from the
    day on which they are no longer confidential. With `mandate` the clock of what it got."""
    replies = heard_from(letter, mandate)
    released = [(reply, release) for reply in replies if (release := standing_release(reply)) is not None]
    communications = [
        reply.communication_on
        for reply, release in released
        if reply.communication_on is not None and release.reference_from <= today
    ]
    started = sent_on(letter, mandate=mandate)
    return _clock(started, communications, [reply for reply, _release in released], today=today)


def standing_release(reply: Reply) -> ReplyRelease | None:
    """What a second person let out of `reply` and nobody took back; prefetched by `with_journey`."""
    standing = [r for r in reply.releases.all() if r.released_at is not None and r.taken_back_at is None]
    return standing[0] if standing else None


def _clock(started: date | None, communications: list[date], replies: list[Reply], *, today: date) -> Clock | None:
    if started is None:
        return None
    answers = [reply.received_on for reply in replies if reply.kind == Reply.Kind.STATE_REPLY]
    return read_clock(
        sent_on=started,
        communication_on=min(communications, default=None),
        answered_on=min(answers, default=None),
        today=today,
    )
