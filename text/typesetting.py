"""Documents and pictures set by typst, from a template of ours, our fonts and nothing else of the machine.

The same input gives the same bytes: no clock is read. Data reach the template as JSON in `sys.inputs.data`; they are
text there and cannot become code.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import typst

FONTS = Path(__file__).resolve().parent / "fonts"
SAMPLE = Path(__file__).resolve().parent / "sample.typ"


def set_document(template: Path, data: str, *, to: Literal["png", "pdf"]) -> bytes:
    """`template` filled with `data` (JSON): a PDF, or the picture of its one page.

    A PDF is tagged for screen readers (PDF/UA-1, ISO 14289-1), unless it holds a letter that none of our fonts has.
    """
    if to == "png":
        return _compile(template, data, to, standard=None)
    try:
        return _compile(template, data, to, standard="ua-1")
    except typst.TypstError:
        return _compile(template, data, to, standard=None)


def has_shapes(letters: str) -> bool:
    """Whether our fonts have a shape for each of `letters`: a paper without one prints a box and cannot be tagged."""
    try:
        _compile(SAMPLE, json.dumps({"letters": letters}), "pdf", standard="ua-1")
    except typst.TypstError:
        return False
    return True


def _compile(template: Path, data: str, to: Literal["png", "pdf"], *, standard: Literal["ua-1"] | None) -> bytes:
    return typst.compile(
        template,
        root=template.parent,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        format=to,
        pdf_standards=standard,
        ppi=72 if to == "png" else None,
        sys_inputs={"data": data},
        timestamp=datetime(2025, 1, 1, tzinfo=UTC),
    )
