"""The desk of signatures on paper."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import role_required, signed_in
from accounts.proof import fresh_proof_required
from petitions.actions import check_paper, enter_paper
from petitions.errors import OwnEntryError, StateChangedError
from petitions.forms import PaperCheckForm, PaperForm
from petitions.models import PaperBatch
from petitions.texts.reading import title_of
from petitions.views.staff import with_titles
from petitions.views.statements import reader_language


@never_cache
@role_required("moderator")
@require_http_methods(["GET", "HEAD", "POST"])
def paper_desk(request: HttpRequest) -> HttpResponse:
    form = PaperForm(request.POST, request.FILES) if request.method == "POST" else PaperForm()
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        upload = given.pop("scan")
        batch = enter_paper(
            **given, scan=upload.read(), scan_type=upload.content_type, by=signed_in(request), now=timezone.now()
        )
        messages.success(request, _("Recorded. It counts once a second person has checked it."))
        return redirect("petitions:paper_check", pk=batch.pk)
    batches = PaperBatch.objects.select_related("statement", "entered_by", "checked_by").defer("scan")
    context = {"form": form, "batches": with_titles(batches.order_by("-pk")[:100])}
    return render(request, "petitions/paper_desk.html", context, status=422 if form.errors else 200)


@never_cache
@role_required("moderator")
@require_http_methods(["GET", "HEAD", "POST"])
def paper_check(request: HttpRequest, pk: int) -> HttpResponse:
    rows = PaperBatch.objects.select_related("statement", "entered_by", "checked_by").defer("scan")
    batch = get_object_or_404(rows, pk=pk)
    form = PaperCheckForm(request.POST if request.method == "POST" else None, batch=batch)
    if request.method == "POST" and form.is_valid():
        try:
            check_paper(batch=batch, **form.cleaned_data, by=signed_in(request), now=timezone.now())
        except OwnEntryError:
            messages.error(request, _("You entered this batch: somebody else must check it."))
        except StateChangedError:
            messages.info(request, _("A colleague was faster: it is checked already."))
        else:
            messages.success(request, _("Checked. The page of the statement says so."))
        return redirect("petitions:paper_check", pk=batch.pk)
    title, is_own = title_of(batch.statement, reader_language()), batch.entered_by_id == signed_in(request).pk
    context = {"batch": batch, "title": title, "form": form, "is_own": is_own}
    return render(request, "petitions/paper_check.html", context, status=422 if form.errors else 200)


@never_cache
@role_required("moderator")
@fresh_proof_required
@require_safe
def paper_scan(request: HttpRequest, pk: int) -> HttpResponse:
    """The scan as a download: never shown inside the site, whose scripts and cookies it must not meet."""
    batch = get_object_or_404(PaperBatch, pk=pk)
    response = HttpResponse(bytes(batch.scan), content_type=batch.scan_type)
    suffix = batch.scan_type.rpartition("/")[2]
    response["Content-Disposition"] = f'attachment; filename="paper-{batch.pk}.{suffix}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
