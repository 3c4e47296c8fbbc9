"""One step at the desk: a page with a form, or a button; both call one action and go back to the case."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise

from cases.errors import CaseRuleError, IncompleteCaseError
from cases.models import Case


def case_at(slug: str) -> Case:
    return get_object_or_404(Case.objects.select_related("person").prefetch_related("person__names"), slug=slug)


def to_case(case: Case, section: str = "") -> HttpResponseRedirect:
    """Back to the desk's page of `case`, at a section of it."""
    return redirect(reverse("cases:case_edit", args=[case.slug]) + (f"#{section}" if section else ""))


def form_step(
    request: HttpRequest,
    *,
    case: Case,
    form: forms.BaseForm,
    title: str | Promise,
    section: str,
    act: Callable[[], Any],
    done: str | Promise = "",
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show `form`; when it was sent and is right, call `act`. A rule that forbids it stands above the form."""
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except CaseRuleError as error:
            form.add_error(None, str(error.message))
        else:
            if done:
                messages.success(request, str(done))
            return to_case(case, section)
    page = {"case": case, "form": form, "title": title, "section": section, **(context or {})}
    return render(request, "cases/case_section.html", page, status=422 if form.errors else 200)


def button_step(
    request: HttpRequest, *, case: Case, section: str, act: Callable[[], Any], done: str | Promise = ""
) -> HttpResponse:
    """Call `act` for a pressed button; what forbids it is said on the page one comes back to."""
    try:
        act()
    except IncompleteCaseError as error:
        messages.error(request, f"{error.message} {'; '.join(str(words) for words in error.missing)}.")
    except CaseRuleError as error:
        messages.error(request, str(error.message))
    else:
        if done:
            messages.success(request, str(done))
    return to_case(case, section)
