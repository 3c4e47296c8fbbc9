"""Filters of the letters' pages."""

from django import template
from django.utils.translation import get_language

from cases.models import Person

register = template.Library()


@register.filter
def person_name(person: Person) -> str:
    """The person's shown name in the reader's script."""
    return person.name_in((get_language() or "en").split("-")[0])
