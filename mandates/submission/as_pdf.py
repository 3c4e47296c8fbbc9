"""The PDF that goes with the e-mail."""

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from mandates.submission.paper import Block, Paper
from text.bidi import runs_of
from text.typesetting import set_document

TEMPLATE = Path(__file__).resolve().parent / "letter.typ"


def as_pdf(paper: Paper) -> bytes:
    """`paper` as a tagged PDF with page numbers and our reference on each page; the same bytes for the same paper."""
    return _set(pdf_data(paper))


def pdf_data(paper: Paper) -> str:
    """What the template is filled with, as JSON."""
    data = {
        "language": paper.language,
        "kind": paper.kind,
        "title": _runs(paper.title),
        "name": f"{paper.kind}: {paper.title}",
        "facts": [[label, _runs(value)] for label, value in paper.facts],
        "salutation": _runs(paper.salutation),
        "opening": _blocks(paper.opening),
        "sections": [
            {
                "heading": _runs(heading),
                "blocks": _blocks(section.blocks),
                "parts": [{"heading": _runs(part.heading), "blocks": _blocks(part.blocks)} for part in section.parts],
            }
            for heading, section in paper.numbered
        ],
        "page": paper.page,
        "colon": paper.colon,
        "reference": paper.reference,
    }
    return json.dumps(data, ensure_ascii=False, sort_keys=True)


@lru_cache(maxsize=32)
def _set(data: str) -> bytes:
    """Setting takes some tenths of a second and a page asks several times; what was set lies in this process alone."""
    return set_document(TEMPLATE, data, to="pdf")


def _blocks(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    return [{"kind": b.kind, "lines": [_runs(line) for line in b.lines], "language": b.language} for b in blocks]


def _runs(line: str) -> list[list[str | bool]]:
    return [[run, is_arabic] for run, is_arabic in runs_of(line)]
