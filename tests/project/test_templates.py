"""Every template compiles, holds nothing inline and no word that cannot be translated."""

import re
from pathlib import Path

import pytest
from django.template import engines

from tests.project.house import ROOT, relative, tracked

TEMPLATES = tracked("templates/*")
PAGES = [
    path for path in TEMPLATES if path.suffix == ".html" and "/emails/" not in str(path) and "/email/" not in str(path)
]

# Names and units that are the same in every language.
_SAME_EVERYWHERE = {"Countersign", "Telegram", "UTC", "WhatsApp", "فارسی"}


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_template_compiles(path: Path) -> None:
    engines["django"].from_string(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_template_holds_nothing_inline(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = re.findall(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)", text)
    assert found == []


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_template_marks_every_word_for_translation(path: Path) -> None:
    assert unmarked_words(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", [path for path in PAGES if not path.name.startswith("_")], ids=relative)
def test_page_with_a_form_sums_its_errors_up(path: Path) -> None:
    """The form itself prints only what stands beside a field: errors of the whole form stand in the summary alone."""
    text = path.read_text(encoding="utf-8")
    assert "forms/_error_summary.html" in text or not re.search(r"{{ *\w*form *}}", text)


def test_unmarked_word_is_found() -> None:
    assert unmarked_words("<p>Hello</p>{% trans 'kept' %}") == ["Hello"]
    assert unmarked_words('<img alt="The face">') == ["The", "face"]


def unmarked_words(source: str) -> list[str]:
    """Words a reader would see outside of translation tags: between tags, in `alt`, `title` and `aria-label`."""
    text = re.sub(r"{%\s*comment.*?endcomment\s*%}|{#.*?#}", " ", source, flags=re.DOTALL)
    text = re.sub(r"{%\s*(blocktrans|blocktranslate)\b.*?{%\s*end\1\s*%}", " ", text, flags=re.DOTALL)
    text = re.sub(r"{%.*?%}|{{.*?}}", " ", text, flags=re.DOTALL)
    text = re.sub(r"<(script|style|code|title)\b.*?</\1>|<!--.*?-->", " ", text, flags=re.DOTALL)
    attributes = re.findall(r"\b(?:alt|title|aria-label|placeholder)=\"([^\"]*)\"", text)
    between = re.sub(r"<[^>]*>", " ", text)
    words = re.findall(r"[^\W\d_]{1,}", re.sub(r"&\w+;", " ", " ".join([between, *attributes])))
    return [
        word for word in words if (word not in _SAME_EVERYWHERE and word != "فارسی" and len(word) > 1) or word == "A"
    ]


def test_every_folder_has_the_name_of_its_package() -> None:
    folders = {path.name for path in (ROOT / "templates").iterdir() if path.is_dir()}
    others = {"forms", "errors", "account", "allauth", "mfa", "socialaccount", "usersessions"}
    assert folders - others <= {"campaign", "mandates", "petitions", "cases", "accounts", "outbox"}
