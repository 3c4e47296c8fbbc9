"""The wall of cases and the page of one case."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.forms.desk import CaseSearchForm
from cases.models import Case
from cases.profile import profile_of
from cases.templatetags.cases import reader_language

CASES_PER_PAGE = 24


@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    """Every published case; searched by name in any script, filtered by status."""
    form = CaseSearchForm(request.GET)
    cases = Case.objects.published().with_status()
    if form.is_valid():
        cases = cases.named(form.cleaned_data["q"])
        cases = cases.in_status(form.cleaned_data["status"])
    page = Paginator(cases.order_by("-published_at", "-pk"), CASES_PER_PAGE).get_page(request.GET.get("page"))
    is_searched = any(request.GET.get(name) for name in ("q", "status"))
    return render(request, "cases/case_list.html", {"form": form, "page": page, "is_searched": is_searched})


@require_safe
def case_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One case; one that is not published is a preview for staff and does not exist for everybody else."""
    case = get_object_or_404(Case.objects.visible_to(request.user).with_status(), slug=slug)
    profile = profile_of(case, language=reader_language(), now=timezone.now())
    return render(request, "cases/case_detail.html", {"case": case, "profile": profile})
