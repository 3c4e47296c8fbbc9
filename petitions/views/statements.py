"""Statements as everybody reads them."""

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from petitions.fingerprints import canonical_form
from petitions.models import Signature, SignatureQuerySet, Statement, VersionText
from petitions.reading import read_statement, titles_of
from text.names import search_key

PAGE_SIZE = 50

if TYPE_CHECKING:
    _Paginator = Paginator[Signature]
else:
    _Paginator = Paginator


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
    latest = Signature.objects.listed().filter(statement=statement).with_badges().order_by("-accepted_at", "-pk")[:8]
    context = {"statement": statement, "reading": reading, "latest": latest}
    return render(request, "petitions/statement_detail.html", context)


@require_safe
def statement_signatories(request: HttpRequest, slug: str) -> HttpResponse:
    statement = get_object_or_404(Statement.objects.visible_to(request.user).select_related("tally"), slug=slug)
    query = request.GET.get("q", "").strip()[:120]
    signatures = Signature.objects.listed().filter(statement=statement)
    tally = getattr(statement, "tally", None)
    total = max(tally.counted - tally.hidden, 0) if tally else 0
    if query:
        signatures = _find(statement, query)
        total = signatures.count()
    page = TalliedPaginator(signatures.with_badges().order_by("accepted_at", "pk"), PAGE_SIZE, total=total).get_page(
        request.GET.get("page")
    )
    titles = titles_of([statement], reader_language())
    context = {
        "statement": statement,
        "title": titles.get(statement.pk, statement.slug),
        "page": page,
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


class TalliedPaginator(_Paginator):
    """Knows the number of rows from the tally instead of counting them, and opens no more than 200 pages."""

    def __init__(self, rows: SignatureQuerySet, per_page: int, *, total: int) -> None:
        super().__init__(rows, per_page)
        self.total = total

    @cached_property
    def count(self) -> int:
        return min(self.total, self.per_page * 200)
