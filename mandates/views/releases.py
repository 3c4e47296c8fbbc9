"""What the public may read of an answer: written by one person, let out by another."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import role_required, signed_in
from mandates import actions
from mandates.actions.replies import confidential_until
from mandates.errors import LeakError, LetterError, ReleaseStateError
from mandates.forms import ReleaseDecisionForm, ReleaseForm
from mandates.models import Reply, ReplyRelease
from mandates.redaction import leaks_in


@role_required("letter_author")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def release_write(request: HttpRequest, pk: int) -> HttpResponse:
    replies = Reply.objects.exclude(kind=Reply.Kind.NONE).select_related("letter__case__person", "mandate")
    reply = get_object_or_404(replies, pk=pk)
    waiting = reply.releases.filter(taken_back_at=None).first()
    if waiting is not None and waiting.released_at is not None:
        messages.error(request, str(ReleaseStateError()))
        return redirect(reply.letter)
    # It begins empty: what is confidential must be left out by writing, not by remembering to delete.
    initial = {"summary": waiting.summary, "text": waiting.text} if waiting else {}
    form = ReleaseForm(request.POST or None, initial={**initial, "reference_from": confidential_until(reply)})
    if request.method == "POST" and form.is_valid():
        try:
            actions.write_release(reply=reply, by=signed_in(request), now=timezone.now(), **form.cleaned_data)
        except LeakError as error:
            form.add_error("text", [str(leak) for leak in error.leaks])
        except LetterError as error:
            messages.error(request, str(error))
            return redirect(reply.letter)
        else:
            messages.success(request, _("Another person can now read and publish this text."))
            return redirect(reply.letter)
    return render(request, "mandates/release_write.html", {"reply": reply, "letter": reply.letter, "form": form})


@role_required("letter_author")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def release_decide(request: HttpRequest, pk: int) -> HttpResponse:
    releases = ReplyRelease.objects.filter(taken_back_at=None, released_at=None)
    release = get_object_or_404(releases.select_related("reply__letter__case__person", "written_by"), pk=pk)
    letter = release.reply.letter
    form = ReleaseDecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.release_reply(release=release, by=signed_in(request), now=timezone.now(), **form.cleaned_data)
        except LetterError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Published."))
        return redirect(letter)
    words, today = f"{release.summary}\n{release.text}", timezone.localdate()
    context = {
        "release": release,
        "letter": letter,
        "form": form,
        "leaks": leaks_in(words, reference_from=release.reference_from, today=today),
        "is_own": release.written_by_id == signed_in(request).pk,
    }
    return render(request, "mandates/release_decide.html", context)


@role_required("letter_author")
@require_POST
def release_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    release = get_object_or_404(ReplyRelease.objects.select_related("reply__letter"), pk=pk)
    try:
        actions.take_back_release(release=release, by=signed_in(request), now=timezone.now())
    except LetterError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The text is off the public pages."))
    return redirect(release.reply.letter)
