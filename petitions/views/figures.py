"""The figures of a statement as everybody reads them, and the reports of the recounts for staff."""

import csv
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language_bidi
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_countries import countries

from accounts.permissions import role_required
from petitions.counts.chart import draw_chart
from petitions.counts.disclosure import FEWEST
from petitions.counts.series import Span, as_public, condense, read_days, read_hours
from petitions.models import RecountReport, Statement, Tally
from petitions.texts.reading import titles_of
from petitions.views.statements import for_this_reader, reader_language

COLUMNS = ("counted", "withdrawn", "removed", "corrected")


@require_safe
def statement_figures(request: HttpRequest, slug: str) -> HttpResponse:
    statement = _statement(request, slug)
    today, is_mirrored = timezone.now().date(), get_language_bidi()
    is_staff = request.user.is_authenticated and request.user.has_role("moderator")
    unit, spans = condense(read_days(statement), today=today)
    hours = read_hours(statement, today=today, for_staff=is_staff)
    titles = titles_of([statement], reader_language())
    context = {
        "statement": statement,
        "title": titles.get(statement.pk, statement.slug),
        "chart": draw_chart(spans, unit=unit, is_mirrored=is_mirrored),
        "hours": draw_chart(hours if is_staff else as_public(hours), unit="hour", is_mirrored=is_mirrored),
        "is_staff": is_staff,
        "countries": _countries(getattr(statement, "tally", None)),
        "fewest": FEWEST,
    }
    return for_this_reader(request, render(request, "petitions/statement_figures.html", context))


@require_safe
def statement_days_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The days of the count; numbers and dates alone, which no spreadsheet takes for a formula."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}-days.csv"'
    writer = csv.writer(response)
    writer.writerow(["day", *COLUMNS])
    writer.writerows(_facts(span).values() for span in read_days(_statement(request, slug)))
    return for_this_reader(request, response)


@require_safe
def statement_days_json(request: HttpRequest, slug: str) -> HttpResponse:
    statement = _statement(request, slug)
    facts: dict[str, Any] = {
        "format": "countersign-days 1",
        "statement": statement.slug,
        "time_zone": "UTC",
        "days": [_facts(span) for span in read_days(statement)],
    }
    return for_this_reader(request, JsonResponse(facts))


@never_cache
@role_required("moderator")
@require_safe
def recount_reports(request: HttpRequest) -> HttpResponse:
    reports = RecountReport.objects.prefetch_related("differences__statement").order_by("-began_at", "-pk")[:60]
    return render(request, "petitions/recount_reports.html", {"reports": reports})


def _statement(request: HttpRequest, slug: str) -> Statement:
    return get_object_or_404(Statement.objects.visible_to(request.user).select_related("tally"), slug=slug)


def _facts(span: Span) -> dict[str, Any]:
    return {"day": span.first.date().isoformat(), **{name: getattr(span, name) for name in COLUMNS}}


def _countries(tally: Tally | None) -> dict[str, Any]:
    """The countries chosen at the last recount, by their names in the reader's language."""
    shown = tally.countries_shown if tally else {}
    named: Iterable[tuple[str, int]] = shown.get("named", [])
    return {
        "named": [(str(countries.name(code)) or code, number) for code, number in named],
        "elsewhere": shown.get("elsewhere", 0),
        "on": tally.countries_on if tally else None,
    }
