"""Statements as everybody reads them."""

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import add_never_cache_headers
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from petitions.actions import count_paper
from petitions.fingerprints import canonical_form
from petitions.milestones import next_milestone
from petitions.models import Signature, SignatureQuerySet, Statement, StatementVersion, VersionText
from petitions.reading import Reading, read_statement, titles_of
from text.names import search_key

PAGE_SIZE = 50

if TYPE_CHECKING:
    _Paginator = Paginator[Signature]
else:
    _Paginator = Paginator


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
    statement = get_object_or_404(
        Statement.objects.visible_to(request.user).select_related("tally", "source", "reported_source"), slug=slug
    )
    reading = read_statement(statement, reader_language())
    latest = Signature.objects.listed().filter(statement=statement).order_by("-accepted_at", "-pk")[:8]
    context = {
        "statement": statement,
        "reading": reading,
        "latest": latest,
        "mirrors": statement.mirrors.order_by("pk"),
        "older": _older(statement, reading),
        "milestone": statement.milestones.order_by("-number").first(),
        "next_milestone": next_milestone(_counted(statement), goal=statement.goal),
        "paper": count_paper(statement=statement),
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
    apart = _listed_apart(statement)
    signatures = Signature.objects.listed().filter(statement=statement, signs_as=Signature.SignsAs.INDIVIDUAL)
    tally = getattr(statement, "tally", None)
    elsewhere = tally.hidden + len(apart["organisations"]) + len(apart["withheld"]) if tally else 0
    total = max(tally.counted - elsewhere, 0) if tally else 0
    if query:
        signatures = _find(statement, query)
        total = signatures.count()
    page = TalliedPaginator(_in_order(statement, signatures), PAGE_SIZE, total=total).get_page(request.GET.get("page"))
    titles = titles_of([statement], reader_language())
    context = {
        "statement": statement,
        "title": titles.get(statement.pk, statement.slug),
        "page": page,
        "query": query,
        **({} if query or page.number > 1 else apart),
        "has_versions": len(tally.by_version) > 1 if tally else False,
    }
    response = render(request, "petitions/statement_signatories.html", context)
    response["X-Robots-Tag"] = "noindex"
    return for_this_reader(request, response)


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


# Organisations and protected signatories below one statement are tens, not thousands.
MOST_APART = 1000


def _listed_apart(statement: Statement) -> dict[str, Any]:
    """What stands beside the list of individuals: organisations, names withheld, and how many names were taken off.

    Names withheld are sorted by their office: the order of signing would tell when somebody signed.
    """
    rows = Signature.objects.filter(statement=statement)
    organisations, withheld = rows.none(), rows.none()
    if statement.kind != Statement.Kind.PUBLIC:
        organisations = rows.listed().filter(signs_as=Signature.SignsAs.ORGANISATION)
        withheld = rows.withheld().order_by(Lower("title"), "category")
    return {
        "organisations": list(_in_order(statement, organisations)[:MOST_APART]),
        "withheld": list(withheld[:MOST_APART]),
        "erased": len(rows.erased().values_list("pk")[:MOST_APART]),
        "paper": count_paper(statement=statement),
    }


def _in_order(statement: Statement, rows: SignatureQuerySet) -> SignatureQuerySet:
    """Experts and organisations by the key they chose, a petition by the order of signing.

    Who shows initials comes last, by the order of signing: a place in the alphabet would give the name away.
    """
    if statement.kind == Statement.Kind.PUBLIC:
        return rows.order_by("accepted_at", "pk")
    shown = Q(display=Signature.Display.FULL)
    key = Case(When(shown, then=Lower("sort_key")), default=Value(""))
    return rows.order_by(Case(When(shown, then=0), default=1), key, "accepted_at", "pk")


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
