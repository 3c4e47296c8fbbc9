from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.permissions import signed_in
from mandates.models import Letter


def letter_for(request: HttpRequest, pk: int) -> Letter:
    """The letter with its journey if this person may see it, else 404."""
    return get_object_or_404(Letter.objects.visible_to(signed_in(request)).with_journey(), pk=pk)
