"""The fingerprint of a signed text: SHA-256 over one exact form of it, which anybody can download and hash.

The canonical form, version 1, is UTF-8 text. Its first line is `countersign-text 1`. Then the fields follow, each as
one line `<field> <n>` and exactly `n` lines that are its value, so that no value can be mistaken for a field:

    language, title, body,
    then for each demand, by its position: demand (its number), heading, text, addressees.

Every value is in Unicode normalisation form C with its line ends as `\\n` (`\\r\\n` and `\\r` become it); nothing
else is trimmed or changed. Every line, the last one too, ends in `\\n`. Demands are taken in the text's own language; a
demand without a wording in that language has empty values.
"""

import hashlib
import unicodedata
from collections.abc import Iterator

from petitions.models import VersionText

FORM = "countersign-text 1"


def canonical_form(version_text: VersionText) -> bytes:
    """The bytes that are hashed, as described above; the same text always gives the same bytes."""
    lines = [FORM]
    for name, value in _fields(version_text):
        value_lines = _normalised(value).split("\n")
        lines += [f"{name} {len(value_lines)}", *value_lines]
    return ("\n".join(lines) + "\n").encode()


def fingerprint(version_text: VersionText) -> str:
    """SHA-256 of the canonical form: 64 hexadecimal digits in lower case."""
    return hashlib.sha256(canonical_form(version_text)).hexdigest()


def _fields(version_text: VersionText) -> Iterator[tuple[str, str]]:
    yield "language", version_text.language
    yield "title", version_text.title
    yield "body", version_text.body
    demands = version_text.version.demands.order_by("position", "number").prefetch_related("texts")
    for demand in demands:
        wording = next((text for text in demand.texts.all() if text.language == version_text.language), None)
        yield "demand", demand.number
        yield "heading", wording.heading if wording else ""
        yield "text", wording.text if wording else ""
        yield "addressees", wording.addressees if wording else ""


def _normalised(value: str) -> str:
    return unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
