"""Filters of the letters' pages."""

from django import template
from django.utils.translation import get_language

from cases.models import Person
from mandates.models import Letter

register = template.Library()


@register.filter
def person_name(person: Person) -> str:
    """The person's shown name in the reader's script."""
    return person.name_in(_language())


@register.filter
def about(letter: Letter) -> str:
    """What a letter is about, for the reader: the person's name, or the title of the statement it hands over."""
    if letter.case is not None:
        return letter.case.person.name_in(_language())
    text = letter.statement_version.text_in(_language()) if letter.statement_version else None
    return text.title if text else letter.subject


def _language() -> str:
    return (get_language() or "en").split("-")[0]
