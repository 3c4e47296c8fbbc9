"""The letter desk."""

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import role_required
from cases.models import Case
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


@role_required("letter_author")
@require_safe
def letter_start(request: HttpRequest) -> HttpResponse:
    cases = Case.objects.visible_to(request.user).with_status()
    cases = cases.annotate(last_letter_at=Max("letters__approved_at")).order_by("slug")
    page = Paginator(cases, 50).get_page(request.GET.get("page"))
    return render(request, "mandates/letter_start.html", {"page": page})
