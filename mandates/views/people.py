from typing import cast

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import User
from mandates.models import Letter


def signed_in(request: HttpRequest) -> User:
    """The person behind a view that `role_required` guards."""
    return cast(User, request.user)


def letter_for(request: HttpRequest, pk: int) -> Letter:
    """The letter with its journey if this person may see it, else 404."""
    return get_object_or_404(Letter.objects.visible_to(signed_in(request)).with_journey(), pk=pk)
