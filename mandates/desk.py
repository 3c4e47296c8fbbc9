"""What lies on the letter desk, in the order in which it asks for a person.

The database sorts each letter into one section and hands over one page of them, so a desk of a thousand letters asks as
many questions as one of ten. That a letter was received, or that more is asked, is not yet an answer.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from mandates.clock import REPLY_DAYS, Clock
from mandates.journey import WRITING, clock_of
from mandates.lookup import letters_found
from mandates.models import Delivery, IncomingMail, Letter, LetterStep, Reply, ReplyRelease
from mandates.models.letter import LetterQuerySet
from mandates.sections import Label, Section, count_sections, in_section
from mandates.sending import DRY_RUN, WITHDRAWN
from outbox.models import Message

State = Message.State
PER_PAGE = 20
# Of what waits beside the letters only so many are shown at once, the oldest first.
SHOWN_WAITING = 20
# What `outbox.actions.resolve_uncertain` leaves in the row.
GIVEN_UP = "Resolved as cancelled by user"
OLD_AFTER = timedelta(days=365)
ANSWERS = [Reply.Kind.COMMUNICATION_SENT, Reply.Kind.STATE_REPLY]

# In the order in which they ask for somebody.
LABELS = (
    Label("mine", _("Waiting for you")),
    Label("others", _("Waiting for somebody else")),
    Label("person", _("Needs a person")),
    Label("overdue", _("The 60 days are over")),
    Label("drafts", _("Drafts")),
    Label("approved", _("Approved, not yet left")),
    Label("underway", _("On their way, or waiting for an answer")),
    Label("answered", _("Answered")),
    Label("old", _("Old or given up")),
)
PLACE = {label.key: place for place, label in enumerate(LABELS)}


@dataclass(frozen=True)
class DeskLetter:
    letter: Letter
    clock: Clock | None
    section: Label


@dataclass(frozen=True)
class Desk:
    """`uncertain` deliveries need a decision, `mails` wait to be read, `strays` counts those that lead to no letter,
    `releases` wait for a second person. `items` are the letters of `page`."""

    sections: list[Section]
    page: "Page[Any]"
    items: list[DeskLetter]
    uncertain: list[Delivery]
    mails: list[IncomingMail]
    strays: int
    releases: list[ReplyRelease]


def read_desk(*, reader: User, today: date, section: str = "", words: str = "", page: str | None = None) -> Desk:
    """The letters `reader` may see, with `words` those they are looking for, in `section` or in all of them.

    A constant number of queries, however many letters there are.
    """
    letters = _in_sections(letters_found(Letter.objects.visible_to(reader), words), reader=reader, today=today)
    in_review_first = models.Case(When(state=Letter.State.IN_REVIEW, then="submitted_at"))
    chosen: QuerySet[Any] = in_section(letters, LABELS, section).with_journey()
    chosen = chosen.order_by("section", in_review_first, "-updated_at", "-pk")
    shown = Paginator(chosen, PER_PAGE).get_page(page)
    mails = IncomingMail.objects.without_bytes()
    return Desk(
        sections=count_sections(letters, LABELS),
        page=shown,
        items=[DeskLetter(letter, clock_of(letter, today=today), LABELS[letter.section]) for letter in shown],
        uncertain=_uncertain(),
        mails=_waiting_mails(),
        strays=mails.filter(state__in=[IncomingMail.State.STRAY, IncomingMail.State.ARRIVED]).count(),
        releases=_waiting_releases(),
    )


def _uncertain() -> list[Delivery]:
    rows = Delivery.objects.filter(message__state=State.UNCERTAIN).order_by("message__uncertain_since", "pk")
    rows = rows.select_related("letter__case__person", "letter__statement_version__statement", "mandate", "message")
    rows = rows.prefetch_related("letter__case__person__names", "letter__statement_version__texts")
    return list(rows.defer("plain", "message__raw", "message__to_address")[:SHOWN_WAITING])


def _waiting_mails() -> list[IncomingMail]:
    rows = IncomingMail.objects.without_bytes().filter(state=IncomingMail.State.WAITING)
    return list(rows.order_by("received_at", "pk")[:SHOWN_WAITING])


def _waiting_releases() -> list[ReplyRelease]:
    rows = ReplyRelease.objects.filter(released_at=None, taken_back_at=None).order_by("written_at", "pk")
    rows = rows.select_related("reply__letter__case__person", "reply__letter__statement_version__statement")
    rows = rows.select_related("written_by").prefetch_related("reply__letter__case__person__names")
    return list(rows.prefetch_related("reply__letter__statement_version__texts")[:SHOWN_WAITING])


def _in_sections(letters: LetterQuerySet, *, reader: User, today: date) -> LetterQuerySet:
    """Each letter with the place of its section. The first that fits is the one."""
    steps = LetterStep.objects.filter(letter=OuterRef("pk"), by=reader, what__in=WRITING)
    wrote = Q(author=reader) | Q(edited_by=reader) | Exists(steps)
    replies, in_review = Reply.objects.filter(letter=OuterRef("pk")), Q(state=Letter.State.IN_REVIEW)
    answers = replies.filter(kind__in=ANSWERS)
    is_old = Exists(answers) & ~Exists(answers.filter(received_on__gt=today - OLD_AFTER))
    has_left = Exists(_copies().filter(message__state__in=[State.SENDING, State.COMMITTING, State.SENT]))
    rules = {
        "mine": in_review & ~wrote,
        "others": in_review,
        "drafts": Q(state=Letter.State.DRAFT),
        "old": Q(state=Letter.State.CANCELLED) | Q(is_old),
        "person": _needs_person(is_answered=Exists(answers)),
        "overdue": _is_overdue(replies, today),
        "answered": Q(Exists(answers)),
        "underway": Q(has_left),
    }
    whens = [When(rule, then=Value(PLACE[key])) for key, rule in rules.items()]
    section = models.Case(*whens, default=Value(PLACE["approved"]), output_field=models.IntegerField())
    return letters.annotate(section=section, has_mail=Exists(_unread_mails()))


def _copies() -> "QuerySet[Delivery]":
    return Delivery.objects.filter(letter=OuterRef("pk"))


def _unread_mails() -> "QuerySet[IncomingMail]":
    return IncomingMail.objects.filter(letter=OuterRef("pk"), state=IncomingMail.State.WAITING)


def _needs_person(*, is_answered: Exists) -> Q:
    """A copy of which nobody knows, mail that nobody read, or a copy that is not there and that nobody wrote anew."""
    uncertain = _copies().filter(message__state=State.UNCERTAIN)
    return Q(Exists(uncertain)) | Q(Exists(_unread_mails())) | (Q(Exists(_lost_copies())) & ~Q(is_answered))


def _lost_copies() -> "QuerySet[Delivery]":
    """Copies refused, returned or held back, except where a person wanted it so, or a later letter on the same case or
    statement went to that mandate."""
    gone = [State.FAILED, State.BOUNCED, State.CANCELLED]
    same = Q(letter__case=OuterRef("letter__case")) | Q(
        letter__statement_version__statement=OuterRef("letter__statement_version__statement")
    )
    anew = Delivery.objects.filter(same, mandate=OuterRef("mandate"), pk__gt=OuterRef("pk"))
    anew = anew.exclude(message__state__in=gone)
    # Whoever gave up an unclear delivery, or withdrew it, has decided; a dry run never was to leave.
    decided = Q(message__last_reply__contains=GIVEN_UP) | Q(message__last_reply__in=[WITHDRAWN, DRY_RUN])
    meant = Q(message__state=State.CANCELLED) & (decided | Q(mode=Delivery.Mode.DRY_RUN))
    return _copies().filter(message__state__in=gone).exclude(meant).exclude(Exists(anew))


def _is_overdue(replies: "QuerySet[Reply]", today: date) -> Q:
    """The rule of `journey.clock_of` in the database's words; a test holds the two together."""
    there = _copies().filter(mode=Delivery.Mode.LIVE, message__state=State.SENT).order_by("message__sent_at")
    told = replies.filter(communication_on__isnull=False).order_by("communication_on")
    started = Coalesce(
        Subquery(told.values("communication_on")[:1]), TruncDate(Subquery(there.values("message__sent_at")[:1]))
    )
    is_late = models.lookups.LessThan(started, Value(today - timedelta(days=REPLY_DAYS)))
    return Q(Exists(there)) & Q(is_late) & ~Q(Exists(replies.filter(kind=Reply.Kind.STATE_REPLY)))
