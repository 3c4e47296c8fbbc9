"""The papers: `statement.pdf`, and the names in parts of at most `IN_A_PART` when there are more.

Set in the dossier's language; each wording of the text in its own language and direction. The same rows give the same
bytes. Everything a paper says of a signatory comes from the written list (`lists.some_entries`).
"""

import io
import json
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from pathlib import Path

import segno
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_countries import countries

from accounts.models import ExpertProfile
from petitions.handover.blocks import (
    Block,
    Piece,
    blocks_of_markdown,
    heading,
    items,
    numbered,
    own,
    paragraph,
    word,
)
from petitions.handover.entries import ORGANISATIONS, PEOPLE, PINNED, WITHHELD, Entry
from petitions.handover.lists import figures_in_words, some_entries, versions_of
from petitions.handover.settable import MARK, settable
from petitions.models import Handover, Signature, VersionText
from petitions.texts.reading import demands_of
from text.bidi import direction_of
from text.calendars import format_day, localise_digits
from text.typesetting import set_document

TEMPLATE = Path(__file__).resolve().parent / "dossier.typ"
IN_A_PART = 5_000
STATEMENT = "statement.pdf"


def public_address(handover: Handover) -> str:
    """Where the code leads: the page that says what was handed over; it opens once that is confirmed."""
    with translation.override(handover.language):
        return str(settings.SITE_URL + handover.get_absolute_url())


