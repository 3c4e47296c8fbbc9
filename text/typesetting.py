"""Documents and pictures set by typst, from a template of ours, our fonts and nothing else of the machine.

The same input gives the same bytes: no clock is read. Data reach the template as JSON in `sys.inputs.data`; they are
text there and cannot become code. Each document is set by a process of its own: typst remembers all it has ever set,
some 75 MB for 5,000 names, and gives nothing back.
"""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import typst

FONTS = Path(__file__).resolve().parent / "fonts"
SAMPLE = Path(__file__).resolve().parent / "sample.typ"
Form = Literal["png", "pdf"]


class TypesettingError(Exception):
    """The template could not be set; says why."""


def set_document(template: Path, data: str, *, to: Form) -> bytes:
    """`template` filled with `data` (JSON): a PDF, or the picture of its one page. Raises `TypesettingError`.

    A PDF is tagged for screen readers (PDF/UA-1, ISO 14289-1), unless it holds a letter that none of our fonts has.
    """
    command = [sys.executable, "-I", __file__, str(template), to]
    done = subprocess.run(command, input=data.encode(), capture_output=True, check=False)  # noqa: S603  this very file
    if done.returncode:
        raise TypesettingError(done.stderr.decode(errors="replace").strip()[-2000:])
    return done.stdout


def has_shapes(letters: str) -> bool:
    """Whether our fonts have a shape for each of `letters`: a paper without one prints a box and cannot be tagged."""
    try:
        _compile(SAMPLE, json.dumps({"letters": letters}), "pdf", standard="ua-1")
    except typst.TypstError:
        return False
    return True


def _set(template: Path, data: str, to: Form) -> bytes:
    if to == "png":
        return _compile(template, data, to, standard=None)
    try:
        return _compile(template, data, to, standard="ua-1")
    except typst.TypstError:
        return _compile(template, data, to, standard=None)


def _compile(template: Path, data: str, to: Form, *, standard: Literal["ua-1"] | None) -> bytes:
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


if __name__ == "__main__":
    place, form = sys.argv[1:]
    sys.stdout.buffer.write(_set(Path(place), sys.stdin.buffer.read().decode(), "png" if form == "png" else "pdf"))
