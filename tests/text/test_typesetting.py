"""A document is the same whenever it is set."""

import json
from pathlib import Path

from text.typesetting import set_document

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
