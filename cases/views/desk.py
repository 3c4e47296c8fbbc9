"""The case editors' desk: what waits for whom, a new case, one case as it is being written."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import role_required, signed_in
from cases.actions.guards import writers_of
from cases.actions.people import NewCase, create_case, people_named_like
from cases.completeness import needs_of, sources_of
from cases.facts import facts_of
from cases.forms.desk import NoteForm
from cases.forms.people import CaseCreateForm
from cases.models import Case, StatusEvent
from cases.views.steps import case_at, to_case

PUBLISHED_PER_PAGE = 30


@role_required("case_editor")
@require_safe
def case_desk(request: HttpRequest) -> HttpResponse:
    """What waits for a second person first, then drafts, then what is or was on the site."""
    waiting = Count("status_events", filter=Q(status_events__state=StatusEvent.State.PENDING))
    cases = (
        Case.objects.with_status()
        .annotate(waiting_statuses=waiting)
        .select_related("written_by", "submitted_by", "published_by")
        .order_by("-pk")
    )
    published = cases.filter(state=Case.State.PUBLISHED)
    context = {
        "in_review": cases.filter(state=Case.State.IN_REVIEW).order_by("submitted_at"),
        "to_confirm": published.filter(waiting_statuses__gt=0),
        "drafts": cases.filter(state=Case.State.DRAFT),
        "unpublished": cases.filter(state=Case.State.UNPUBLISHED),
        "published": Paginator(published, PUBLISHED_PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "cases/case_desk.html", context)


@role_required("case_editor")
@require_http_methods(["GET", "POST"])
def case_create(request: HttpRequest) -> HttpResponse:
    """Begin a draft. A like name in another case must be looked at first."""
    form = CaseCreateForm(request.POST or None)
    alike: list[Case] = []
    if request.method == "POST" and form.is_valid():
        alike = [] if form.cleaned_data["is_another_person"] else people_named_like(form.names())
        if not alike:
            case = create_case(new=_new_case(form), by=signed_in(request), now=timezone.now())
            messages.success(request, _("The draft is kept. Add sources, then what they state."))
            return to_case(case)
        form.add_error("is_another_person", _("There is a case under a like name. Compare it first."))
    return render(request, "cases/case_create.html", {"form": form, "alike": alike})


def _new_case(form: CaseCreateForm) -> NewCase:
    fields = {name: form.cleaned_data[name] for name in ("gender", "country", "is_demonstration")}
    return NewCase(names=form.names(), texts=form.texts(), **fields)


@role_required("case_editor")
@require_safe
def case_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """One case with all its sections, what it still needs, and the next step on its way."""
    case = case_at(slug)
    user, now = signed_in(request), timezone.now()
    context = {
        "case": case,
        "needs": needs_of(case, now=now),
        "names": case.person.names.select_related("source").order_by("-is_shown", "pk"),
        "texts": case.texts.order_by("language"),
        "missing_languages": {"en", "fa"} - set(case.texts.values_list("language", flat=True)),
        "facts": facts_of(case.claims.select_related("source").order_by("pk")),
        "statuses": case.status_events.select_related("source", "recorded_by", "decided_by").latest_first(),
        "events": case.events.prefetch_related("sources").order_by("on", "pk"),
        "sources": sources_of(case),
        "consents": case.consents.select_related("recorded_by", "second_person").order_by("-recorded_at"),
        "decisions": case.decisions.select_related("by").order_by("-at", "-pk"),
        "may_decide": case.state == Case.State.IN_REVIEW and user.pk not in writers_of(case),
        "note_form": NoteForm(),
    }
    return render(request, "cases/case_edit.html", context)
