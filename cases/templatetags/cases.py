"""Filters for pages that show a case: the reader's name for the person, the reader's text, how fresh it is."""

from django import template
from django.utils import timezone
from django.utils.translation import get_language

from cases.models import Case, CaseText, Person, PersonName, Source

register = template.Library()


def reader_language() -> str:
    return (get_language() or "en").split("-")[0]


@register.filter
def name_here(person: Person) -> PersonName | None:
    """The shown name in the reader's script, else in another."""
    return person.names_for(reader_language())[0]


@register.filter
def name_elsewhere(person: Person) -> PersonName | None:
    """The shown name in another script than the reader's."""
    return person.names_for(reader_language())[1]


@register.filter
def text_here(case: Case) -> CaseText | None:
    """The case in the reader's language, else in English."""
    return case.text_for(reader_language())


@register.filter
def is_stale(case: Case) -> bool:
    """Whether a living person's status was not checked within the last 30 days."""
    return case.is_stale(today=timezone.localdate())


@register.filter
def named(source: Source) -> str:
    """The publisher for the reader's language; of a source that could be harmed only its kind."""
    return source.get_kind_display() if source.is_withheld else source.publisher_in(reader_language())
