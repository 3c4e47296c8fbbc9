"""The watch list, and what a second channel showed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import role_required, signed_in
from petitions.actions import import_names, record_second_channel, retire_watched_name, watch_name
from petitions.actions.watching import NameToWatch, NotHeldError, WatchedAlreadyError, are_names_unread, counted_under
from petitions.errors import OwnSignatureError
from petitions.forms.watching import ImportForm, SecondChannelForm, TryNameForm, WatchedNameForm
from petitions.models import Signature, WatchedName
from petitions.moderation.importing_names import ReadName, UnreadableFileError, read_names
from petitions.moderation.watching import find_watched
from petitions.views.staff import in_digits

keepers_only = role_required("moderator", "verifier")


@require_safe
@never_cache
@keepers_only
def watch_list(request: HttpRequest) -> HttpResponse:
    form = TryNameForm(request.GET if "name" in request.GET else None)
    tried = find_watched([form.cleaned_data["name"]]) if form.is_bound and form.is_valid() else None
    names = WatchedName.objects.watched().select_related("added_by").order_by("name")
    context = {"names": names, "form": form, "tried": tried}
    return render(request, "petitions/watch_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@keepers_only
def watched_name_add(request: HttpRequest) -> HttpResponse:
    form = WatchedNameForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            row = watch_name(entry=NameToWatch(**form.cleaned_data), by=signed_in(request), now=timezone.now())
        except WatchedAlreadyError:
            form.add_error("name", _("This name is on the list."))
        else:
            messages.success(request, _("On the list: %(name)s") % {"name": row.name})
            return redirect("petitions:watched_name_detail", pk=row.pk)
    status = 422 if form.errors else 200
    return render(request, "petitions/watched_name_add.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@keepers_only
def watch_list_import(request: HttpRequest) -> HttpResponse:
    """Shows what a file holds; the same lines, sent again with the button below the preview, are taken."""
    form = ImportForm(request.POST if request.method == "POST" else None)
    read: list[ReadName] = []
    if request.method == "POST" and form.is_valid():
        try:
            read = read_names(form.cleaned_data["rows"])
        except UnreadableFileError:
            form.add_error("rows", _("This is not a CSV file with the columns name, why and source."))
    if read and "take" in request.POST:
        taken = import_names(rows=read, by=signed_in(request), now=timezone.now())
        messages.success(request, _("Names taken: %(number)s") % {"number": in_digits(taken)})
        return redirect("petitions:watch_list")
    good = [row for row in read if row.is_new and not row.problem]
    context = {"form": form, "read": read, "good": good}
    return render(request, "petitions/watch_list_import.html", context, status=422 if form.errors else 200)


@require_safe
@never_cache
@keepers_only
def watched_name_detail(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(WatchedName.objects.select_related("added_by", "retired_by"), pk=pk)
    is_watched = row.retired_at is None
    context = {
        "watched": row,
        "counted": counted_under(row) if is_watched else [],
        "is_unfinished": is_watched and are_names_unread(),
    }
    return render(request, "petitions/watched_name_detail.html", context)


@require_POST
@keepers_only
def watched_name_retire(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(WatchedName, pk=pk)
    retire_watched_name(watched=row, by=signed_in(request), now=timezone.now())
    messages.success(request, _("Off the list: %(name)s") % {"name": row.name})
    return redirect("petitions:watch_list")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@keepers_only
def second_channel(request: HttpRequest, pk: int) -> HttpResponse:
    signature = get_object_or_404(Signature.objects.select_related("statement", "text"), pk=pk)
    form = SecondChannelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            record_second_channel(signature=signature, **form.cleaned_data, by=signed_in(request), now=timezone.now())
        except NotHeldError:
            messages.info(request, _("This signature does not wait for a second channel."))
        except OwnSignatureError:
            messages.error(request, _("This is your own signature: a colleague decides on it."))
        else:
            messages.success(request, _("Recorded. A colleague now decides on the signature."))
        return redirect("petitions:second_channel", pk=pk)
    context = {
        "signature": signature,
        "form": form,
        "watched": find_watched([signature.own_name, signature.original_name]),
        "found": signature.second_channels.select_related("by").order_by("at", "pk"),
        "is_held": signature.review_reason == Signature.ReviewReason.WATCHED
        and signature.state in {"pending", "asked"},
    }
    return render(request, "petitions/second_channel.html", context, status=422 if form.errors else 200)
