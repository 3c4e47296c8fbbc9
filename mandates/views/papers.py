"""The letter as it leaves, for reading and for pasting: HTML, PDF and the UN's online form. For staff alone."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.permissions import role_required
from mandates.models import Letter
from mandates.submission import (
    ONLINE_FORM,
    STYLE_DIGEST,
    Submission,
    approved_submissions,
    online_boxes,
    online_text,
    render_submissions,
)
from mandates.views.people import letter_for


@role_required("letter_author")
@require_safe
@never_cache
def letter_html(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    submission = _submission(letter_for(request, pk), slug)
    if not submission.html:
        raise Http404
    # Stricter than the site's own policy but for the one style sheet of the e-mail, and nothing may run in it.
    policy = f"default-src 'none'; style-src {STYLE_DIGEST}; base-uri 'none'; form-action 'none'; sandbox"
    return HttpResponse(submission.html, headers={"Content-Security-Policy": f"{policy}; frame-ancestors 'none'"})


@role_required("letter_author")
@require_safe
@never_cache
def letter_pdf(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    pdf = _submission(letter_for(request, pk), slug).pdf
    if pdf is None:
        raise Http404
    return HttpResponse(
        pdf.content,
        content_type=pdf.media_type,
        headers={"Content-Disposition": f'inline; filename="{pdf.name}"'},
    )


@role_required("letter_author")
@require_safe
@never_cache
def letter_online(request: HttpRequest, pk: int) -> HttpResponse:
    letter = letter_for(request, pk)
    boxes = online_boxes(letter=letter, now=timezone.now())
    if not boxes:
        raise Http404
    context = {"letter": letter, "boxes": boxes, "address": ONLINE_FORM}
    return render(request, "mandates/letter_online.html", context)


@role_required("letter_author")
@require_safe
@never_cache
def letter_online_text(request: HttpRequest, pk: int) -> HttpResponse:
    letter = letter_for(request, pk)
    if letter.is_cover:
        raise Http404
    return HttpResponse(
        online_text(letter=letter, now=timezone.now()),
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{letter.reference}.txt"'},
    )


def _submission(letter: Letter, slug: str) -> Submission:
    """What goes to the mandate `slug`: of an approved letter the very bytes that were approved."""
    is_approved = letter.state == Letter.State.APPROVED
    submissions = approved_submissions(letter) if is_approved else render_submissions(letter=letter, now=timezone.now())
    for submission in submissions:
        if submission.mandate.slug == slug:
            return submission
    raise Http404
