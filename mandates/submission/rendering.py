import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import translation

from cases.consents import is_given, may
from cases.models import Source
from mandates.models import ContactPoint, Letter, Mandate
from mandates.reach import contact_for
from mandates.sources import sources_of
from mandates.submission.wording import salutation, words_of


@dataclass(frozen=True)
class Attachment:
    """A file that travels with the letter."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Submission:
    """The words of one e-mail, and where it goes: what the second person reads and what leaves."""

    mandate: Mandate
    contact_point: ContactPoint | None
    subject: str
    text: str
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    copied_to: tuple[ContactPoint, ...] = ()


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
            Submission(
                mandate=mandate,
                contact_point=contact_for(mandate, day=now.date()),
                subject=_subject(letter, mandate, country),
                text=_text(letter, mandate, mandates, sections),
            )
            for mandate in mandates
        ]


def fingerprint(submissions: Iterable[Submission]) -> str:
    """SHA-256 (hex) over all words and addresses of all e-mails: proves that what is approved is what was read."""
    digest = hashlib.sha256()
    for submission in sorted(submissions, key=lambda s: s.mandate.slug):
        address = submission.contact_point.value if submission.contact_point else ""
        for part in (submission.mandate.slug, address, submission.subject, submission.text):
            digest.update(part.encode() + b"\x00")
    return digest.hexdigest()


def _subject(letter: Letter, mandate: Mandate, country: str) -> str:
    words = words_of(letter.language)
    return _one_line(" - ".join([words[letter.kind], country, mandate.title, letter.subject]))


def _one_line(text: str) -> str:
    """`text` without line breaks and control characters, which a header must not hold."""
    kept = (" " if unicodedata.category(letter) in {"Cc", "Zl", "Zp"} else letter for letter in text)
    return " ".join("".join(kept).split())


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
    answers = {key: words[_answer(letter, purpose, now)] for key, purpose in purposes.items()}
    return "\n".join(words[key].format(answer=answer) for key, answer in answers.items())


def _answer(letter: Letter, purpose: str, now: datetime) -> str:
    """A decision of ours where nobody can be asked is never passed off as somebody's yes."""
    if is_given(case=letter.case, purpose=purpose, now=now):
        return "yes"
    return "decided" if may(case=letter.case, purpose=purpose, now=now) else "no"


def _sources(letter: Letter) -> str:
    return _bullets(_source_line(source, letter.language) for source in sources_of(letter.case))


def _source_line(source: Source, language: str) -> str:
    words = words_of(language)
    if source.is_withheld:
        return f"{source.get_kind_display()}; {words['withheld']}"
    parts = [f"{source.publisher}: {source.title}"]
    if source.published_on:
        parts.append(source.published_on.isoformat())
    if source.publisher_interest:
        parts.append(words["interest"].format(interest=source.publisher_interest))
    parts.append(source.url or words["no_link"])
    return "; ".join(parts)


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
