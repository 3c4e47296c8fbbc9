"""What the public may know of letters: that they left, when, to whom, and what came back. Never what they say.

A letter counts once, on however many mandates it was one submission, and whether it is about a case or hands over a
statement. What was returned or never left is not there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from cases.models import Case
from mandates.clock import Clock
from mandates.journey import heard_from, public_clock_of, sent_deliveries, sent_on, standing_release
from mandates.models import Letter, Mandate, Reply
from petitions.models import Statement, StatementVersion


@dataclass(frozen=True)
class PublicReply:
    """An answer as two people let it out. `reference` is empty while the UN's letter is confidential."""

    kind: str
    label: str
    received_on: date
    mandate: Mandate | None
    reference: str
    reference_from: date | None
    summary: str
    text: str


@dataclass(frozen=True)
class Reached:
    """A mandate that a letter reached, and what it answered."""

    mandate: Mandate
    replies: list[PublicReply]


@dataclass(frozen=True)
class SentLetter:
    """One letter as the public sees it: about `case`, or handing over `version` of a statement."""

    kind: str
    sent_on: date
    mandates: list[Mandate]
    clock: Clock
    replies: list[PublicReply]
    is_demonstration: bool
    case: Case | None
    version: StatementVersion | None

    @property
    def anchor(self) -> str:
        """Where its case or statement stands on the page "sent and answered"."""
        if self.version is not None:
            return f"statement-{self.version.statement.slug}"
        return f"case-{self.case.slug}" if self.case is not None else ""

    @property
    def reached(self) -> list[Reached]:
        """Each mandate with its own answers."""
        return [Reached(m, [reply for reply in self.replies if reply.mandate == m]) for m in self.mandates]

    @property
    def other_replies(self) -> list[PublicReply]:
        """Answers of several mandates together, of the Government, or of a mandate whose copy never surely arrived."""
        return [reply for reply in self.replies if reply.mandate not in self.mandates]


@dataclass(frozen=True)
class SubjectLetters:
    """The letters on one case, or handing over one statement, the latest first; `anchor` names them on the page."""

    case: Case | None
    version: StatementVersion | None
    anchor: str
    letters: list[SentLetter]


@dataclass(frozen=True)
class Figures:
    """The numbers at the top of "sent and answered"."""

    letters: int
    mandates: int
    state_replies: int
    overdue: int


def sent_letters(
    *,
    now: datetime,
    cases: Iterable[Case] | None = None,
    statement: Statement | None = None,
    concerning: Statement | None = None,
    mandate: Mandate | None = None,
) -> list[SentLetter]:
    """Letters that left, on published cases whose consent still stands at `now` or handing over published statements;
    the latest first.

    With `cases` only those on them, with `statement` only those that hand it over, with `concerning` those that hand it
    over and those on the published cases it is about. With `mandate` only those that reached it; of separate letters
    then only what it answered itself.
    """
    letters = Letter.objects.public().consented_at(now).with_journey().order_by("-approved_at", "-pk")
    if cases is not None:
        letters = letters.filter(case__in=cases)
    if statement is not None:
        letters = letters.filter(statement_version__statement=statement)
    if concerning is not None:
        on_its_cases = Q(case__in=concerning.cases.published())
        letters = letters.filter(Q(statement_version__statement=concerning) | on_its_cases)
    if mandate is not None:
        # Not through the join, which would show a letter again for each approval that was withdrawn.
        letters = letters.filter(pk__in=mandate.deliveries.values("letter"))
    shown = (_as_public(letter, today=now.date(), mandate=mandate) for letter in letters)
    return [letter for letter in shown if letter is not None]


def by_subject(letters: Iterable[SentLetter]) -> list[SubjectLetters]:
    """The same letters gathered by case or statement, in the order in which these first come."""
    groups: dict[str, SubjectLetters] = {}
    for letter in letters:
        group = groups.setdefault(letter.anchor, SubjectLetters(letter.case, letter.version, letter.anchor, []))
        group.letters.append(letter)
    return list(groups.values())


def figures_of(letters: list[SentLetter]) -> Figures:
    return Figures(
        letters=len(letters),
        mandates=len({mandate.pk for letter in letters for mandate in letter.mandates}),
        state_replies=sum(letter.clock.state == "answered" for letter in letters),
        overdue=sum(letter.clock.state == "overdue" for letter in letters),
    )


def _as_public(letter: Letter, *, today: date, mandate: Mandate | None) -> SentLetter | None:
    left_on = sent_on(letter, mandate=mandate)
    clock = public_clock_of(letter, today=today, mandate=mandate)
    if left_on is None or clock is None:
        return None
    deliveries = sent_deliveries(letter)
    return SentLetter(
        kind=str(letter.get_kind_display()),
        sent_on=left_on,
        mandates=[delivery.mandate for delivery in deliveries],
        clock=clock,
        replies=_released(heard_from(letter, mandate), today=today),
        is_demonstration=letter.is_demonstration or any(d.contact_point.is_demonstration for d in deliveries),
        case=letter.case,
        version=letter.statement_version,
    )


def _released(replies: list[Reply], *, today: date) -> list[PublicReply]:
    pairs = [(reply, standing_release(reply)) for reply in replies if reply.kind != Reply.Kind.NONE]
    return [
        PublicReply(
            kind=reply.kind,
            label=str(reply.get_kind_display()),
            received_on=reply.received_on,
            mandate=reply.mandate,
            reference=reply.reference if release.reference_from <= today else "",
            reference_from=release.reference_from if reply.reference and release.reference_from > today else None,
            summary=release.summary,
            text=release.text,
        )
        for reply, release in pairs
        if release is not None
    ]
