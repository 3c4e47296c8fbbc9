"""Entries of the directory changed by hand, and files of it taken over."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import role_required, signed_in
from mandates import actions
from mandates.errors import ImportChangedError, OfficeTakenError
from mandates.forms import HolderForm, ImportForm, MandateForm
from mandates.importing import DirectoryFileError, FileError, Report
from mandates.models import DirectoryImport, Mandate, MandateHolder

SHOWN_IMPORTS = 10


@role_required("letter_author")
@require_http_methods(["GET", "HEAD", "POST"])
def mandate_edit(request: HttpRequest, slug: str) -> HttpResponse:
    mandate = get_object_or_404(Mandate, slug=slug)
    form = MandateForm(request.POST or None, instance=get_object_or_404(Mandate, slug=slug))
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_mandate(mandate=mandate, values=form.values, by=signed_in(request), now=timezone.now())
        except OfficeTakenError as error:
            form.add_error("kind", str(error))
        else:
            messages.success(request, _("The entry is saved. An import keeps what you changed."))
            return redirect("mandates:mandate_detail", slug)
    return render(request, "mandates/mandate_edit.html", {"mandate": mandate, "form": form})


@role_required("letter_author")
@require_http_methods(["GET", "HEAD", "POST"])
def holder_create(request: HttpRequest, slug: str) -> HttpResponse:
    return _holder(request, get_object_or_404(Mandate, slug=slug), None)


@role_required("letter_author")
@require_http_methods(["GET", "HEAD", "POST"])
def holder_edit(request: HttpRequest, pk: int) -> HttpResponse:
    holder = get_object_or_404(MandateHolder.objects.select_related("mandate"), pk=pk)
    return _holder(request, holder.mandate, holder)


def _holder(request: HttpRequest, mandate: Mandate, holder: MandateHolder | None) -> HttpResponse:
    now = timezone.now()
    form = HolderForm(request.POST or None, initial=HolderForm.initial_of(holder, today=now.date()))
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_holder(mandate=mandate, holder=holder, values=form.values, by=signed_in(request), now=now)
        except OfficeTakenError as error:
            form.add_error("since", str(error))
        else:
            messages.success(request, _("The holder is saved."))
            return redirect("mandates:mandate_detail", mandate.slug)
    return render(request, "mandates/holder_edit.html", {"mandate": mandate, "holder": holder, "form": form})


@role_required("letter_author")
@require_http_methods(["GET", "HEAD", "POST"])
def directory_import(request: HttpRequest) -> HttpResponse:
    """A file of the directory: uploaded to see what it would change."""
    form = ImportForm(request.POST or None, request.FILES or None)
    errors: list[FileError] = []
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            upload = actions.preview_import(
                content=file.read(), file_name=file.name, by=signed_in(request), now=timezone.now()
            )
        except DirectoryFileError as error:
            errors = error.errors
        else:
            return redirect("mandates:import_preview", upload.pk)
    past = DirectoryImport.objects.filter(applied_at__isnull=False).select_related("applied_by")
    past = past.defer("content").order_by("-applied_at")[:SHOWN_IMPORTS]
    context = {"form": form, "errors": errors, "past": past}
    return render(request, "mandates/directory_import.html", context, status=422 if errors else 200)


@role_required("letter_author")
@require_safe
def import_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What an upload would change, or what it changed."""
    uploads = DirectoryImport.objects.select_related("uploaded_by", "applied_by").defer("content")
    upload = get_object_or_404(uploads, pk=pk)
    context = {"upload": upload, "report": Report.from_json(upload.report)}
    return render(request, "mandates/import_preview.html", context)


@role_required("letter_author")
@require_POST
def import_apply(request: HttpRequest, pk: int) -> HttpResponse:
    upload = get_object_or_404(DirectoryImport, pk=pk)
    try:
        actions.apply_import(upload=upload, by=signed_in(request), now=timezone.now())
    except ImportChangedError as error:
        messages.error(request, str(error))
        return redirect("mandates:directory_import")
    messages.success(request, _("The file is taken over, as shown."))
    return redirect("mandates:import_preview", upload.pk)
