"""What everybody may read: the directory, a mandate, what was sent and answered."""

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi

from mandates import sent
from mandates.chart import draw_chart
from mandates.models import ContactPoint, DemandAddressee, Mandate
from petitions.models import Demand, DemandText, Statement

POINTS = Prefetch("contact_points", ContactPoint.objects.order_by("is_demonstration", "pk"))


def directory(request: HttpRequest) -> HttpResponse:
    chosen = request.GET.get("show", "")
    mandates = _chosen(chosen).order_by("slug").prefetch_related("holders", POINTS)
    scopes = [(str(label), [m for m in mandates if m.scope == value]) for value, label in Mandate.Scope.choices]
    return render(
        request,
        "mandates/directory.html",
        {
            "scopes": [(label, found) for label, found in scopes if found],
            "chosen": chosen,
            "total": len(mandates),
            "today": timezone.localdate(),
        },
    )


def _chosen(show: str) -> QuerySet[Mandate]:
    match show:
        case "verified":
            return Mandate.objects.filter(is_verified=True)
        case "unverified":
            return Mandate.objects.filter(is_verified=False)
        case "thematic" | "country" | "other":
            return Mandate.objects.filter(scope=show)
    return Mandate.objects.all()


def mandate_detail(request: HttpRequest, slug: str) -> HttpResponse:
    mandates = Mandate.objects.prefetch_related("holders", POINTS, "violations")
    mandate = get_object_or_404(mandates, slug=slug)
    now = timezone.now()
    return render(
        request,
        "mandates/mandate_detail.html",
        {
            "mandate": mandate,
            "demands": _demands(mandate),
            "letters": sent.sent_letters(now=now, mandate=mandate),
            "today": now.date(),
            "is_author": request.user.is_authenticated and request.user.has_role("letter_author"),
        },
    )


def _demands(mandate: Mandate) -> list[tuple[Demand, DemandText | None]]:
    """What published statements ask of `mandate`, each in the reader's language or else the original one."""
    rows = DemandAddressee.objects.filter(mandate=mandate, demand__version__frozen_at__isnull=False)
    rows = rows.filter(demand__version__statement__in=Statement.objects.published())
    rows = rows.select_related("demand__version__statement").prefetch_related("demand__texts")
    demands = [row.demand for row in rows.order_by("demand__version__statement", "demand__position")]
    return [(demand, _in_reach(demand)) for demand in demands]


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
        {"cases": sent.by_case(letters), "figures": sent.figures_of(letters), "chart": chart},
    )
