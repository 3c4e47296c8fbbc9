"""What pages of other packages take from this one."""

from typing import Any

from django import template
from django.utils import timezone

from accounts.badges import badge_of_verification
from accounts.models import User, Verification
from accounts.verification import last_ended

register = template.Library()


@register.inclusion_tag("accounts/_badge.html")
def badge(verification: Verification) -> dict[str, Any]:
    """The mark that a verification puts beside a name."""
    return {"badge": badge_of_verification(verification)}


@register.simple_tag
def badge_meaning(verification: Verification) -> str:
    """What that mark shows, and what it does not."""
    return str(badge_of_verification(verification).meaning)


@register.inclusion_tag("accounts/_ended.html")
def what_ended(user: User) -> dict[str, Any]:
    """Which proof of who they are ended last and how, unless it holds again; nothing when none did."""
    return {"ended": last_ended(user=user, now=timezone.now())}
