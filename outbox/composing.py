"""Turns a folder of templates into the words of one e-mail, in one language."""

import unicodedata
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template import Context, TemplateDoesNotExist
from django.template.loader import get_template
from django.utils.translation import override


@dataclass(frozen=True)
class Words:
    """What one e-mail says."""

    subject: str
    text: str
    html: str


def compose(*, template: str, context: dict[str, Any], language: str) -> Words:
    """Render `subject.txt`, `body.txt` and, where there is one, `body.html` of the folder `template`.

    `site_url` and `language` are added to the context. Text is not escaped, HTML is. Raises `TemplateDoesNotExist`
    when subject or text is missing.
    """
    full = {"site_url": settings.SITE_URL, "language": language, **context}
    with override(language):
        return Words(
            subject=one_line(_render(f"{template}/subject.txt", full, is_html=False)),
            text=_render(f"{template}/body.txt", full, is_html=False).strip() + "\n",
            html=_render_if_there(f"{template}/body.html", full),
        )


def one_line(text: str) -> str:
    """`text` with every run of white space as one space and without control characters: fit for a subject."""
    words = " ".join(text.split())
    return "".join(letter for letter in words if unicodedata.category(letter) not in {"Cc", "Cs"})


def _render(name: str, context: dict[str, Any], *, is_html: bool) -> str:
    template = get_template(name).template  # type: ignore[attr-defined]  # the backend's template, which the stubs leave out
    return str(template.render(Context(context, autoescape=is_html)))


def _render_if_there(name: str, context: dict[str, Any]) -> str:
    try:
        return _render(name, context, is_html=True)
    except TemplateDoesNotExist as error:
        if error.args[0] != name:
            raise
        return ""
