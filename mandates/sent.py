"""What the public may know of letters: that they left, when, to whom, and what came back. Never what they say."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from cases.models import Case
from mandates.clock import Clock
from mandates.journey import public_clock_of, sent_deliveries, sent_on, standing_release
from mandates.models import Letter, Mandate, Reply


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
class SentLetter:
    """One letter as the public sees it."""

    kind: str
    sent_on: date
    mandates: list[Mandate]
    clock: Clock
    replies: list[PublicReply]
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


def sent_letters(
    *, now: datetime, cases: Iterable[Case] | None = None, mandate: Mandate | None = None
) -> list[SentLetter]:
    """Letters that left, on published cases whose consent still stands at `now`; the latest first."""
    letters = Letter.objects.public().consented_at(now).with_journey().order_by("-approved_at", "-pk")
    if cases is not None:
        letters = letters.filter(case__in=cases)
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
    left_on, clock = sent_on(letter), public_clock_of(letter, today=today)
    if left_on is None or clock is None or letter.case is None:
        return None
    deliveries = sent_deliveries(letter)
    return SentLetter(
        kind=str(letter.get_kind_display()),
        sent_on=left_on,
        mandates=[delivery.mandate for delivery in deliveries],
        clock=clock,
        replies=_released(letter, today=today),
        is_demonstration=letter.is_demonstration or any(d.contact_point.is_demonstration for d in deliveries),
        case=letter.case,
    )


def _released(letter: Letter, *, today: date) -> list[PublicReply]:
    pairs = [(reply, standing_release(reply)) for reply in letter.replies.all() if reply.kind != Reply.Kind.NONE]
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
