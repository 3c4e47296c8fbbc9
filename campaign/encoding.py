"""Every page and form of this site is UTF-8."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase


def read_as_utf8(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: reads what was typed as UTF-8, whatever the request declares.

    Django would decode with any codec of Python that a request names; some give halves of surrogate pairs, which
    neither the database nor a page can hold, and some decode no text at all.
    """

    def read(request: HttpRequest) -> HttpResponseBase:
        request.encoding = "utf-8"
        return get_response(request)

    return read
