"""The editors' desk for news: write, preview, hand in, release by a second person, watch it go, stop it."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import role_required, signed_in
from petitions.actions import (
    draft_milestone_news,
    release_update,
    resume_update,
    return_update,
    send_test,
    start_update,
    stop_update,
    submit_update,
    write_update,
)
from petitions.counts.milestones import milestones_to_tell
from petitions.errors import (
    NoNextStatementError,
    NotPublishedError,
    OwnUpdateError,
    PetitionsError,
    TextChangedError,
    UpdateIncompleteError,
    UpdateStateError,
    WordsOvertakenError,
)
from petitions.forms import ReturnForm, StopForm, UpdateStartForm, UpdateTextsForm
from petitions.models import Milestone, Statement, Update, UpdateText
from petitions.news.mail import languages, preview
from petitions.news.progress import Progress, progress_of
from petitions.news.readers import count_audience
from petitions.texts.reading import title_of, titles_of
from petitions.views.statements import reader_language

EDITOR = "case_editor"


@never_cache
@role_required(EDITOR)
@require_safe
def update_desk(request: HttpRequest) -> HttpResponse:
    rows = Update.objects.select_related("statement", "case__person", "written_by").prefetch_related("texts")
    updates = list(rows.order_by("-created_at", "-pk")[:200])
    progress = progress_of(updates, now=timezone.now())
    language = reader_language()
    entries = [{"update": row, "progress": progress.get(row.pk), **_about(row, language)} for row in updates]
    milestones = milestones_to_tell(now=timezone.now())
    titles = titles_of([milestone.statement for milestone in milestones], language)
    reached = [(row, titles.get(row.statement_id, row.statement.slug)) for row in milestones]
    return render(request, "petitions/update_desk.html", {"entries": entries, "reached": reached})


@never_cache
@role_required(EDITOR)
@require_POST
def update_of_milestone(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft that tells of a milestone, with words to change or hand in."""
    milestone = get_object_or_404(Milestone.objects.filter(statement__in=Statement.objects.published()), pk=pk)
    try:
        update = draft_milestone_news(milestone=milestone, by=signed_in(request), now=timezone.now())
    except UpdateStateError:
        messages.info(request, _("People were told of this milestone already."))
        return redirect("petitions:update_desk")
    is_draft = update.state == Update.State.DRAFT
    return redirect("petitions:update_edit" if is_draft else "petitions:update_detail", pk=update.pk)


