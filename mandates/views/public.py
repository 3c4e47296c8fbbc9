"""What everybody may read: the directory, a mandate, what was sent and answered."""

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi
from django.views.decorators.http import require_safe

from mandates import sent
from mandates.chart import draw_chart
from mandates.demands import entries_of
from mandates.finding import entries, find_mandates
from mandates.forms import FindForm
from mandates.models import ContactPoint, DemandAddressee, Mandate, MandateHolder
from petitions.models import Demand, DemandText, Statement, StatementVersion

PER_PAGE = 20
LETTERS_PER_PAGE = 10
HOLDERS = Prefetch("holders", MandateHolder.objects.latest_first())
POINTS = Prefetch("contact_points", ContactPoint.objects.order_by("is_demonstration", "pk"))


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """The directory, searched by words, violation, country and kind; what makes no sense is left out of the search."""
    form, today = FindForm(request.GET), timezone.localdate()
    form.is_valid()
    found = Paginator(find_mandates(form.wanted, day=today), PER_PAGE)
    page = found.get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "mandates": entries(list(page.object_list)),
        "is_searched": bool(form.wanted),
        "total": found.count,
        "today": today,
        "is_author": _is_author(request),
    }
    return render(request, "mandates/directory.html", context)


@require_safe
def mandate_detail(request: HttpRequest, slug: str) -> HttpResponse:
    mandates = Mandate.objects.prefetch_related(HOLDERS, POINTS, "violations")
    mandate = get_object_or_404(mandates, slug=slug)
    now = timezone.now()
    letters = Paginator(sent.sent_letters(now=now, mandate=mandate), LETTERS_PER_PAGE)
    return render(
        request,
        "mandates/mandate_detail.html",
        {
            "mandate": mandate,
            "demands": _demands(mandate),
            "page": letters.get_page(request.GET.get("page")),
            "today": now.date(),
            "is_author": _is_author(request),
        },
    )


def _is_author(request: HttpRequest) -> bool:
    return request.user.is_authenticated and request.user.has_role("letter_author")


def _demands(mandate: Mandate) -> list[tuple[Demand, DemandText | None]]:
    """What published statements ask of `mandate` in their newest version, each in the reader's language or else the
    original one."""
    about = DemandAddressee.objects.filter(mandate=mandate).values("demand__version__statement")
    statements = Statement.objects.published().filter(pk__in=about)
    newest = StatementVersion.objects.out().filter(statement__in=statements)
    newest = newest.order_by("statement", "-number").distinct("statement")
    rows = Demand.objects.filter(version__in=list(newest)).select_related("version__statement")
    demands = list(rows.prefetch_related("texts").order_by("version__statement", "position"))
    entries = entries_of(demands)
    return [(demand, _in_reach(demand)) for demand in demands if mandate in entries[demand.pk]]


def _in_reach(demand: Demand) -> DemandText | None:
    texts = {text.language: text for text in demand.texts.all()}
    return texts.get(get_language() or "en") or texts.get(demand.version.statement.original_language)


def sent_letters(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    letters = sent.sent_letters(now=now)
    chart = draw_chart(letters, today=timezone.localdate(now), is_mirrored=get_language_bidi())
    return render(
        request,
        "mandates/sent_letters.html",
        {"groups": sent.by_subject(letters), "figures": sent.figures_of(letters), "chart": chart},
    )
