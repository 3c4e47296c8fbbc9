"""Following without an account: the form, the proof of the mailbox, the way out."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from cases.models import Case
from petitions.actions import (
    disown_following,
    find_following,
    find_following_link,
    follow_by_code,
    follow_by_link,
    request_following,
    resend_code,
    stop_following,
)
from petitions.errors import CodeRefusedError, LinkRefusedError, NotPublishedError
from petitions.forms import CodeForm, FollowForm
from petitions.models import SigningTicket, Statement
from petitions.news.stopping import followed_of
from petitions.signatories import pace
from petitions.texts.reading import is_published, title_of
from petitions.views.signing import client_address
from petitions.views.statements import reader_language


# The form stands on public pages, which set no cookie; and it does nothing in anybody's name: whoever sends it, with
# or without a token, can have one code mailed, as often as `pace` and the mailbox's own limit allow.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow_start(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    about = _published(kind, slug)
    form = FollowForm(request.POST if request.method == "POST" else None, about=about)
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        if pace.is_burst(form=f"follow:{kind}:{about.pk}", ip_address=client_address(request), now=now):
            form.refuse_haste()
            status = 429
        else:
            return redirect("petitions:follow_confirm", ticket=_request(form, now=now))
    context = {"about": about, "title": title_of(about, reader_language()), "form": form}
    return render(request, "petitions/follow_start.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow_confirm(request: HttpRequest, ticket: str) -> HttpResponse:
    row = find_following(secret=ticket)
    if row is None:
        return _gone(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            follow_by_code(ticket=row, code=form.cleaned_data["code"], now=timezone.now())
        except CodeRefusedError:
            form.refuse()
        except SigningTicket.DoesNotExist:
            return _gone(request)
        else:
            return _arrive(request, row)
    context = {**_described(row), "ticket": ticket, "form": form}
    return render(request, "petitions/follow_confirm.html", context, status=422 if form.errors else 200)


@never_cache
@require_POST
def follow_resend(request: HttpRequest, ticket: str) -> HttpResponse:
    row = find_following(secret=ticket)
    if row is None or not resend_code(ticket=row, now=timezone.now()):
        return _gone(request)
    messages.info(
        request,
        _("If a new code can be sent, it is on its way. We send one a minute at most, and five a day."),
    )
    return redirect("petitions:follow_confirm", ticket=ticket)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow_link(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    try:
        row = find_following_link(token=token, now=now)
        if request.method == "POST":
            follow_by_link(token=token, now=now)
            return _arrive(request, row)
    except (LinkRefusedError, SigningTicket.DoesNotExist):
        return _gone(request)
    return render(request, "petitions/follow_link.html", {**_described(row), "token": token, "row": row})


@never_cache
@require_POST
def follow_disown(request: HttpRequest, token: str) -> HttpResponse:
    try:
        disown_following(token=token, now=timezone.now())
    except (LinkRefusedError, SigningTicket.DoesNotExist):
        return _gone(request)
    return render(request, "petitions/follow_disowned.html")


# A mail program presses this button for its reader and brings no cookie (RFC 8058 section 3.1). All it can do is stop
# news to the one mailbox of the token.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow_stop(request: HttpRequest, token: str) -> HttpResponse:
    followed = followed_of(token)
    if followed is None:
        raise Http404
    if request.method == "POST":
        stop_following(about=followed.about, digest=followed.digest, now=timezone.now())
    # The way out stays open when a case is taken off the site, and no longer says whose case it was.
    title = title_of(followed.about, reader_language()) if is_published(followed.about) else ""
    is_statement = isinstance(followed.about, Statement)
    context = {"title": title, "is_live": followed.is_live(), "is_statement": is_statement}
    return render(request, "petitions/follow_stop.html", context)


def _request(form: FollowForm, *, now: datetime) -> str:
    try:
        return request_following(
            about=form.about,
            address=form.cleaned_data["email"],
            wording=form.agreed_wording(),
            language=reader_language(),
            now=now,
        )
    except NotPublishedError as error:
        # Taken off the site within this very second.
        raise Http404 from error


def _published(kind: str, slug: str) -> Statement | Case:
    if kind == "case":
        return get_object_or_404(Case.objects.published().select_related("person"), slug=slug)
    if kind == "statement":
        return get_object_or_404(Statement.objects.published(), slug=slug)
    raise Http404


def _described(row: SigningTicket) -> dict[str, object]:
    about = row.mailbox.about
    return {
        "about": about,
        "title": title_of(about, reader_language()),
        "kind": "case" if isinstance(about, Case) else "statement",
    }


def _arrive(request: HttpRequest, row: SigningTicket) -> HttpResponse:
    messages.success(
        request, _("You will get our news by e-mail. Every one holds a link that stops it with one press.")
    )
    return redirect(row.mailbox.about)


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "petitions/follow_gone.html", status=410)
