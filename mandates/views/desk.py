"""The letter desk."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import role_required, signed_in
from mandates.address_desk import read_address_desk
from mandates.desk import read_desk
from mandates.lookup import LONGEST_SEARCH


@role_required("letter_author")
@require_safe
def letter_desk(request: HttpRequest) -> HttpResponse:
    today, asked = timezone.localdate(), request.GET
    section, words = asked.get("section", ""), asked.get("q", "")[:LONGEST_SEARCH].replace("\x00", "")
    context = {
        "desk": read_desk(reader=signed_in(request), today=today, section=section, words=words, page=asked.get("page")),
        "section": section,
        "words": words,
        # Whoever looks for a letter, or turns pages, wants to see those first.
        "is_overview": not (section or words or asked.get("page")),
        "addresses": read_address_desk(day=today),
        "mode": settings.MANDATES_MODE,
    }
    return render(request, "mandates/letter_desk.html", context)
