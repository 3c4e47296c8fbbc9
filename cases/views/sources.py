"""Sources: looking for one, writing one down, collecting it for a case."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import role_required, signed_in
from cases.actions import sources
from cases.errors import CaseRuleError
from cases.forms.desk import SourceSearchForm
from cases.forms.evidence import SourceForm
from cases.models import Case, Source
from cases.views.steps import button_step, case_at

SOURCES_PER_PAGE = 30


@role_required("case_editor")
@require_safe
def source_list(request: HttpRequest) -> HttpResponse:
    """All sources, to be searched; with `?case=` each can be collected for that case."""
    form = SourceSearchForm(request.GET)
    found = Source.objects.annotate(uses=Count("claims", distinct=True)).order_by("-pk")
    if form.is_valid() and form.cleaned_data["q"]:
        words = form.cleaned_data["q"]
        named = Q(publisher__icontains=words) | Q(publisher_fa__icontains=words)
        found = found.filter(Q(title__icontains=words) | named)
    page = Paginator(found, SOURCES_PER_PAGE).get_page(request.GET.get("page"))
    case = _case_asked_for(request)
    collected = set(case.sources.values_list("pk", flat=True)) if case else set()
    context = {"form": form, "page": page, "case": case, "collected": collected}
    return render(request, "cases/source_list.html", context)


@role_required("case_editor")
@require_http_methods(["GET", "POST"])
def source_create(request: HttpRequest) -> HttpResponse:
    """Write a source down; with `?case=` it is collected for that case, if its words may change."""
    return _source_form(request, Source(), _case_asked_for(request))


@role_required("case_editor")
@require_http_methods(["GET", "POST"])
def source_edit(request: HttpRequest, slug: str) -> HttpResponse:
    return _source_form(request, get_object_or_404(Source, slug=slug), _case_asked_for(request))


@role_required("case_editor")
@require_POST
def source_attach(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    case, source = case_at(slug), get_object_or_404(Source, pk=pk)
    return button_step(
        request,
        case=case,
        section="sources",
        act=lambda: sources.attach_source(case=case, source=source, by=signed_in(request)),
    )


@role_required("case_editor")
@require_POST
def source_detach(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    case = case_at(slug)
    source = get_object_or_404(case.sources, pk=pk)
    return button_step(
        request,
        case=case,
        section="sources",
        act=lambda: sources.detach_source(case=case, source=source, by=signed_in(request)),
    )


def _source_form(request: HttpRequest, source: Source, case: Case | None) -> HttpResponse:
    form = SourceForm(request.POST or None, instance=source)
    if request.method == "POST" and form.is_valid():
        collecting = case if case is not None and case.is_editable else None
        try:
            sources.write_source(source=form.instance, by=signed_in(request), case=collecting)
        except CaseRuleError as error:
            form.add_error(None, str(error.message))
        else:
            messages.success(request, _("The source is kept."))
            return redirect("cases:case_edit", case.slug) if case else redirect("cases:source_list")
    return render(request, "cases/source_create.html", {"form": form, "case": case, "source": source})


def _case_asked_for(request: HttpRequest) -> Case | None:
    slug = request.GET.get("case", "")
    return case_at(slug) if slug.isascii() and slug.replace("-", "").isalnum() else None
