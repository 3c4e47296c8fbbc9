"""A fresh proof: who opens what must be protected has given the password, or the second step, not long ago.

Whoever sits down at a desk that was left open gets no names out. How long a proof holds is said in one place, the
setting `FRESH_PROOF_MINUTES`; that allauth asks, and notes when, is its own business.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

Params = ParamSpec("Params")
View = Callable[Concatenate[HttpRequest, Params], HttpResponseBase]
SESSION_KEY = "typed_before_proof"


def has_fresh_proof(request: HttpRequest) -> bool:
    """Whether the person signed in proved who they are within the last `FRESH_PROOF_MINUTES`, in this browser."""
    records = get_authentication_records(request, request.user)
    latest = max((record["at"] for record in records), default=0.0)
    return bool(time.time() - latest < settings.FRESH_PROOF_MINUTES * 60)


def fresh_proof_required(view: View[Params]) -> View[Params]:
    """Ask for the password, or the second step, before `view`, when the last proof is too old; then come back to it.

    What was typed is kept for the page (`typed_before`), but nothing that `sensitive_post_parameters` names.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not has_fresh_proof(request):
            _keep_what_was_typed(request)
            messages.info(request, _("You come back to where you were. If you pressed a button, press it once more."))
            again = urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})
            return redirect(f"{reverse('account_reauthenticate')}?{again}")
        response = view(request, *args, **kwargs)
        if request.method == "POST" and response.status_code < 400:
            request.session.pop(SESSION_KEY, None)
        return response

    return guarded


def typed_before(request: HttpRequest) -> dict[str, str]:
    """What was typed on this page before the proof was asked for: initial values for its form."""
    path, typed = request.session.get(SESSION_KEY, ("", {}))
    return dict(typed) if path == request.path else {}


def _keep_what_was_typed(request: HttpRequest) -> None:
    if request.method != "POST":
        return
    hidden: tuple[str, ...] | str = getattr(request, "sensitive_post_parameters", ())
    left_out = {"csrfmiddlewaretoken", *(request.POST if hidden == "__ALL__" else hidden)}
    typed = {name: value for name, value in request.POST.items() if name not in left_out}
    request.session[SESSION_KEY] = (request.path, typed)
