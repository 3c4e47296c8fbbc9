"""The API does not know who asks: cookies are taken off on the way in, so that nothing behind can look at them."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

PREFIX = "/statements/api/1/"


def ask_nobody_who(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware, outside of those for sessions and languages: an answer of the API is the same for everybody.

    Without it the history of the database would look for a session on each request, and an old cookie would be answered
    with a new one; `Vary` would keep one copy for every visitor of a site that reads us.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX):
            return get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        response = get_response(request)
        del response["Vary"]
        return response

    return answer
