"""The home page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from campaign.home import load_home


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    page = load_home(get_language() or "en", now=timezone.now())
    if page is None:
        return render(request, "campaign/no_campaign.html")
    return render(request, "campaign/home.html", {"page": page})
