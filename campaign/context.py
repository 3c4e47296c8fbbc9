"""What every template may ask for."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language

from campaign.navigation import Navigation


def site(request: HttpRequest) -> dict[str, Any]:
    """`site_url`, the places to go to, the same page in the other languages, and whether this is a demonstration."""
    current = get_language() or settings.LANGUAGE_CODE
    here = request.get_full_path()
    return {
        "site_url": settings.SITE_URL,
        "navigation": Navigation(request),
        "language_links": [
            {"code": code, "name": name, "url": translate_url(here, code), "is_current": code == current}
            for code, name in (("en", "English"), ("fa", "فارسی"))
        ],
        "has_mailbox": bool(settings.MAILBOX_DIR),
        "has_demonstration": settings.HAS_DEMONSTRATION,
    }
