"""What the public may know of letters: that they left, when, to whom, and what came back. Never what they say."""

from dataclasses import dataclass
from datetime import date, datetime

from cases.models import Case
from mandates.clock import Clock
from mandates.journey import clock_of, sent_deliveries, sent_on
from mandates.models import Letter, Mandate, Reply


@dataclass(frozen=True)
class SentLetter:
    """One letter as the public sees it."""

    kind: str
    sent_on: date
    mandates: list[Mandate]
    clock: Clock
    replies: list[Reply]
    is_demonstration: bool
    case: Case


@dataclass(frozen=True)
class CaseLetters:
    """The letters on one case, the latest first."""

    case: Case
    letters: list[SentLetter]


@dataclass(frozen=True)
class Figures:
    """The numbers at the top of "sent and answered"."""

    letters: int
    mandates: int
    cases: int
    state_replies: int
    overdue: int


def sent_letters(*, now: datetime, case: Case | None = None, mandate: Mandate | None = None) -> list[SentLetter]:
    """Letters that left, on published cases whose consent still stands at `now`; the latest first."""
    letters = Letter.objects.public().consented_at(now).with_journey().order_by("-approved_at", "-pk")
    if case is not None:
        letters = letters.filter(case=case)
    if mandate is not None:
        letters = letters.filter(deliveries__mandate=mandate)
    shown = (_as_public(letter, today=now.date()) for letter in letters)
    found = [letter for letter in shown if letter is not None]
    return [letter for letter in found if mandate is None or mandate in letter.mandates]


def by_case(letters: list[SentLetter]) -> list[CaseLetters]:
    """The same letters gathered by case, in the order in which the cases first come."""
    groups: dict[int, CaseLetters] = {}
    for letter in letters:
        groups.setdefault(letter.case.pk, CaseLetters(letter.case, [])).letters.append(letter)
    return list(groups.values())


def figures_of(letters: list[SentLetter]) -> Figures:
    return Figures(
        letters=len(letters),
        mandates=len({mandate.pk for letter in letters for mandate in letter.mandates}),
        cases=len({letter.case.pk for letter in letters}),
        state_replies=sum(letter.clock.state == "answered" for letter in letters),
        overdue=sum(letter.clock.state == "overdue" for letter in letters),
    )


def _as_public(letter: Letter, *, today: date) -> SentLetter | None:
    left_on, clock = sent_on(letter), clock_of(letter, today=today)
    if left_on is None or clock is None or letter.case is None:
        return None
    deliveries = sent_deliveries(letter)
    return SentLetter(
        kind=str(letter.get_kind_display()),
        sent_on=left_on,
        mandates=[delivery.mandate for delivery in deliveries],
        clock=clock,
        replies=list(letter.replies.all()),
        is_demonstration=letter.is_demonstration or any(d.contact_point.is_demonstration for d in deliveries),
        case=letter.case,
    )
