"""Pages of an account, and of those who check who somebody is."""

from typing import cast

from django.http import HttpRequest

from accounts.models import User


def signed_in(request: HttpRequest) -> User:
    """The person behind a request that a decorator let in."""
    return cast(User, request.user)
