"""Pages of the status history."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import role_required, signed_in
from cases.actions import statuses
from cases.completeness import sources_of
from cases.forms.evidence import StatusForm
from cases.models import Case, Source, StatusEvent
from cases.views.steps import button_step, case_at, form_step


@role_required("case_editor")
@require_http_methods(["GET", "POST"])
def status_add(request: HttpRequest, slug: str) -> HttpResponse:
    """A new entry. A published case takes any source: its own collection is fixed with its words."""
    case = case_at(slug)
    is_published = case.state == Case.State.PUBLISHED
    sources = Source.objects.order_by("-pk") if is_published else sources_of(case)
    form = StatusForm(request.POST or None, instance=StatusEvent(case=case), sources=sources)
    return form_step(
        request,
        case=case,
        form=form,
        title=_("A new status"),
        section="statuses",
        act=lambda: statuses.record_status(case=case, entry=form.instance, by=signed_in(request), now=timezone.now()),
        context={"lacks_sources": not sources.exists(), "is_for_confirmation": is_published},
    )


@role_required("case_editor")
@require_POST
def status_confirm(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    case = case_at(slug)
    entry = get_object_or_404(case.status_events, pk=pk)
    return button_step(
        request,
        case=case,
        section="statuses",
        act=lambda: statuses.confirm_status(entry=entry, by=signed_in(request), now=timezone.now()),
        done=_("The status is on the page now."),
    )


@role_required("case_editor")
@require_POST
def status_strike(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    case = case_at(slug)
    entry = get_object_or_404(case.status_events, pk=pk)
    return button_step(
        request,
        case=case,
        section="statuses",
        act=lambda: statuses.strike_status(entry=entry, by=signed_in(request), now=timezone.now()),
        done=_("The entry is struck out. It stays in the desk's history and is never shown."),
    )
