"""The pages for what went wrong."""

import sys

from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "errors/csrf.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Drawn with as little as possible: whatever broke may be what a full page needs.

    Without the database it is a pause and not a fault: what was typed stays in the page, to be sent again by a button.
    """
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response = render(request, "errors/503.html", {"typed": _typed(request)}, status=503)
        response["Retry-After"] = "10"
        response["Cache-Control"] = "no-store"
        return response
    return render(request, "errors/500.html", status=500)


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What came with the form, but for passwords, which are typed again."""
    try:
        lists = list(request.POST.lists())
    except (OSError, SuspiciousOperation):
        return []
    return [(name, value) for name, values in lists for value in values if "password" not in name]
