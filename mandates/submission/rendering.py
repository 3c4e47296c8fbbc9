import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import translation

from cases.consents import may
from cases.models import Source
from mandates.models import Letter, Mandate
from mandates.sources import sources_of
from mandates.submission.wording import salutation, words_of


@dataclass(frozen=True)
class Submission:
    """The words of one e-mail: what the second person reads and what leaves."""

    mandate: Mandate
    subject: str
    text: str


def render_submissions(*, letter: Letter, now: datetime) -> list[Submission]:
    """The letter for each of its addressees, in the letter's language.

    Order of the sections: the minimum information as OHCHR lists it, then violations, steps, request, the two answers
    on consent, sources. Kind, country, urgency and mandate stand in the subject line, names do not.
    """
    mandates = [row.mandate for row in letter.addressees.select_related("mandate").order_by("pk")]
    with translation.override(letter.language):
        sections = _sections(letter, now)
        country = str(letter.case.country.name)
        return [
            Submission(mandate, _subject(letter, mandate, country), _text(letter, mandate, mandates, sections))
            for mandate in mandates
        ]


def fingerprint(submissions: Iterable[Submission]) -> str:
    """SHA-256 (hex) over all words of all e-mails: proves that what is approved is what was read."""
    digest = hashlib.sha256()
    for submission in sorted(submissions, key=lambda s: s.mandate.slug):
        for part in (submission.mandate.slug, submission.subject, submission.text):
            digest.update(part.encode() + b"\x00")
    return digest.hexdigest()


def _subject(letter: Letter, mandate: Mandate, country: str) -> str:
    words = words_of(letter.language)
    return " - ".join([words[letter.kind], country, mandate.title, letter.subject.strip()])


def _text(letter: Letter, mandate: Mandate, mandates: Sequence[Mandate], sections: list[tuple[str, str]]) -> str:
    words = words_of(letter.language)
    others = [other.title for other in mandates if other != mandate]
    opening = [mandate.title, "", salutation(mandate.kind, letter.language), ""]
    opening.append(words["proposed"].format(kind=words[letter.kind].lower()))
    opening.append(f"{words['reference']}: {letter.reference}")
    if others:
        opening += [words["also_to"], *(f"- {title}" for title in others)]
    body = [line for number, section in enumerate(sections, 1) for line in _section(number, *section)]
    return "\n".join([*opening, *body, ""])


def _section(number: int, heading: str, text: str) -> list[str]:
    return ["", f"{number}. {heading}", "", text]


def _sections(letter: Letter, now: datetime) -> list[tuple[str, str]]:
    words = words_of(letter.language)
    unknown = words["unknown"].format(why=letter.perpetrators_unknown_because.strip())
    return [
        (words["victim"], letter.victim.strip()),
        (words["perpetrators"], letter.perpetrators.strip() or unknown),
        (words["submitter"], letter.submitter.strip()),
        (words["circumstances"], _circumstances(letter)),
        (words["violations"], _bullets(letter.violations.order_by("position", "pk").values_list("label", flat=True))),
        (words["steps"], letter.steps_taken.strip() or words["no_steps"]),
        (words["request"], letter.request.strip()),
        (words["consent"], _consent(letter, now)),
        (words["sources"], _sources(letter)),
    ]


def _circumstances(letter: Letter) -> str:
    words = words_of(letter.language)
    head = [f"{words['when']}: {letter.date_of_events.strip()}", f"{words['where']}: {letter.place_of_events.strip()}"]
    return "\n".join([*head, "", letter.facts.strip()])


def _consent(letter: Letter, now: datetime) -> str:
    words = words_of(letter.language)
    purposes = {"consent_a": "name_to_government", "consent_b": "name_in_un_report"}
    given = {key: may(case=letter.case, purpose=purpose, now=now) for key, purpose in purposes.items()}
    return "\n".join(words[key].format(answer=words["yes" if agreed else "no"]) for key, agreed in given.items())


def _sources(letter: Letter) -> str:
    return _bullets(_source_line(source, letter.language) for source in sources_of(letter.case))


def _source_line(source: Source, language: str) -> str:
    words = words_of(language)
    parts = [f"{source.publisher}: {source.title}"]
    if source.published_on:
        parts.append(source.published_on.isoformat())
    if source.publisher_interest:
        parts.append(words["interest"].format(interest=source.publisher_interest))
    parts.append(source.url or words["no_link"])
    return "; ".join(parts)


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
