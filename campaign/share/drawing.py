"""Pictures and posters: the same words give the same bytes, so what was drawn once is kept under the digest of what
went in."""

import hashlib
import json
from pathlib import Path
from typing import Literal

from django.core.cache import cache

from text.typesetting import set_document

HERE = Path(__file__).resolve().parent
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
    drawn: bytes | None = cache.get(key)
    if drawn is None:
        drawn = set_document(HERE / template, data, to=to)
        cache.set(key, drawn, _KEEP_FOR)
    return drawn, digest
