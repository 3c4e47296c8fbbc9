"""Who may open a desk, and who opened it."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from accounts.models import User

Params = ParamSpec("Params")
View = Callable[Concatenate[HttpRequest, Params], HttpResponseBase]


def role_required(*roles: str) -> Callable[[View[Params]], View[Params]]:
    """Let only people with one of `roles` (values of `StaffRole.Role`) into a view.

    Anonymous people are sent to sign in and come back afterwards; everybody else gets 403.
    """
    if not roles:
        raise ValueError("name at least one role")

    def decorate(view: View[Params]) -> View[Params]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not any(request.user.has_role(role) for role in roles):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def signed_in(request: HttpRequest) -> User:
    """The person behind a request that `role_required` or `login_required` let in."""
    return cast(User, request.user)
