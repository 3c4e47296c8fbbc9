from pathlib import Path
from typing import Any

import pytest
from django.template import TemplateDoesNotExist

from outbox.composing import compose, one_line


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    folder = tmp_path / "emails" / "hello"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("{% load i18n %}{% trans 'Sunday' %}\nfor {{ name }}\n")
    (folder / "body.txt").write_text("\n{{ name }} at {{ site_url }} in {{ language }}\n\n")
    return folder


def test_compose_escapes_html_and_never_text(folder: Path, settings: Any) -> None:
    (folder / "body.html").write_text("<p>{{ name }}</p>")
    words = compose(template="emails/hello", context={"name": "O'Hara & <Co>"}, language="en")
    assert words.subject == "Sunday for O'Hara & <Co>"
    assert words.text == f"O'Hara & <Co> at {settings.SITE_URL} in en\n"
    assert words.html == "<p>O&#x27;Hara &amp; &lt;Co&gt;</p>"


def test_compose_speaks_the_language_asked_for(folder: Path) -> None:
    words = compose(template="emails/hello", context={"name": "لیلا"}, language="fa")
    assert words.subject == "یکشنبه for لیلا"
    assert words.html == ""


def test_compose_keeps_hostile_names_on_one_line(folder: Path) -> None:
    words = compose(template="emails/hello", context={"name": "a\r\nBcc: b\u2028c\x85d\x00e"}, language="en")
    assert words.subject == "Sunday for a Bcc: b c de"


def test_compose_names_the_template_that_is_missing(folder: Path) -> None:
    (folder / "body.txt").unlink()
    with pytest.raises(TemplateDoesNotExist, match=r"emails/hello/body\.txt"):
        compose(template="emails/hello", context={"name": "x"}, language="en")


def test_compose_does_not_hide_a_broken_html_body(folder: Path) -> None:
    (folder / "body.html").write_text("{% extends 'nowhere.html' %}")
    with pytest.raises(TemplateDoesNotExist, match="nowhere"):
        compose(template="emails/hello", context={"name": "x"}, language="en")


def test_one_line_is_empty_for_nothing() -> None:
    assert one_line(" \n\t") == ""
