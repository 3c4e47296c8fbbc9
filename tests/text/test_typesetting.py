"""A document is the same whenever it is set."""

import json
import resource
from pathlib import Path

import pytest

from text.typesetting import TypesettingError, set_document

TEMPLATE = """#let data = json(bytes(sys.inputs.data))
#set document(title: data.words, date: none)
#set text(font: ("Libertinus Serif", "Vazirmatn"), lang: "en")
#data.words
"""


def document(tmp_path: Path, words: str) -> bytes:
    template = tmp_path / "some.typ"
    template.write_text(TEMPLATE)
    return set_document(template, json.dumps({"words": words}), to="pdf")


def test_same_words_give_the_same_tagged_pdf(tmp_path: Path) -> None:
    first, again = (document(tmp_path, "Name آرام #panic()") for _time in range(2))
    assert first == again != document(tmp_path, "Another")
    assert first.startswith(b"%PDF-")
    assert b"pdfuaid:part" in first


def test_letter_that_no_font_has_costs_the_tagging_standard_and_not_the_document(tmp_path: Path) -> None:
    made = document(tmp_path, "\U00013000")
    assert made.startswith(b"%PDF-")
    assert b"pdfuaid:part" not in made


def test_what_cannot_be_set_says_why(tmp_path: Path) -> None:
    template = tmp_path / "wrong.typ"
    template.write_text('#panic("nothing to set")')
    with pytest.raises(TypesettingError, match="nothing to set"):
        set_document(template, "{}", to="png")


def test_memory_does_not_grow_with_what_was_set(tmp_path: Path) -> None:
    def held() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()

    document(tmp_path, "the first")
    before = held()
    for number in range(4):
        document(tmp_path, " ".join(f"w{number}{word}" for word in range(5_000)))
    assert held() - before < 8_000_000
