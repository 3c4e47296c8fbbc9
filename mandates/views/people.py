from typing import cast

from django.http import HttpRequest

from accounts.models import User


def signed_in(request: HttpRequest) -> User:
    """The person behind a view that `role_required` guards."""
    return cast(User, request.user)
