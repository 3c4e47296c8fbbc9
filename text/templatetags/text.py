"""Filters that every template has: dates, digits, Markdown, isolated names."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from text import bidi, calendars, markdown, names

register = template.Library()


def _language() -> str:
    return (get_language() or "en").split("-")[0]


@register.filter
def day(value: object) -> str:
    """An exact day in the reader's calendar; empty for no date."""
    if not isinstance(value, date):
        return ""
    if isinstance(value, datetime):
        value = timezone.localdate(value) if timezone.is_aware(value) else value.date()
    return calendars.format_day(value, _language())


@register.filter
def moment(value: object, zone: str = "UTC") -> str:
    """A day and its hour on the clocks of `zone`, an IANA name, which is said behind it; empty for no moment."""
    if not isinstance(value, datetime):
        return ""
    local = value.astimezone(ZoneInfo(zone))
    parts = {"day": calendars.format_day(local.date(), _language()), "hour": digits(f"{local:%H:%M}"), "zone": zone}
    return gettext("%(day)s, %(hour)s %(zone)s") % parts


@register.filter
def partial_date(row: object) -> str:
    """The date of a row with `on` and `precision`, in the reader's calendar."""
    return calendars.format_partial(getattr(row, "on", None), getattr(row, "precision", "day"), _language())


@register.filter
def digits(value: object) -> str:
    """A number in the reader's digits, grouped by thousands; empty for none."""
    if value is None:
        return ""
    text = f"{value:,}" if isinstance(value, int) else str(value)
    if _language() == "fa":
        text = text.replace(",", "٬")
    return calendars.localise_digits(text, _language())


@register.filter(name="markdown")
def markdown_filter(source: str, language: str = "") -> SafeString:
    return markdown.render_markdown(source, language or _language())


@register.filter
def bdi(value: object) -> SafeString:
    """A name or foreign word that cannot turn the direction of the sentence around it."""
    return format_html("<bdi>{}</bdi>", value)


@register.filter
def direction(language: str) -> str:
    return bidi.direction_of(language)


@register.filter
def monogram(name: str) -> str:
    """The first and the last initial of a name: what fits into a tile where a picture would be."""
    letters = names.initials_of(name).split()
    return " ".join(letters[:1] + letters[1:][-1:])


@register.filter
def in_language(row: object, attribute: str) -> str:
    """`row.text_fa` for a Persian reader when it is filled, else `row.text`."""
    if _language() == "fa":
        translated = getattr(row, f"{attribute}_fa", "")
        if translated:
            return str(translated)
    return str(getattr(row, attribute, ""))
