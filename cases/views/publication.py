"""The buttons on a case's way to the public and back."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.permissions import role_required, signed_in
from cases.actions import publication
from cases.forms.desk import NoteForm
from cases.views.steps import button_step, case_at, form_step


@role_required("case_editor")
@require_POST
def case_submit(request: HttpRequest, slug: str) -> HttpResponse:
    case = case_at(slug)
    return button_step(
        request,
        case=case,
        section="next",
        act=lambda: publication.submit_case(case=case, by=signed_in(request), now=timezone.now()),
        done=_("The case waits for a second person now."),
    )


@role_required("case_editor")
@require_POST
def case_publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish what this person read: the form carries when it was handed in."""
    case = case_at(slug)
    read = _moment(request.POST.get("read", ""))
    return button_step(
        request,
        case=case,
        section="next",
        act=lambda: publication.publish_case(case=case, read=read, by=signed_in(request), now=timezone.now()),
        done=_("The case is on the site."),
    )


@role_required("case_editor")
@require_POST
def case_return(request: HttpRequest, slug: str) -> HttpResponse:
    case, form = case_at(slug), NoteForm(request.POST)
    return form_step(
        request,
        case=case,
        form=form,
        title=_("What should be changed?"),
        context={"button": _("Make it a draft again")},
        section="next",
        act=lambda: publication.return_case(
            case=case, note=form.cleaned_data["note"], by=signed_in(request), now=timezone.now()
        ),
        done=_("The case is a draft again."),
    )


@role_required("case_editor")
@require_POST
def case_unpublish(request: HttpRequest, slug: str) -> HttpResponse:
    case, form = case_at(slug), NoteForm(request.POST)
    return form_step(
        request,
        case=case,
        form=form,
        title=_("Why is it taken off the site?"),
        context={"button": _("Take it off the site now")},
        section="next",
        act=lambda: publication.unpublish_case(
            case=case, reason=form.cleaned_data["note"], by=signed_in(request), now=timezone.now()
        ),
        done=_("The case is off the site. Its words can be changed now."),
    )


@role_required("case_editor")
@require_POST
def case_verify(request: HttpRequest, slug: str) -> HttpResponse:
    case = case_at(slug)
    return button_step(
        request,
        case=case,
        section="next",
        act=lambda: publication.verify_case(
            case=case, by=signed_in(request), now=timezone.now(), today=timezone.localdate()
        ),
        done=_("Recorded: you checked the case today."),
    )


def _moment(typed: str) -> datetime | None:
    try:
        return parse_datetime(typed)
    except ValueError:
        return None
