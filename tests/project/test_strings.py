"""The interface is complete in Persian: every marked string has a translation, with the same placeholders."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

from tests.project.house import PACKAGES, ROOT, relative, tracked

CATALOGUE = ROOT / "locale" / "fa" / "LC_MESSAGES" / "django.po"
MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
CODE = [p for p in tracked("*.py") if p.relative_to(ROOT).parts[0] in PACKAGES and "/migrations/" not in str(p)]
TEMPLATES = [p for p in tracked("templates/*") if p.suffix in {".html", ".txt"}]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


@cache
def entries() -> list[polib.POEntry]:
    return [entry for entry in polib.pofile(str(CATALOGUE)) if not entry.obsolete]


@cache
def known() -> frozenset[str]:
    return frozenset(entry.msgid for entry in entries())


def marked_in_code(source: str) -> Iterator[str]:
    """First argument of every marking call with a literal string."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS and node.args:
            argument = node.args[1 if node.func.id.startswith("pgettext") else 0]
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value


def marked_in_template(source: str) -> Iterator[str]:
    """Strings of `trans` and `blocktrans`, as Django's own extraction writes them."""
    for call in re.finditer(r"\b(?:n?gettext|_)\(\s*u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")", templatize(source)):
        yield ast.literal_eval(call[1])


def test_extraction_finds_marked_strings() -> None:
    page = "{% load i18n %}{% trans 'One' %}{% blocktrans trimmed %}\n Two {{ x }}\n{% endblocktrans %}"
    assert (list(marked_in_template(page)), list(marked_in_code("_('Three')"))) == (["One", "Two %(x)s"], ["Three"])


@pytest.mark.parametrize("path", [*CODE, *TEMPLATES], ids=relative)
def test_every_marked_string_is_in_the_catalogue(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    found = marked_in_code(source) if path.suffix == ".py" else marked_in_template(source)
    assert [text for text in found if text and text not in known()] == []


def test_every_string_is_translated() -> None:
    missing = [entry.msgid for entry in entries() if not entry.translated() or entry.fuzzy]
    assert missing == []


def test_translations_keep_their_placeholders() -> None:
    """A plural form may leave a number out; nothing may name what the English does not give."""
    broken = []
    for entry in entries():
        given = set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            used = set(PLACEHOLDER.findall(text))
            if text and (used - given or (not entry.msgid_plural and used != given)):
                broken.append(entry.msgid)
    assert broken == []
