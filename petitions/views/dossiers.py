"""The staff's side of a dossier: asking for it, watching it grow, looking at it, taking files out."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import role_required, signed_in
from accounts.proof import fresh_proof_required
from petitions import actions
from petitions.errors import (
    DossierBusyError,
    DossierStaleError,
    DossierStateError,
    HandoverChangedError,
    NoFrozenVersionError,
    SecondPersonError,
)
from petitions.forms import DossierForm
from petitions.handover.checking import MOST_AT_ONCE
from petitions.handover.store import folder_of
from petitions.models import Handover, Statement
from petitions.texts.reading import title_of, titles_of
from petitions.views.statements import reader_language

STAFF = "moderator"


def dossier_for(pk: int) -> Handover:
    return get_object_or_404(Handover.objects.select_related("statement", "version__statement", "requested_by"), pk=pk)


def not_done(request: HttpRequest, error: Exception) -> None:
    """Says why an action was refused."""
    told: dict[type[Exception], str] = {
        SecondPersonError: _("This has to be done by a second person."),
        DossierStaleError: _("A name in it changed since it was built. Please ask for a new dossier."),
        HandoverChangedError: _(
            "What was written down was changed after you opened this page. Read it once more before you confirm it."
        ),
        DossierBusyError: _("It is being built again and compared at this moment. Please try again in a minute."),
        DossierStateError: _("This cannot be done with the dossier as it is now."),
    }
    messages.error(request, told.get(type(error), _("This cannot be done with the dossier as it is now.")))


@never_cache
@role_required(STAFF)
@require_safe
def dossier_desk(request: HttpRequest) -> HttpResponse:
    rows = Handover.objects.select_related("statement", "version", "requested_by").order_by("-requested_at", "-pk")[
        :100
    ]
    statements = list(Statement.objects.published().order_by("-published_at", "-pk")[:100])
    titles = titles_of({*statements, *(row.statement for row in rows)}, reader_language())
    context = {
        "rows": [(row, titles.get(row.statement_id, row.statement.slug)) for row in rows],
        "statements": [(statement, titles.get(statement.pk, statement.slug)) for statement in statements],
    }
    return render(request, "petitions/dossier_desk.html", context)


@never_cache
@role_required(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def dossier_create(request: HttpRequest, slug: str) -> HttpResponse:
    statement = get_object_or_404(Statement.objects.published(), slug=slug)
    version = statement.current_version()
    if version is None:
        raise Http404
    form = DossierForm(request.POST if request.method == "POST" else None, version=version)
    if request.method == "POST" and form.is_valid():
        try:
            handover = actions.request_dossier(
                statement=statement, asked=form.asked, by=signed_in(request), now=timezone.now()
            )
        except NoFrozenVersionError as error:
            raise Http404 from error
        return redirect("petitions:dossier_detail", pk=handover.pk)
    context = {
        "statement": statement,
        "version": version,
        "title": title_of(statement, reader_language()),
        "form": form,
    }
    return render(request, "petitions/dossier_create.html", context, status=422 if form.errors else 200)


@never_cache
@role_required(STAFF)
@require_safe
def dossier_detail(request: HttpRequest, pk: int) -> HttpResponse:
    handover = dossier_for(pk)
    user = signed_in(request)
    context = {
        "handover": handover,
        "title": title_of(handover.statement, reader_language()),
        "files": handover.files.order_by("is_annex", "name"),
        "events": handover.events.select_related("by").order_by("-at", "-pk")[:100],
        "acknowledgements": handover.acknowledgements.select_related("recorded_by").order_by("received_on", "pk"),
        "is_asker": handover.requested_by_id == user.pk,
        "is_recorder": handover.was_recorded_by(user),
        "said": handover.said_fingerprint(),
        "can_check": handover.state == "built" and handover.figures.get("counted", 0) <= MOST_AT_ONCE,
    }
    return render(request, "petitions/dossier_detail.html", context)


@never_cache
@role_required(STAFF)
@require_POST
def dossier_retry(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        actions.retry_dossier(handover=dossier_for(pk), by=signed_in(request), now=timezone.now())
    except DossierStateError as error:
        not_done(request, error)
    return redirect("petitions:dossier_detail", pk=pk)


@never_cache
@role_required(STAFF)
@require_POST
def dossier_approve(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        actions.approve_dossier(handover=dossier_for(pk), by=signed_in(request), now=timezone.now())
    except (SecondPersonError, DossierStaleError, DossierStateError) as error:
        not_done(request, error)
    else:
        messages.success(request, _("Approved. The dossier may be handed over, or go with a cover letter."))
    return redirect("petitions:dossier_detail", pk=pk)


@never_cache
@role_required(STAFF)
@require_POST
def dossier_check(request: HttpRequest, pk: int) -> HttpResponse:
    handover = dossier_for(pk)
    try:
        check = actions.check_dossier(handover=handover, by=signed_in(request), now=timezone.now())
    except DossierStateError as error:
        not_done(request, error)
        return redirect("petitions:dossier_detail", pk=pk)
    context = {"handover": handover, "check": check, "title": title_of(handover.statement, reader_language())}
    return render(request, "petitions/dossier_check.html", context)


@never_cache
@role_required(STAFF)
@fresh_proof_required
@require_http_methods(["GET", "HEAD", "POST"])
def dossier_file(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """A file, by a button: what is taken out of the house is written down. Opening the address does nothing."""
    handover = dossier_for(pk)
    file = get_object_or_404(handover.files, name=name)
    if request.method != "POST":
        return redirect("petitions:dossier_detail", pk=pk)
    if handover.state != Handover.State.BUILT or not handover.is_fresh:
        not_done(request, DossierStaleError())
        return redirect("petitions:dossier_detail", pk=pk)
    # The name is one of the rows', never a path that somebody typed.
    path = folder_of(handover) / file.name
    if not path.is_file():
        raise Http404
    actions.note_opening(handover=handover, name=file.name, by=signed_in(request), now=timezone.now())
    response = FileResponse(path.open("rb"), as_attachment=True, filename=f"{handover.statement.slug}-{file.name}")
    response["Content-Type"] = file.media_type
    return response
