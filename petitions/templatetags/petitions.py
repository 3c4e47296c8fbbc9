"""What pages of other packages take from this one."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import get_language

from cases.models import Case
from petitions.counts.series import Span
from petitions.forms import FollowForm
from petitions.models import Handover, Invalidation, Signature, Statement, Update
from petitions.models.about import as_fields
from petitions.moderation.agreement import disagreements, second_looks_for
from petitions.signatories.badges import badge_of
from petitions.texts.reading import working_title_of
from text.calendars import format_day, format_partial, format_short_day, localise_digits

register = template.Library()


@register.inclusion_tag("petitions/_follow_box.html")
def follow_box(about: Statement | Case) -> dict[str, Any]:
    """The small form by which anybody follows a published case or statement."""
    return {"form": FollowForm(about=about), "action": follow_url(about)}


@register.inclusion_tag("petitions/_desk_places.html", takes_context=True)
def desk_places(context: dict[str, Any], here: str) -> dict[str, Any]:
    """The places of the moderators' desk, `here` among them, each with what waits there for the reader."""
    return {
        "here": here,
        "proposed": Invalidation.objects.filter(state=Invalidation.State.PROPOSED).count(),
        "second_looks": second_looks_for(context["request"].user).count(),
        "disagreements": disagreements().count(),
    }


@register.inclusion_tag("petitions/_updates.html")
def news_of(about: Statement | Case) -> dict[str, Any]:
    """The newest published updates on a case or a statement, in the reader's language."""
    language = (get_language() or "en").split("-")[0]
    rows = Update.objects.published().filter(**as_fields(about)).prefetch_related("texts")
    return {"entries": [(row, row.text_in(language)) for row in rows.order_by("-released_at", "-pk")[:5]]}


@register.inclusion_tag("petitions/_handovers.html")
def handovers_of(statement: Statement) -> dict[str, Any]:
    """The confirmed handovers of `statement`, the newest first."""
    rows = Handover.objects.public().filter(statement=statement).select_related("statement")
    return {"handovers": rows.order_by("-handed_over_on", "-pk")}


def follow_url(about: Statement | Case) -> str:
    return reverse("petitions:follow_start", args=["case" if isinstance(about, Case) else "statement", about.slug])


@register.filter
def signed_title(signature: Signature) -> str:
    """The title of the version that was signed, in the reader's language where it has one."""
    text = signature.text.version.text_in(_language())
    return (text or signature.text).title


@register.filter
def working_title(statement: Statement) -> str:
    """How the desk names `statement` in the reader's language, a draft too."""
    return working_title_of(statement, _language())


@register.filter
def short_span(span: Span, unit: str) -> str:
    """What stands below the bar of an "hour", a "day" or "week", or a "month": `14:00`, `21/11`, `11/26`."""
    if unit not in {"hour", "month"}:
        return format_short_day(span.first.date(), _language())
    return localise_digits(span.first.strftime("%H:%M" if unit == "hour" else "%m/%y"), _language())


@register.filter
def long_span(span: Span, unit: str) -> str:
    """The same in words, for the table."""
    if unit == "hour":
        return short_span(span, unit)
    if unit == "month":
        return format_partial(span.first.date(), "month", _language())
    return format_day(span.first.date(), _language())


def _language() -> str:
    return (get_language() or "en").split("-")[0]


@register.inclusion_tag("accounts/_badge.html")
def signature_badge(signature: Signature) -> dict[str, Any]:
    """The mark beside a signatory's name."""
    return {"badge": badge_of(signature)}


@register.inclusion_tag("accounts/_badge_facts.html")
def signature_badge_facts(signature: Signature) -> dict[str, Any]:
    """The same with its day, who checked it and until when it holds."""
    return {"badge": badge_of(signature)}
