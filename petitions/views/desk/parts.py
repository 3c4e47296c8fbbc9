"""The parts of a draft, and what is recorded beside a statement. Each page calls one action."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import role_required, signed_in
from petitions import actions
from petitions.errors import DeskRuleError
from petitions.forms.desk import (
    DemandForm,
    DemandStatusForm,
    DetailsForm,
    MirrorForm,
    PreviewForm,
    TextForm,
    language_name,
)
from petitions.models import Demand, Mirror, PreviewLink, Statement, StatementVersion
from petitions.views.desk.steps import button_step, form_step, statement_at, to_desk
from text.calendars import localise_digits


def _draft_of(statement: Statement) -> StatementVersion:
    version = statement.draft_version()
    if version is None:
        raise Http404
    version.statement = statement
    return version


@never_cache
@role_required("case_editor")
@require_http_methods(["GET", "HEAD", "POST"])
def statement_details(request: HttpRequest, slug: str) -> HttpResponse:
    statement = statement_at(slug)
    form = DetailsForm(request.POST if request.method == "POST" else None, statement=statement)
    return form_step(
        request,
        statement=statement,
        form=form,
        title=_("Goal, last day and cases"),
        section="details",
        act=lambda: actions.change_details(
            statement=statement, **form.cleaned_data, by=signed_in(request), now=timezone.now()
        ),
    )


@never_cache
@role_required("case_editor")
@require_http_methods(["GET", "HEAD", "POST"])
def statement_text(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """One language of the draft; a second button shows how the Markdown will look, and keeps nothing."""
    statement = statement_at(slug)
    version = _draft_of(statement)
    if language not in dict(settings.LANGUAGES):
        raise Http404
    form = TextForm(request.POST if request.method == "POST" else None, version=version, language=language)
    is_preview = "preview" in request.POST
    shown = {"language": language, "preview": request.POST} if is_preview else {"language": language}
    return form_step(
        request,
        statement=statement,
        form=form,
        title=gettext("The text: %(language)s") % {"language": language_name(language)},
        section="texts",
        act=lambda: actions.write_text(
            version=version,
            language=language,
            title=form.cleaned_data["title"],
            body=form.cleaned_data["body"],
            is_unofficial=form.cleaned_data.get("is_unofficial", False),
            by=signed_in(request),
            now=timezone.now(),
        ),
        context={"has_preview": True, **shown},
        is_preview=is_preview,
    )


@role_required("case_editor")
@require_POST
def statement_text_remove(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    statement = statement_at(slug)
    version = _draft_of(statement)
    return button_step(
        request,
        statement=statement,
        section="texts",
        act=lambda: actions.remove_text(version=version, language=language, by=signed_in(request), now=timezone.now()),
    )


@never_cache
@role_required("case_editor")
@require_http_methods(["GET", "HEAD", "POST"])
def demand_create(request: HttpRequest, slug: str) -> HttpResponse:
    statement = statement_at(slug)
    return _write_demand(request, statement, _draft_of(statement), None)


@never_cache
@role_required("case_editor")
@require_http_methods(["GET", "HEAD", "POST"])
def demand_edit(request: HttpRequest, pk: int) -> HttpResponse:
    demand = _demand(pk)
    return _write_demand(request, demand.version.statement, demand.version, demand)


def _write_demand(
    request: HttpRequest, statement: Statement, version: StatementVersion, demand: Demand | None
) -> HttpResponse:
    form = DemandForm(request.POST if request.method == "POST" else None, version=version, demand=demand)
    return form_step(
        request,
        statement=statement,
        form=form,
        title=_("A demand"),
        section="demands",
        act=lambda: actions.write_demand(
            version=version,
            demand=demand,
            number=form.cleaned_data["number"],
            deadline_on=form.cleaned_data["deadline_on"],
            wordings=form.wordings(),
            by=signed_in(request),
            now=timezone.now(),
        ),
    )


@role_required("case_editor")
@require_POST
def demand_remove(request: HttpRequest, pk: int) -> HttpResponse:
    demand = _demand(pk)
    return button_step(
        request,
        statement=demand.version.statement,
        section="demands",
        act=lambda: actions.remove_demand(demand=demand, by=signed_in(request), now=timezone.now()),
    )


@role_required("case_editor")
@require_POST
def demand_move(request: HttpRequest, pk: int) -> HttpResponse:
    demand = _demand(pk)
    return button_step(
        request,
        statement=demand.version.statement,
        section="demands",
        act=lambda: actions.move_demand(
            demand=demand, up="up" in request.POST, by=signed_in(request), now=timezone.now()
        ),
    )


@never_cache
@role_required("case_editor")
@require_http_methods(["GET", "HEAD", "POST"])
def demand_status(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of a demand: a further entry of its history, at once on the page."""
    demand = _demand(pk)
    form = DemandStatusForm(request.POST if request.method == "POST" else None)
    return form_step(
        request,
        statement=demand.version.statement,
        form=form,
        title=gettext("What became of demand %(number)s")
        % {"number": localise_digits(demand.number, get_language() or "en")},
        section="demands",
        act=lambda: actions.record_demand_status(
            demand=demand, **form.cleaned_data, by=signed_in(request), now=timezone.now()
        ),
        done=_("Recorded. It is on the page now."),
    )


def _demand(pk: int) -> Demand:
    return get_object_or_404(Demand.objects.select_related("version__statement"), pk=pk)


@role_required("case_editor")
@require_POST
def mirror_add(request: HttpRequest, slug: str) -> HttpResponse:
    statement = statement_at(slug)
    form = MirrorForm(request.POST)
    return form_step(
        request,
        statement=statement,
        form=form,
        title=_("Another page that carries the text"),
        section="mirrors",
        act=lambda: actions.add_mirror(
            statement=statement, **form.cleaned_data, by=signed_in(request), now=timezone.now()
        ),
    )


@role_required("case_editor")
@require_POST
def mirror_remove(request: HttpRequest, pk: int) -> HttpResponse:
    mirror = get_object_or_404(Mirror.objects.select_related("statement"), pk=pk)
    return button_step(
        request,
        statement=mirror.statement,
        section="mirrors",
        act=lambda: actions.remove_mirror(mirror=mirror, by=signed_in(request), now=timezone.now()),
    )


@never_cache
@role_required("case_editor")
@require_POST
def preview_give(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a link and show it, this once."""
    statement, now = statement_at(slug), timezone.now()
    form = PreviewForm(request.POST)
    if form.is_valid():
        try:
            link, token = actions.give_preview(
                statement=statement,
                recipient=form.cleaned_data["recipient"],
                expires_at=form.expires_at(now),
                by=signed_in(request),
                now=now,
            )
        except DeskRuleError as error:
            messages.error(request, str(error.message))
            return to_desk(statement, "previews")
        return render(request, "petitions/preview_given.html", {"statement": statement, "link": link, "token": token})
    return form_step(
        request, statement=statement, form=form, title=_("A preview link"), section="previews", act=lambda: None
    )


@role_required("case_editor")
@require_POST
def preview_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    link = get_object_or_404(PreviewLink.objects.select_related("version__statement"), pk=pk)
    return button_step(
        request,
        statement=link.version.statement,
        section="previews",
        act=lambda: actions.revoke_preview(link=link, by=signed_in(request), now=timezone.now()),
        done=_("The link opens nothing any more."),
    )