@never_cache
@role_required(EDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def update_create(request: HttpRequest) -> HttpResponse:
    form = UpdateStartForm(request.POST if request.method == "POST" else None, language=reader_language())
    if request.method == "POST" and form.is_valid():
        try:
            update = start_update(**form.cleaned_data, by=signed_in(request), now=timezone.now())
        except NoNextStatementError:
            form.add_error(
                "invites_to",
                _("An invitation leads from a statement that is closed or handed over to an open one on its case."),
            )
        else:
            return redirect("petitions:update_edit", pk=update.pk)
    return render(request, "petitions/update_create.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@role_required(EDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def update_edit(request: HttpRequest, pk: int) -> HttpResponse:
    update = _get(pk)
    if update.state != Update.State.DRAFT:
        messages.info(request, _("The words are fixed since the update was handed in."))
        return redirect("petitions:update_detail", pk=pk)
    form = UpdateTextsForm(request.POST if request.method == "POST" else None, update=update)
    theirs: dict[str, UpdateText | None] = {}
    if request.method == "POST" and form.is_valid():
        try:
            write_update(update=update, words=form.texts(), by=signed_in(request))
        except UpdateStateError:
            form.add_error(None, _("A colleague has handed the update in meanwhile; its words are fixed."))
        except WordsOvertakenError as error:
            theirs = error.now
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("petitions:update_detail", pk=pk)
    context = {"update": update, "form": form, "theirs": theirs, **_about(update, reader_language())}
    return render(request, "petitions/update_edit.html", context, status=422 if form.errors else 200)


@never_cache
@role_required(EDITOR)
@require_safe
def update_detail(request: HttpRequest, pk: int) -> HttpResponse:
    update = _get(pk)
    return _detail(request, update, _next_form(update)())


def _next_form(update: Update) -> type[ReturnForm] | type[StopForm]:
    is_out = update.state in {Update.State.RELEASED, Update.State.SENDING, Update.State.SENT}
    return StopForm if is_out else ReturnForm


def _detail(request: HttpRequest, update: Update, form: ReturnForm | StopForm) -> HttpResponse:
    if not isinstance(form, _next_form(update)):
        messages.error(request, _refusals()[UpdateStateError])
        return redirect("petitions:update_detail", pk=update.pk)
    now = timezone.now()
    written = {text.language for text in update.texts.all()}
    is_before = update.state in {Update.State.DRAFT, Update.State.IN_REVIEW}
    context = {
        "update": update,
        **_about(update, reader_language()),
        "previews": [(code, code in written, preview(update, code, now=now)) for code in languages() if written],
        "audience": count_audience(update, now=now) if is_before else None,
        "progress": progress_of([update], now=now).get(update.pk, Progress()),
        "per_week": settings.UPDATES_PER_WEEK,
        "fingerprint": update.fingerprint(),
        "is_own": signed_in(request).pk in {update.written_by_id, *(text.written_by_id for text in update.texts.all())},
        "form": form,
    }
    return render(request, "petitions/update_detail.html", context, status=422 if form.errors else 200)


@never_cache
@role_required(EDITOR)
@require_safe
def update_preview(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """The HTML of the mail by itself, as a mail program shows it."""
    update = _get(pk)
    if language not in languages() or update.text_in(language) is None:
        raise Http404
    return HttpResponse(preview(update, language, now=timezone.now()).html)


@never_cache
@role_required(EDITOR)
@require_POST
def update_return(request: HttpRequest, pk: int) -> HttpResponse:
    update, form = _get(pk), ReturnForm(request.POST)
    if not form.is_valid():
        return _detail(request, update, form)
    done = _("Sent back to its writer.")
    return _act(
        request, update, lambda **who: return_update(update=update, reason=form.cleaned_data["reason"], **who), done
    )


@never_cache
@role_required(EDITOR)
@require_POST
def update_submit(request: HttpRequest, pk: int) -> HttpResponse:
    update = _get(pk)
    done = _("Handed in. A second person reads it and releases it.")
    return _act(request, update, lambda **who: submit_update(update=update, **who), done)


@never_cache
@role_required(EDITOR)
@require_POST
def update_release(request: HttpRequest, pk: int) -> HttpResponse:
    update, seen = _get(pk), request.POST.get("seen", "")
    done = _("Released. It is on the site, and the mails go out.")
    return _act(request, update, lambda **who: release_update(update=update, seen=seen, **who), done)


@never_cache
@role_required(EDITOR)
@require_POST
def update_stop(request: HttpRequest, pk: int) -> HttpResponse:
    update, form = _get(pk), StopForm(request.POST)
    if not form.is_valid():
        return _detail(request, update, form)
    done = _("Stopped. No further mail leaves, and the page is off the site.")
    return _act(
        request, update, lambda **who: stop_update(update=update, reason=form.cleaned_data["reason"], **who), done
    )


@never_cache
@role_required(EDITOR)
@require_POST
def update_resume(request: HttpRequest, pk: int) -> HttpResponse:
    update = _get(pk)
    done = _("It goes on: the page is on the site, and the mails that were not written yet go out.")
    return _act(request, update, lambda **who: resume_update(update=update, **who), done)


@never_cache
@role_required(EDITOR)
@require_POST
def update_test(request: HttpRequest, pk: int) -> HttpResponse:
    update, language = _get(pk), request.POST.get("language", "")
    if language not in languages():
        raise Http404
    done = _("A trial mail is on its way to your own address.")
    return _act(request, update, lambda **who: send_test(update=update, language=language, **who), done)


def _act(request: HttpRequest, update: Update, act: Callable[..., Any], done: str) -> HttpResponse:
    """Does `act` as this editor, now, and says how it went on the page of the update."""
    try:
        act(by=signed_in(request), now=timezone.now())
    except PetitionsError as error:
        messages.error(request, _refusals().get(type(error), _("This cannot be done now.")))
    else:
        messages.success(request, done)
    return redirect("petitions:update_detail", pk=update.pk)


def _refusals() -> dict[type[PetitionsError], str]:
    return {
        UpdateStateError: _("A colleague was faster. Here is how it is now."),
        UpdateIncompleteError: _("Write a title and a text in the first language before you hand it in."),
        OwnUpdateError: _("You wrote words of this update, so somebody else must let it out."),
        TextChangedError: _("The words were changed after you opened this page. Please read them again."),
        NotPublishedError: _("Its statement or case is not on the site, so nothing can go out about it."),
        NoNextStatementError: _("The statement it invites to is not open, or is not on the same case any more."),
    }


def _get(pk: int) -> Update:
    people = ("written_by", "released_by", "stopped_by", "resumed_by")
    rows = Update.objects.select_related("statement", "case__person", "invites_to", *people)
    return get_object_or_404(rows.prefetch_related("texts"), pk=pk)


def _about(update: Update, language: str) -> dict[str, Any]:
    return {
        "text": update.text_in(language),
        "statement_title": title_of(update.statement, language) if update.statement else "",
        "case_title": title_of(update.case, language) if update.case else "",
        "next_title": title_of(update.invites_to, language) if update.invites_to else "",
    }
