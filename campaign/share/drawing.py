"""Pictures and posters, set by typst from a template, our fonts and nothing else of the machine.

The same words give the same bytes: the time stamp is fixed, so what was drawn once is kept under the digest of what
went in. Data reach the template as JSON in `sys.inputs`; they are text there and cannot become code.
"""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import typst
from django.core.cache import cache
from redis.exceptions import RedisError

HERE = Path(__file__).resolve().parent
_FONTS = HERE / "fonts"
_KEEP_FOR = 24 * 3600
# A picture is drawn in one place; every name and headline in it is cut to what can be read there.
LONGEST = 400
# Raise when a template changes, so that no picture of the old look is served.
LOOK = 1


def draw(template: str, inputs: dict[str, str], *, to: Literal["png", "pdf"]) -> tuple[bytes, str]:
    """The document `template` (a file beside this one) filled with `inputs`, as (`to` = `png` or `pdf`) bytes.

    Also gives a digest of what went in, for ETag. Values longer than `LONGEST` characters are cut, except `qr`.
    """
    cut = {key: value if key == "qr" else value[:LONGEST] for key, value in inputs.items()}
    data = json.dumps(cut, ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(f"{LOOK} {template} {to} {data}".encode()).hexdigest()
    key = f"drawing:{digest}"
    drawn = _kept(key)
    if drawn is None:
        drawn = _compile(template, data, to)
        _keep(key, drawn)
    return drawn, digest


def _compile(template: str, data: str, to: Literal["png", "pdf"]) -> bytes:
    """A PDF is tagged for screen readers (ISO 14289-1), unless it holds a letter that none of our fonts has."""
    try:
        return _set(template, data, to, standard="ua-1" if to == "pdf" else None)
    except typst.TypstError:
        return _set(template, data, to, standard=None)


def _set(template: str, data: str, to: Literal["png", "pdf"], *, standard: Literal["ua-1"] | None) -> bytes:
    return typst.compile(
        HERE / template,
        root=HERE,
        font_paths=[_FONTS],
        ignore_system_fonts=True,
        format=to,
        pdf_standards=standard,
        ppi=72 if to == "png" else None,
        sys_inputs={"data": data},
        timestamp=datetime(2025, 1, 1, tzinfo=UTC),
    )


def _kept(key: str) -> bytes | None:
    """A cache that is down costs 20 ms of drawing, not the page."""
    try:
        kept: bytes | None = cache.get(key)
    except RedisError:
        return None
    return kept


def _keep(key: str, drawn: bytes) -> None:
    try:
        cache.set(key, drawn, _KEEP_FOR)
    except RedisError:
        return