def parts_of(handover: Handover) -> int:
    """How many parts the names fill beside the statement; 0 when they stand in the statement's own paper."""
    listed = int(handover.figures["listed"])
    return 0 if listed <= IN_A_PART else -(-listed // IN_A_PART)


def statement_paper(handover: Handover, folder: Path) -> bytes:
    """Text, demands, figures, names (or where they are), address, code and fingerprints."""
    with translation.override(handover.language):
        return set_document(TEMPLATE, statement_data(handover, folder), to="pdf")


def names_paper(handover: Handover, folder: Path, *, part: int) -> bytes:
    """The `part`th part of the names, counted from 1."""
    entries = some_entries(folder, after=(part - 1) * IN_A_PART, most=IN_A_PART)
    with translation.override(handover.language):
        title = _("Signatories, part %(part)s of %(parts)s") % {"part": part, "parts": parts_of(handover)}
        return names_of(handover, entries, title=title)


def names_of(handover: Handover, entries: list[Entry], *, title: str, warning: str = "") -> bytes:
    """A paper of names alone; call it in the dossier's language."""
    told = localise_digits(title, handover.language)
    head = [heading(1, word(told)), paragraph(own(_title(handover)))]
    head += [paragraph(word(warning, "b"))] if warning else []
    blocks = [*head, *_names(handover, entries)]
    return set_document(TEMPLATE, _document(handover, told, [_section(handover, handover.language, blocks)]), to="pdf")


def statement_data(handover: Handover, folder: Path) -> str:
    """What the template is filled with, as JSON; call it in the dossier's language."""
    sections = [_section(handover, handover.language, _cover(handover))]
    for text in _texts(handover):
        with translation.override(text.language):
            sections.append(_section(handover, text.language, _wording(text)))
    names = [heading(1, word(_("Signatories")))]
    if parts := parts_of(handover):
        told = _("The names fill %(parts)s parts beside this paper, and the two lists.")
        names.append(paragraph(word(told % {"parts": _digits(handover, parts)})))
    else:
        names += _names(handover, some_entries(folder, after=0, most=IN_A_PART))
    names += _unlisted(handover)
    sections.append(_section(handover, handover.language, names))
    return _document(handover, _title(handover), sections)


def code_for(address: str) -> str:
    """The address as a square code, an SVG document."""
    out = io.BytesIO()
    segno.make_qr(address, error="q").save(out, kind="svg", border=2, xmldecl=False)
    return out.getvalue().decode()


def _document(handover: Handover, title: str, sections: list[Block]) -> str:
    data = {"language": handover.language, "title": title, "sections": sections}
    return json.dumps(data, ensure_ascii=False, sort_keys=True)


def _section(handover: Handover, language: str, blocks: list[Block]) -> Block:
    """Page numbers as the section's language says them: %(n)s and %(m)s are where the numbers come."""
    with translation.override(language):
        page = _("Page %(n)s of %(m)s") % {"n": "\x00", "m": "\x00"}
    return {
        "language": language,
        "direction": direction_of(language),
        "page": page.split("\x00"),
        "reference": [word(public_address(handover), "l")],
        "blocks": blocks,
    }


def _cover(handover: Handover) -> list[Block]:
    facts = [[_("For:"), [own(handover.addressee)]]]
    if handover.planned_on:
        facts.append([_("To be handed over on:"), [word(_day(handover, handover.planned_on))]])
    facts.append([_("Canonical address:"), [word(settings.SITE_URL + handover.statement.get_absolute_url(), "l")]])
    return [
        heading(1, own(_title(handover))),
        {"kind": "facts", "rows": facts},
        paragraph(word(_told_count(handover), "b")),
        *_told_invented(handover),
        *_figures(handover),
        heading(2, word(_("Check this paper"))),
        _code(public_address(handover)),
        paragraph(word(_("Fingerprints (SHA-256) of the exact texts:"))),
        items([_fingerprint(handover, text) for text in _texts(handover)]),
    ]


def _told_count(handover: Handover) -> str:
    counted = int(handover.figures["counted"])
    if handover.covers_all_versions:
        told = ngettext(
            "%(number)s signature was counted on versions 1 to %(version)s up to %(moment)s.",
            "%(number)s signatures were counted on versions 1 to %(version)s up to %(moment)s.",
            counted,
        )
    else:
        told = ngettext(
            "%(number)s signature was counted on version %(version)s up to %(moment)s.",
            "%(number)s signatures were counted on version %(version)s up to %(moment)s.",
            counted,
        )
    time = _digits(handover, f"{handover.as_of:%H:%M}")
    moment = _("%(day)s, %(time)s UTC") % {"day": _day(handover, handover.as_of.date()), "time": time}
    version = _digits(handover, handover.version.number)
    return told % {"number": _digits(handover, counted), "version": version, "moment": moment}


def _told_invented(handover: Handover) -> list[Block]:
    invented = int(handover.figures["invented"])
    told = _("Invented for a demonstration: %(number)s of these.") % {"number": _digits(handover, invented)}
    return [paragraph(word(told, "b"))] if invented else []


def _code(address: str) -> Block:
    told = _(
        "The page behind this code says what was handed over, to whom and on which day, and compares a file with it."
        " It opens once the handover is confirmed."
    )
    return {
        "kind": "code",
        "svg": code_for(address),
        "alt": _("Code with the address %(address)s") % {"address": address},
        "lines": [[word(told)], [word(address, "l")]],
    }


def _figures(handover: Handover) -> list[Block]:
    blocks = []
    for title, rows in figures_in_words(handover.figures):
        counts = [[word(f"{label}: {_digits(handover, number)}")] for label, number in rows]
        blocks += [heading(2, word(title)), items(counts)]
    return blocks


def _fingerprint(handover: Handover, text: VersionText) -> list[Piece]:
    number = _digits(handover, text.version.number)
    told = _("version %(number)s, %(language)s") % {"number": number, "language": text.language}
    return [word(f"{told}: "), word(text.sha256, "lm")]


def _wording(text: VersionText) -> list[Block]:
    """The text in its language with its demands; call it in that language."""
    blocks = [heading(1, own(text.title))]
    if text.is_unofficial:
        told = _("This is an unofficial translation, made for reading. A signature is on the original text.")
        blocks.append(paragraph(word(told, "b")))
    blocks += blocks_of_markdown(text.body, level=2)
    demands = demands_of(text.version, text.language)
    if demands:
        blocks.append(heading(2, word(_("What it asks"))))
    for asked in demands:
        if asked.wording is not None:
            number = localise_digits(asked.demand.number, text.language)
            blocks.append(heading(3, word(f"{number}. {asked.wording.heading}".rstrip(". "))))
            blocks += blocks_of_markdown(asked.wording.text, level=4)
            if asked.wording.addressees:
                blocks.append(paragraph(word(_("Addressed to:") + " "), own(asked.wording.addressees)))
    return blocks


def _names(handover: Handover, entries: list[Entry]) -> Iterator[Block]:
    """The entries below a heading for each version, list and category; numbered through."""
    has_categories = any(entry.category for entry in entries)
    marked = False
    for (version, group, category), found in groupby(entries, key=_shelf):
        some = list(found)
        title = _heading(group, category, has_categories=has_categories)
        if handover.covers_all_versions:
            number = _digits(handover, version)
            title = ": ".join(filter(None, [_("Version %(number)s") % {"number": number}, title]))
        if title:
            yield heading(2, word(title))
        lines = [_line(entry) for entry in some]
        marked = marked or any(MARK in words for line in lines for words, _marks in line)
        yield numbered(lines, start=some[0].number)
    if marked:
        told = _("* In Latin letters, because our fonts lack the name's own; the lists have it as written.")
        yield paragraph(word(told))


def _shelf(entry: Entry) -> tuple[int, str, str]:
    return entry.version, entry.group, entry.category if entry.group == PEOPLE else ""


def _heading(group: str, category: str, *, has_categories: bool) -> str:
    if group == PINNED:
        return _("First signatories")
    if group == ORGANISATIONS:
        return _("Organisations")
    if category:
        return str(ExpertProfile.Category(category).label)
    return _("Others") if has_categories else ""


def _line(entry: Entry) -> list[Piece]:
    """One name as it is printed: the name in both scripts, office and institution, country, how it was proved."""
    if entry.shown == WITHHELD:
        pieces = [own(settable(entry.title), "b"), word(_(", ") + _("identity verified, name withheld"))]
    else:
        pieces = _who(entry)
    if entry.in_personal_capacity:
        pieces += [word(_(", ") + _("in a personal capacity"))]
    if entry.country:
        pieces += [word(_(", ") + str(countries.name(entry.country)))]
    told = str(Signature.Proof(entry.proof).label) + (f" · {_('invented')}" if entry.is_invented else "")
    return [*pieces, word(f" [{told}]")]


def _who(entry: Entry) -> list[Piece]:
    """The name in both scripts and what the person is; of an organisation first its own name, and the role in it."""
    named = [own(settable(each), "b") for each in (entry.honorific, entry.name) if each]
    pieces = [named[0], word(" "), *named[1:]] if named[1:] else named
    if entry.original_name and entry.original_name != entry.name:
        pieces += [word(" ("), own(settable(entry.original_name)), word(")")]
    if entry.organisation:
        role = own(settable(entry.organisation_role))
        return [own(settable(entry.organisation), "b"), word(_(", ")), *pieces, word(_(", ")), role]
    if entry.title:
        title = own(settable(entry.title))
        pieces += [word(_(", ")), *([title] if entry.is_current else _former(title))]
    if entry.affiliation:
        pieces += [word(_(", ")), own(settable(entry.affiliation))]
    return pieces


def _former(title: Piece) -> list[Piece]:
    before, after = (_("former %(title)s") % {"title": "\x00"}).split("\x00")
    return [word(before), title, word(after)]


def _unlisted(handover: Handover) -> list[Block]:
    blocks = []
    if hidden := int(handover.figures["hidden"]):
        told = ngettext(
            "%(number)s more is counted whose name is not shown.",
            "%(number)s more are counted whose names are not shown.",
            hidden,
        )
        blocks.append(paragraph(word(told % {"number": _digits(handover, hidden)})))
    if int(handover.figures["annexed"]) and handover.annex_key:
        told = _("Who agreed to it is named to the addressee alone, in an annex that only the addressee can open.")
        blocks.append(paragraph(word(told)))
    return blocks


def _texts(handover: Handover) -> list[VersionText]:
    """The wordings in the dossier, the original first, of the newest version first."""
    rows = VersionText.objects.filter(version__in=versions_of(handover)).select_related("version__statement")
    original = handover.statement.original_language
    return sorted(rows, key=lambda text: (-text.version.number, text.language != original, text.language))


def _title(handover: Handover) -> str:
    text = handover.version.text_in(handover.language)
    return text.title if text else handover.statement.slug


def _day(handover: Handover, day: date) -> str:
    return format_day(day, handover.language)


def _digits(handover: Handover, value: object) -> str:
    text = f"{value:,}" if isinstance(value, int) else str(value)
    return localise_digits(text.replace(",", "٬") if handover.language == "fa" else text, handover.language)
