"""Stopping news with one press."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from petitions.actions import stop_updates
from petitions.news.stopping import signature_of


# A mail program presses this button for its reader and brings no cookie (RFC 8058 section 3.1). All it can do is stop
# news to the one signatory of the token.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def updates_stop(request: HttpRequest, token: str) -> HttpResponse:
    signature = signature_of(token)
    if signature is None:
        raise Http404
    if request.method == "POST":
        signature = stop_updates(signature=signature, now=timezone.now())
    return render(request, "petitions/updates_stop.html", {"signature": signature, "title": signature.text.title})
