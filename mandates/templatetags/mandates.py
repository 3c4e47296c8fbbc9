"""Filters of the letters' pages."""

from datetime import date

from django import template
from django.utils import timezone
from django.utils.translation import get_language

from cases.models import Case, Person
from mandates.sent import SentLetter, sent_letters
from petitions.models import Statement
from text.calendars import format_partial

register = template.Library()


@register.filter
def person_name(person: Person) -> str:
    """The person's shown name in the reader's script."""
    return person.name_in((get_language() or "en").split("-")[0])


@register.filter
def month(first: date) -> str:
    """The month a day lies in, in words; never turned into the other calendar's."""
    return format_partial(first, "month", (get_language() or "en").split("-")[0])


@register.simple_tag
def letters_on_case(case: Case) -> list[SentLetter]:
    """What was sent and answered on a case, for its public page."""
    return sent_letters(now=timezone.now(), cases=[case])


@register.simple_tag
def letters_on_statement(statement: Statement) -> list[SentLetter]:
    """What was sent and answered on the published cases a statement is about."""
    return sent_letters(now=timezone.now(), cases=statement.cases.published())
