"""The pages for what went wrong."""

import sys

from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException
from django.shortcuts import render
from psycopg.errors import DiskFull

from petitions.handover.store import is_disk_full

TRY_AGAIN_AFTER = 10  # seconds
# Somebody has to make room first.
TRY_AGAIN_WITH_ROOM = 600
DATABASE_AWAY = (OperationalError, InterfaceError)


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

    A database that is away is no fault of the page: 503, soon back, and what was typed waits to be sent once more.
    So is a disk without room for an upload, or for the database's rows (S10), but not as soon.
    """
    error = sys.exc_info()[1]
    is_full = is_disk_full(error) or isinstance(error and error.__cause__, DiskFull)
    if is_full:
        _make_room(request)
    if not is_full and not isinstance(error, DATABASE_AWAY):
        return render(request, "errors/500.html", status=500)
    context = {"is_form": request.method == "POST", "typed": _typed(request), "is_full": is_full}
    response = render(request, "errors/503.html", context, status=503)
    response["Retry-After"] = str(TRY_AGAIN_WITH_ROOM if is_full else TRY_AGAIN_AFTER)
    response["Cache-Control"] = "no-store"
    return response


def _make_room(request: HttpRequest) -> None:
    """Takes away the part of an upload that was written: the error holds it open, and nobody would soon."""
    for handler in request.upload_handlers:
        handler.upload_interrupted()


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What was sent, to be sent again as it was, its own token included; nothing where a file or a password is in it.

    No new token is given out here: a form that another site sent stays without a good one.
    """
    try:
        fields = [(name, value) for name, values in request.POST.lists() for value in values]
        is_secret = bool(request.FILES) or any("password" in name for name, _value in fields)
    except (OSError, SuspiciousOperation, MultiPartParserError, RawPostDataException):
        return []
    return [] if is_secret else fields
