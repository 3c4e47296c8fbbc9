"""A cover letter as a document: the statement it hands over, quoted as it was signed, and the count behind it."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from mandates.dossiers import dossier_of, is_attached, paper_of
from mandates.drafting.phrases import day_in
from mandates.models import Letter, Mandate
from mandates.submission.composing import also_to, facts_of, greeting
from mandates.submission.paper import Block, Paper, Section, blocks_of, paragraph
from mandates.submission.wording import words_of
from petitions.handover.papers import public_address
from petitions.models import StatementVersion, VersionText
from petitions.texts.fingerprints import canonical_form
from petitions.texts.reading import AskedFor, demands_of


def compose_cover(
    letter: Letter, version: StatementVersion, *, to: Sequence[Mandate], others: Sequence[Mandate], now: datetime
) -> Paper:
    """The letter that hands over `version` to `to` together; `others` get one of their own and are named."""
    words = words_of(letter.language)
    return Paper(
        language=letter.language,
        kind=words[f"cover_{version.statement.kind}"],
        title=letter.subject,
        facts=facts_of(letter, to, now),
        salutation=greeting(to, letter.language),
        opening=(*blocks_of(letter.facts), *also_to(others, letter.language)),
        sections=tuple(section for section in _sections(letter, version) if section.blocks or section.parts),
        annexes=(),
        page=(words["page"], words["of"]),
        colon=words["colon"],
        reference=f"{words['reference']}{words['colon']}{letter.reference}",
    )


def signed_text(letter: Letter) -> VersionText | None:
    """The wording that signatures bind, for a reader of the letter's language; None when it is no cover letter."""
    return letter.statement_version.text_to_sign(letter.language) if letter.statement_version else None


def signed_file(text: VersionText) -> tuple[str, bytes]:
    """Name and bytes of the canonical form, whose SHA-256 is the fingerprint that the letter prints."""
    version = text.version
    return f"{version.statement.slug}-v{version.number}-{text.language}.txt", canonical_form(text)


def _sections(letter: Letter, version: StatementVersion) -> list[Section]:
    words, text = words_of(letter.language), signed_text(letter)
    if text is None:
        return []
    return [
        Section(words["statement"], _statement(letter, version, text)),
        Section(words["signatures"], (_count(letter, version),)),
        Section(words["dossier"], _dossier(letter)),
        Section(words["demands"], parts=_demands(version, text, letter.language)),
        Section(words["asked_of_you"], blocks_of(letter.request)),
        Section(words["people"], _people(letter)),
        Section(words["submitted_by"], blocks_of(letter.submitter)),
        Section(words["full_text"], (_quote(text),)),
        *_translation(letter, version, text),
    ]


def _statement(letter: Letter, version: StatementVersion, text: VersionText) -> tuple[Block, ...]:
    words = words_of(letter.language)
    name, _content = signed_file(text)
    page = settings.SITE_URL + version.statement.get_absolute_url()
    pairs = {
        "title": text.title,
        "version": f"{version.number} ({text.language})",
        "fingerprint": text.sha256,
        "page_of": page,
    }
    lines = [f"{words[key]}{words['colon']}{value}" for key, value in pairs.items()]
    return (paragraph(*lines), paragraph(words["verify"].format(name=name)))


def _count(letter: Letter, version: StatementVersion) -> Block:
    day = day_in(letter.counted_at.date(), letter.language) if letter.counted_at else "?"
    told = words_of(letter.language)["counted"]
    return paragraph(
        told.format(day=day, signed=letter.signed_version or 0, number=version.number, all=letter.signed_in_all or 0)
    )


def _dossier(letter: Letter) -> tuple[Block, ...]:
    """What the dossier holds, its file with its fingerprint, and where it can be checked; nothing without one."""
    handover = dossier_of(letter)
    if handover is None:
        return ()
    words, file = words_of(letter.language), paper_of(handover)
    name = f"{handover.statement.slug}-{file.name}"
    told = words["dossier_counted"].format(
        number=handover.figures["counted"], day=day_in(handover.as_of.date(), letter.language)
    )
    sent = words["dossier_attached"] if is_attached(handover) else words["dossier_not_attached"]
    return (
        paragraph(told, sent.format(name=name, size=file.size // 1024**2)),
        paragraph(
            f"{words['fingerprint']}{words['colon']}{file.sha256}",
            f"{words['dossier_page']}{words['colon']}{public_address(handover)}",
        ),
    )


def _demands(version: StatementVersion, text: VersionText, language: str) -> tuple[Section, ...]:
    """Each demand in the language of the letter when it has a wording there, else as it was signed."""
    told = {asked.demand.pk: asked for asked in demands_of(version, language) if asked.wording}
    return tuple(_demand(told.get(asked.demand.pk, asked), text) for asked in demands_of(version, text.language))


def _demand(asked: AskedFor, text: VersionText) -> Section:
    wording = asked.wording
    if wording is None:
        return Section(asked.demand.number)
    heading = f"{asked.demand.number}. {wording.heading}".rstrip(". ")
    addressees = f" ({wording.addressees})" if wording.addressees else ""
    return Section(f"{heading}{addressees}", (Block("quote", tuple(wording.text.splitlines()), wording.language),))


def _people(letter: Letter) -> tuple[Block, ...]:
    lines = []
    for case in letter.cases:
        latin, other = case.person.names_for("en")
        name = (latin.text if latin else "") + (f" ({other.text})" if other else "")
        lines.append(f"{name}; {settings.SITE_URL}{case.get_absolute_url()}")
    return (Block("list", tuple(lines)),) if lines else ()


def _quote(text: VersionText) -> Block:
    return Block("quote", (text.title, "", *text.body.splitlines()), text.language)


def _translation(letter: Letter, version: StatementVersion, signed: VersionText) -> list[Section]:
    if signed.language == letter.language:
        return []
    found = [text for text in version.texts.all() if text.language == letter.language]
    return [Section(words_of(letter.language)["translation"], (_quote(found[0]),))] if found else []
