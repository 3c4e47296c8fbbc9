"""A letter on a case as a document: the minimum information in the order in which OHCHR lists it, then the rest."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from cases.consents import is_given, may
from cases.models import Case, Source
from mandates.drafting.phrases import day_in, told
from mandates.models import Letter, Mandate
from mandates.questions import questions_for
from mandates.sources import sources_of
from mandates.submission.paper import Block, Paper, Section, blocks_of, listed, paragraph
from mandates.submission.wording import joint_salutation, salutation, violation_in, words_of


def compose_case(
    letter: Letter, case: Case, *, to: Sequence[Mandate], others: Sequence[Mandate], now: datetime
) -> Paper:
    """The submission on `case`, addressed to `to` together; `others` get one of their own and are named.

    Sections: victim, perpetrators, submitter, date and place and circumstances; then violations, steps, request, the
    two answers on consent, sources; an annex for each addressed mandate that asks for more.
    """
    words = words_of(letter.language)
    proposed = words["proposed"].format(kind=words[letter.kind].lower())
    return Paper(
        language=letter.language,
        kind=words[letter.kind],
        title=letter.subject,
        facts=facts_of(letter, to, now),
        salutation=greeting(to, letter.language),
        opening=(paragraph(proposed), *also_to(others, letter.language)),
        sections=_sections(letter, case, now),
        annexes=_annexes(letter, to),
        page=(words["page"], words["of"]),
        colon=words["colon"],
        reference=f"{words['reference']}{words['colon']}{letter.reference}",
    )


def facts_of(letter: Letter, to: Sequence[Mandate], now: datetime) -> tuple[tuple[str, str], ...]:
    """To whom, in copy to whom, dated when, our reference: the head of every submission.

    The date is the day it was given to a second person, so that what that person approves does not age overnight.
    """
    words = words_of(letter.language)
    copied = [(words["copy"], mandate.title) for mandate in to[1:]]
    dated = (letter.submitted_at or now).date()
    return (
        (words["to"], to[0].title if to else ""),
        *copied,
        (words["dated"], day_in(dated, letter.language)),
        (words["reference"], letter.reference),
    )


def greeting(to: Sequence[Mandate], language: str) -> str:
    return salutation(to[0].kind, language) if len(to) == 1 else joint_salutation([m.kind for m in to], language)


def also_to(others: Sequence[Mandate], language: str) -> tuple[Block, ...]:
    if not others:
        return ()
    return (paragraph(words_of(language)["also_to"]), *listed(mandate.title for mandate in others))


def _sections(letter: Letter, case: Case, now: datetime) -> tuple[Section, ...]:
    words = words_of(letter.language)
    unknown = words["unknown"].format(why=letter.perpetrators_unknown_because.strip())
    violations = letter.violations.order_by("position", "pk")
    return (
        Section(words["victim"], blocks_of(letter.victim)),
        Section(words["perpetrators"], blocks_of(letter.perpetrators) or blocks_of(unknown)),
        Section(words["submitter"], blocks_of(letter.submitter)),
        Section(words["circumstances"], _circumstances(letter)),
        Section(words["violations"], listed(violation_in(v, letter.language) for v in violations)),
        Section(words["steps"], blocks_of(letter.steps_taken or words["no_steps"])),
        Section(words["request"], blocks_of(letter.request)),
        Section(words["consent"], _consent(case, letter.language, now)),
        Section(words["sources"], listed(_source_line(source, letter.language) for source in sources_of(case))),
    )


def _circumstances(letter: Letter) -> tuple[Block, ...]:
    words = words_of(letter.language)
    pairs = [(words["when"], letter.date_of_events), (words["where"], letter.place_of_events)]
    head = [f"{label}{words['colon']}{value.strip()}" for label, value in pairs]
    return (paragraph(*head), *blocks_of(letter.facts))


def _consent(case: Case, language: str, now: datetime) -> tuple[Block, ...]:
    words = words_of(language)
    purposes = {"consent_a": "name_to_government", "consent_b": "name_in_un_report"}
    return tuple(
        paragraph(words[key].format(answer=words[_answer(case, purpose, now)])) for key, purpose in purposes.items()
    )


def _answer(case: Case, purpose: str, now: datetime) -> str:
    """A decision of ours where nobody can be asked is never passed off as somebody's yes."""
    if is_given(case=case, purpose=purpose, now=now):
        return "yes"
    return "decided" if may(case=case, purpose=purpose, now=now) else "no"


def _source_line(source: Source, language: str) -> str:
    words = words_of(language)
    if source.is_withheld:
        return f"{told(source, language)}; {words['withheld']}"
    parts = [f"{source.publisher}: {source.title}"]
    if source.published_on:
        parts.append(source.published_on.isoformat())
    if source.publisher_interest:
        parts.append(words["interest"].format(interest=source.publisher_interest))
    parts.append(source.url or words["no_link"])
    return "; ".join(parts)


def _annexes(letter: Letter, to: Iterable[Mandate]) -> tuple[Section, ...]:
    """One for each addressed mandate with questions of its own that were answered."""
    words = words_of(letter.language)
    answers = {(row.mandate_id, row.question): row.text for row in letter.answers.all()}
    annexes = []
    for mandate in to:
        parts = tuple(
            Section(question.in_letter(letter.language), blocks_of(question.told(text, letter.language)))
            for question in questions_for(mandate)
            if (text := answers.get((mandate.pk, question.key), "").strip())
        )
        if parts:
            annexes.append(Section(words["annex"].format(mandate=mandate.title), parts=parts))
    return tuple(annexes)
