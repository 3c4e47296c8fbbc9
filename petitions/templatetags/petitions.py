"""What pages of other packages take from this one."""

from typing import Any

from django import template
from django.urls import reverse

from cases.models import Case
from petitions.forms import FollowForm
from petitions.models import Handover, Statement

register = template.Library()


@register.inclusion_tag("petitions/_follow_box.html")
def follow_box(about: Statement | Case) -> dict[str, Any]:
    """The small form by which anybody follows a published case or statement."""
    return {"form": FollowForm(about=about), "action": follow_url(about)}


@register.inclusion_tag("petitions/_handovers.html")
def handovers_of(statement: Statement) -> dict[str, Any]:
    """The confirmed handovers of `statement`, the newest first."""
    rows = Handover.objects.public().filter(statement=statement).select_related("statement")
    return {"handovers": rows.order_by("-handed_over_on", "-pk")}


def follow_url(about: Statement | Case) -> str:
    return reverse("petitions:follow_start", args=["case" if isinstance(about, Case) else "statement", about.slug])
