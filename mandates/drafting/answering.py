"""First answers to the questions that single mandates ask, taken from the case."""

from collections.abc import Callable
from datetime import date

from cases.models import Claim, Event
from mandates.drafting.sections import Draft
from mandates.models import Letter, Mandate
from mandates.questions import detention, disappearances, questions_for

Attribute = Claim.Attribute


def prefill_answers(letter: Letter, mandate: Mandate, *, today: date) -> dict[str, str]:
    """The question's key and its first answer, for each question of `mandate`; empty where the case says nothing."""
    if letter.case is None:
        return {}
    draft = Draft(letter.case, letter.language)
    known = _OF_MANDATE.get(mandate.slug, {})
    asked = questions_for(mandate)
    return {q.key: known[q.key](letter, draft, today) if q.key in known else "" for q in asked}


_Answer = Callable[[Letter, Draft, date], str]


def _about(*attributes: str) -> _Answer:
    return lambda _letter, draft, _today: "\n".join(draft.lines(*attributes))


def _victim(letter: Letter, draft: Draft, today: date) -> str:
    return draft.victim()


def _steps(letter: Letter, draft: Draft, today: date) -> str:
    return letter.steps_taken


def _story(letter: Letter, draft: Draft, today: date) -> str:
    return "\n".join(draft.story())


def _suspects(letter: Letter, draft: Draft, today: date) -> str:
    return draft.perpetrators()


def _place(letter: Letter, draft: Draft, today: date) -> str:
    return draft.place()


def _name(letter: Letter, draft: Draft, today: date) -> str:
    return draft.name()


def _submitter(letter: Letter, draft: Draft, today: date) -> str:
    return letter.submitter


def _work(letter: Letter, draft: Draft, today: date) -> str:
    return "\n".join(draft.lines(Attribute.ROLE, Attribute.OCCUPATION))


def _procedure(letter: Letter, draft: Draft, today: date) -> str:
    return detention.URGENT if letter.kind == Letter.Kind.URGENT_APPEAL else detention.REGULAR


def _first_event(draft: Draft) -> Event | None:
    return draft.case.events.filter(on__isnull=False).order_by("on", "pk").first()


def _disappeared(letter: Letter, draft: Draft, today: date) -> str:
    if claim := draft.claims.get(Attribute.ARREST_DATE):
        return claim.value
    event = _first_event(draft)
    return draft.when(event) if event else ""


def _route(letter: Letter, draft: Draft, today: date) -> str:
    day = disappearances.disappeared_on(_disappeared(letter, draft, today))
    is_urgent = day is not None and disappearances.may_be_urgent(day, today=today)
    return disappearances.URGENT if is_urgent else disappearances.STANDARD


_OF_MANDATE: dict[str, dict[str, _Answer]] = {
    "wg-arbitrary-detention": {
        "procedure": _procedure,
        "identity": _victim,
        "arrest": _about(Attribute.ARREST_DATE),
        "detention": _about(Attribute.PRISON),
        "reasons": _about(Attribute.CHARGE, Attribute.ALLEGED_AFFILIATION, Attribute.COURT, Attribute.SENTENCE),
        "steps": _steps,
    },
    "wg-disappearances": {
        "route": _route,
        "full_name": _name,
        "date": _disappeared,
        "place": _place,
        "forces": _suspects,
        "action": _steps,
        "submitter": _submitter,
    },
    "sr-executions": {"stage": _about(Attribute.SENTENCE, Attribute.SENTENCE_DATE, Attribute.COURT)},
    "sr-torture": {"arrest": _about(Attribute.ARREST_DATE, Attribute.PRISON)},
    "sr-freedom-of-opinion-and-expression": {
        "person": _about(Attribute.OCCUPATION, Attribute.ROLE, Attribute.ALLEGED_AFFILIATION),
        "statute": _about(Attribute.CHARGE),
        "remedy": _steps,
    },
    "sr-independence-of-judges-and-lawyers": {"person": _victim, "suspects": _suspects, "steps": _steps},
    "sr-human-rights-defenders": {"work": _work, "situation": _story, "actions": _steps},
}
