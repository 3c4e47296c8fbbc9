"""Statements as everybody reads them."""

from typing import Any

from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from petitions.actions import count_paper
from petitions.counts.milestones import next_milestone
from petitions.models import Signature, SignatureQuerySet, Statement, StatementVersion, VersionText
from petitions.signatories.listing import TalliedPaginator, find_names, in_order, list_apart, read_page
from petitions.texts.fingerprints import canonical_form
from petitions.texts.reading import Reading, closed_on, read_statement, titles_of, with_figures_beside

PAGE_SIZE = 50


def reader_language() -> str:
    return (get_language() or "en").split("-")[0]


def for_this_reader(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Staff see what others may not see yet: what was drawn for somebody signed in is kept by no cache on the way."""
    if request.user.is_authenticated:
        add_never_cache_headers(response)
    return response


def _statements(request: HttpRequest) -> "list[Statement]":
    rows = Statement.objects.visible_to(request.user).select_related("tally", "reported_source")
    return list(rows.order_by(F("published_at").desc(nulls_last=True), "-pk")[:200])


@require_safe
def statement_list(request: HttpRequest) -> HttpResponse:
    statements = _statements(request)
    titles = titles_of(statements, reader_language())
    rows = [(statement, titles.get(statement.pk, statement.slug)) for statement in statements]
    return for_this_reader(request, render(request, "petitions/statement_list.html", {"rows": rows}))


@require_safe
def statement_detail(request: HttpRequest, slug: str) -> HttpResponse:
    rows = Statement.objects.visible_to(request.user).select_related("tally", "source", "reported_source")
    statement = get_object_or_404(with_figures_beside(rows), slug=slug)
    reading = read_statement(statement, reader_language())
    latest = read_page(Signature.objects.listed().with_badges().filter(statement=statement), size=8).rows
    context = {
        "statement": statement,
        "reading": reading,
        "latest": latest,
        "mirrors": statement.mirrors.order_by("pk"),
        "older": _older(statement, reading),
        "next_milestone": next_milestone(_counted(statement), goal=statement.goal),
        "closed_on": closed_on(statement),
    }
    return for_this_reader(request, render(request, "petitions/statement_detail.html", context))


def _older(statement: Statement, reading: Reading | None) -> list[StatementVersion]:
    """Versions that were signed before this one, the newest first."""
    if reading is None or reading.version.number == 1:
        return []
    return list(statement.versions.readable().filter(number__lt=reading.version.number).order_by("-number"))


def _counted(statement: Statement) -> int:
    tally = getattr(statement, "tally", None)
    return tally.counted if tally else 0


@require_safe
def statement_signatories(request: HttpRequest, slug: str) -> HttpResponse:
    statement = get_object_or_404(Statement.objects.visible_to(request.user).select_related("tally"), slug=slug)
    query = request.GET.get("q", "").strip()[:120]
    tally = getattr(statement, "tally", None)
    context = {
        "statement": statement,
        "title": titles_of([statement], reader_language()).get(statement.pk, statement.slug),
        "query": query,
        "has_versions": len(tally.by_version) > 1 if tally else False,
        **(_by_day if statement.kind == Statement.Kind.PUBLIC else _by_name)(request, statement, query),
    }
    response = render(request, "petitions/statement_signatories.html", context)
    response["X-Robots-Tag"] = "noindex"
    return for_this_reader(request, response)


def _by_day(request: HttpRequest, statement: Statement, query: str) -> dict[str, Any]:
    """A petition's list, which may hold a million: the newest day first, each page where the one before ended."""
    signatures = _individuals(statement, query)
    older, newer = request.GET.get("older", ""), request.GET.get("newer", "")
    page = read_page(signatures, size=PAGE_SIZE, older_than=older, newer_than=newer)
    found = None if page.newer or page.older else len(page.rows)
    apart = {} if query or older or newer else list_apart(statement)
    return {"rows": page.rows, "keys": page, "found": found, "paper": count_paper(statement=statement), **apart}


def _by_name(request: HttpRequest, statement: Statement, query: str) -> dict[str, Any]:
    """Experts and organisations, some thousands at most: by the keys they chose."""
    signatures = _individuals(statement, query)
    page = TalliedPaginator(in_order(signatures), PAGE_SIZE, total=signatures.count()).get_page(request.GET.get("page"))
    apart = {} if query or page.number > 1 else list_apart(statement)
    return {
        "rows": page,
        "page": page,
        "found": page.paginator.count,
        "paper": count_paper(statement=statement),
        **apart,
    }


def _individuals(statement: Statement, query: str) -> SignatureQuerySet:
    if query:
        return find_names(statement, query).with_badges()
    individuals = Signature.objects.listed().filter(statement=statement, signs_as=Signature.SignsAs.INDIVIDUAL)
    return individuals.with_badges()


@require_safe
def statement_canonical(request: HttpRequest, slug: str, number: int, language: str) -> HttpResponse:
    """The exact bytes that were hashed, so that anybody can hash them again."""
    statement = get_object_or_404(Statement.objects.visible_to(request.user), slug=slug)
    readable = statement.versions.readable().filter(number=number)
    text = VersionText.objects.select_related("version").filter(version__in=readable, language=language).first()
    if text is None:
        raise Http404
    response = HttpResponse(canonical_form(text), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{statement.slug}-v{number}-{language}.txt"'
    return for_this_reader(request, response)
