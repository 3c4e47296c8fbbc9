"""Statements for programs: JSON to read, for anybody, from any site. No account, no cookie, nothing changes."""

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt

from campaign.api.asking import BadParameterError, read_parameters
from campaign.api.description import as_json, describe
from campaign.api.shapes import Refusal
from campaign.api.signatories import read_signatories
from campaign.api.statements import find_statements, read_detail

# A name that is taken off is gone from every copy within a minute (docs/signatures.md), also behind two caches in a row
# that each count from zero.
KEPT = "public, max-age=30, must-revalidate"
METHODS = ["GET", "HEAD"]


class NoSuchStatementError(Exception):
    """There is none, or it is not public: the answer is the same."""


def answers_json(read: Callable[..., dict[str, Any]]) -> Callable[..., HttpResponseBase]:
    """A view that answers with what `read` gives, or with why not. It never looks at who asks.

    There is no token to check: nothing here does anything in anybody's name, and a POST is told so as JSON.
    """

    @csrf_exempt
    @wraps(read)
    def view(request: HttpRequest, **arguments: str) -> HttpResponseBase:
        if request.method not in METHODS:
            response = _refused(405, Refusal(error="method_not_allowed", message="This can only be read: GET or HEAD.",
                                             parameter=None, allowed=METHODS))  # fmt: skip
            response["Allow"] = ", ".join(METHODS)
            return response
        try:
            return _answer(request, read(request, **arguments))
        except BadParameterError as error:
            refusal = Refusal(
                error="bad_parameter", message=error.message, parameter=error.parameter, allowed=error.allowed
            )
            return _refused(400, refusal)
        except NoSuchStatementError:
            message = "There is nothing public here. The statement may be spelled differently, or be off the site."
            return _refused(404, Refusal(error="not_found", message=message, parameter=None, allowed=[]))

    return view


@answers_json
def api_statements(request: HttpRequest) -> dict[str, Any]:
    return as_json(find_statements(read_parameters(request.GET, "/statements.json")))


@answers_json
def api_statement(request: HttpRequest, slug: str) -> dict[str, Any]:
    read_parameters(request.GET, "/statements/{slug}.json")
    return as_json(_or_404(read_detail(slug)))


@answers_json
def api_signatories(request: HttpRequest, slug: str) -> dict[str, Any]:
    asked = read_parameters(request.GET, "/statements/{slug}/signatories.json")
    return as_json(_or_404(read_signatories(slug, cursor=asked["cursor"])))


@answers_json
def api_description(request: HttpRequest) -> dict[str, Any]:
    return describe(f"{settings.SITE_URL}{reverse('api_statements').rpartition('/')[0]}")


@answers_json
def api_unknown(request: HttpRequest) -> dict[str, Any]:
    raise NoSuchStatementError


def _or_404(shape: Any) -> Any:
    if shape is None:
        raise NoSuchStatementError
    return shape


def _answer(request: HttpRequest, data: dict[str, Any]) -> HttpResponseBase:
    # The place in `next` is sealed anew each time; two answers that differ by nothing else are the same.
    steady = {**data, "next": data["next"] is not None} if "next" in data else data
    etag = f'W/"{hashlib.sha256(_bytes(steady)).hexdigest()[:32]}"'
    answer = HttpResponse(_bytes(data), content_type="application/json")
    answer["ETag"] = etag
    answer["Cache-Control"] = KEPT
    response = get_conditional_response(request, etag=etag, response=answer)
    return _for_everybody(response or answer)


def _refused(status: int, refusal: Refusal) -> HttpResponse:
    """Kept nowhere: what is not there now may be there at the end of an embargo."""
    response = HttpResponse(_bytes(as_json(refusal)), content_type="application/json", status=status)
    response["Cache-Control"] = "no-store"
    _for_everybody(response)
    return response


def _for_everybody(response: HttpResponseBase) -> HttpResponseBase:
    """Pages of other sites may read it; search engines are to send people to the pages."""
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Robots-Tag"] = "noindex"
    return response


def _bytes(data: dict[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=1).encode()
