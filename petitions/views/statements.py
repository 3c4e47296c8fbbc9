"""Statements as everybody reads them."""

from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from petitions.fingerprints import canonical_form
from petitions.listing import read_page
from petitions.models import Signature, SignatureQuerySet, Statement, VersionText
from petitions.reading import read_statement, titles_of
from text.names import search_key

PAGE_SIZE = 50


def reader_language() -> str:
    return (get_language() or "en").split("-")[0]


def _statements(request: HttpRequest) -> "list[Statement]":
    rows = Statement.objects.visible_to(request.user).select_related("tally", "reported_source")
    return list(rows.order_by(F("published_at").desc(nulls_last=True), "-pk")[:200])


@require_safe
def statement_list(request: HttpRequest) -> HttpResponse:
    statements = _statements(request)
    titles = titles_of(statements, reader_language())
    rows = [(statement, titles.get(statement.pk, statement.slug)) for statement in statements]
    return render(request, "petitions/statement_list.html", {"rows": rows})


@require_safe
def statement_detail(request: HttpRequest, slug: str) -> HttpResponse:
    statement = get_object_or_404(
        Statement.objects.visible_to(request.user).select_related("tally", "source", "reported_source"), slug=slug
    )
    reading = read_statement(statement, reader_language())
    latest = read_page(Signature.objects.listed().filter(statement=statement), size=8).rows
    context = {"statement": statement, "reading": reading, "latest": latest}
    return render(request, "petitions/statement_detail.html", context)


@require_safe
def statement_signatories(request: HttpRequest, slug: str) -> HttpResponse:
    statement = get_object_or_404(Statement.objects.visible_to(request.user).select_related("tally"), slug=slug)
    query = request.GET.get("q", "").strip()[:120]
    signatures = _find(statement, query) if query else Signature.objects.listed().filter(statement=statement)
    older, newer = request.GET.get("older", ""), request.GET.get("newer", "")
    tally = getattr(statement, "tally", None)
    titles = titles_of([statement], reader_language())
    context = {
        "statement": statement,
        "title": titles.get(statement.pk, statement.slug),
        "page": read_page(signatures, size=PAGE_SIZE, older_than=older, newer_than=newer),
        "query": query,
        "has_versions": len(tally.by_version) > 1 if tally else False,
    }
    response = render(request, "petitions/statement_signatories.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def statement_canonical(request: HttpRequest, slug: str, number: int, language: str) -> HttpResponse:
    """The exact bytes that were hashed, so that anybody can hash them again."""
    statement = get_object_or_404(Statement.objects.visible_to(request.user), slug=slug)
    text = (
        VersionText.objects.select_related("version")
        .filter(version__statement=statement, version__number=number, language=language)
        .exclude(version__frozen_at=None)
        .first()
    )
    if text is None:
        raise Http404
    response = HttpResponse(canonical_form(text), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{statement.slug}-v{number}-{language}.txt"'
    return response


def _find(statement: Statement, query: str) -> SignatureQuerySet:
    key = search_key(query)
    if len(key) < 2:
        return Signature.objects.none()
    return Signature.objects.searchable().filter(statement=statement, search_key__contains=key)
