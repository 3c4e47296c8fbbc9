"""The letter desk."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import role_required
from mandates.address_desk import read_address_desk
from mandates.desk import read_desk


@role_required("letter_author")
@require_safe
def letter_desk(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    context = {
        "desk": read_desk(today=today),
        "addresses": read_address_desk(day=today),
        "mode": settings.MANDATES_MODE,
    }
    return render(request, "mandates/letter_desk.html", context)
