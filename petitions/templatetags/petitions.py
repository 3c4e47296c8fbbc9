"""What pages of other packages take from this one."""

from typing import Any

from django import template
from django.urls import reverse

from cases.models import Case
from petitions.badges import badge_of
from petitions.forms import FollowForm
from petitions.models import Signature, Statement

register = template.Library()


@register.inclusion_tag("petitions/_follow_box.html")
def follow_box(about: Statement | Case) -> dict[str, Any]:
    """The small form by which anybody follows a published case or statement."""
    return {"form": FollowForm(about=about), "action": follow_url(about)}


def follow_url(about: Statement | Case) -> str:
    return reverse("petitions:follow_start", args=["case" if isinstance(about, Case) else "statement", about.slug])


@register.inclusion_tag("accounts/_badge.html")
def signature_badge(signature: Signature) -> dict[str, Any]:
    """The mark beside a signatory's name."""
    return {"badge": badge_of(signature)}


@register.inclusion_tag("accounts/_badge_facts.html")
def signature_badge_facts(signature: Signature) -> dict[str, Any]:
    """The same with its day, who checked it and until when it holds."""
    return {"badge": badge_of(signature)}
