"""Health, the pages that explain the site, and what robots are told."""

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from petitions.models import Statement, StatementVersion

# What belongs to one person or to a desk is no matter for a search engine.
CLOSED_TO_ROBOTS = (
    "/account/",
    "/mailbox/",
    "/cases/desk/",
    "/statements/confirm/",
    "/statements/link/",
    "/statements/mine/",
    "/statements/moderation/",
    "/statements/next/",
    "/statements/signatures/",
    "/statements/updates/desk/",
    "/un/letters/",
)


@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """200 `ok` when the database answers; anything else is a fault."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "campaign/about.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "campaign/privacy.html")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "campaign/accessibility.html")


@require_safe
def api(request: HttpRequest) -> HttpResponse:
    """What programs may read, with addresses of a statement that is there."""
    example = Statement.objects.published().filter(versions__in=StatementVersion.objects.out()).order_by("-pk").first()
    languages = [code for code, _name in settings.LANGUAGES]
    return render(request, "campaign/api.html", {"example": example, "languages": languages})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """RFC 9309: the whole site is open but for the desks and accounts, in every language."""
    prefixes = ["", *(f"/{code}" for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE)]
    lines = ["User-agent: *"]
    lines += [f"Disallow: {prefix}{path}" for path in CLOSED_TO_ROBOTS for prefix in prefixes]
    lines.append(f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
