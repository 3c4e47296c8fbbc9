"""One step at the desk: a page with a form, or a button; both call one action and go back to the statement."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise

from petitions.errors import DeskRuleError, IncompleteStatementError
from petitions.models import Statement


def statement_at(slug: str) -> Statement:
    return get_object_or_404(Statement.objects.select_related("written_by", "published_by"), slug=slug)


def to_desk(statement: Statement, section: str = "") -> HttpResponseRedirect:
    """Back to the desk's page of `statement`, at a section of it."""
    return redirect(reverse("petitions:statement_edit", args=[statement.slug]) + (f"#{section}" if section else ""))


def form_step(
    request: HttpRequest,
    *,
    statement: Statement,
    form: forms.BaseForm,
    title: str | Promise,
    section: str,
    act: Callable[[], Any],
    done: str | Promise = "",
    context: dict[str, Any] | None = None,
    is_preview: bool = False,
) -> HttpResponse:
    """Show `form`; when it was sent and is right, call `act`. A rule that forbids it stands above the form."""
    if request.method == "POST" and form.is_valid() and not is_preview:
        try:
            act()
        except DeskRuleError as error:
            form.add_error(None, str(error.message))
        else:
            if done:
                messages.success(request, str(done))
            return to_desk(statement, section)
    page = {"statement": statement, "form": form, "title": title, "section": section, **(context or {})}
    return render(request, "petitions/statement_section.html", page, status=422 if form.errors else 200)


def button_step(
    request: HttpRequest,
    *,
    statement: Statement,
    act: Callable[[], Any],
    section: str = "next",
    done: str | Promise = "",
) -> HttpResponse:
    """Call `act` for a pressed button; what forbids it is said on the page one comes back to."""
    try:
        act()
    except IncompleteStatementError as error:
        messages.error(request, f"{error.message} {'; '.join(str(words) for words in error.missing)}.")
    except DeskRuleError as error:
        messages.error(request, str(error.message))
    else:
        if done:
            messages.success(request, str(done))
    return to_desk(statement, section)
