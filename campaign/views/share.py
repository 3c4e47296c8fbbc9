"""Sharing a case: the page, the picture and the poster. Only of published cases, whoever asks."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from campaign.models import Campaign
from campaign.share.drawing import draw
from campaign.share.kit import Kit, draw_campaign_card, make_kit
from campaign.share.qr import qr_for_page
from campaign.share.words import links_out, mail_link
from cases.models import Case


@require_safe
def case_share(request: HttpRequest, slug: str) -> HttpResponse:
    kit = _kit(slug)
    return render(
        request,
        "campaign/case_share.html",
        {
            "kit": kit,
            "links_out": links_out(kit.words, kit.address),
            "mail_link": mail_link(kit.words),
            "qr": qr_for_page(kit.address, kit.address),
        },
    )


@require_safe
def case_card(request: HttpRequest, slug: str) -> HttpResponseBase:
    drawn, digest = draw("card.typ", _kit(slug).inputs, to="png")
    return _drawing(request, drawn, digest, content_type="image/png", filename=f"{slug}.png")


@require_safe
def case_poster(request: HttpRequest, slug: str) -> HttpResponseBase:
    drawn, digest = draw("poster.typ", _kit(slug).inputs, to="pdf")
    return _drawing(request, drawn, digest, content_type="application/pdf", filename=f"{slug}.pdf")


@require_safe
def campaign_card(request: HttpRequest) -> HttpResponseBase:
    public = Campaign.objects.filter(is_public=True).prefetch_related("texts").order_by("pk")
    campaign = get_object_or_404(public[:1])
    drawn, digest = draw_campaign_card(campaign, language=_language())
    return _drawing(request, drawn, digest, content_type="image/png", filename=f"{campaign.slug}.png")


def _language() -> str:
    return get_language() or "en"


def _kit(slug: str) -> Kit:
    case = get_object_or_404(Case.objects.published().with_status(), slug=slug)
    return make_kit(case, language=_language())


def _drawing(request: HttpRequest, drawn: bytes, digest: str, *, content_type: str, filename: str) -> HttpResponseBase:
    """The bytes with their digest as ETag: asked again with it, only `304`. Never kept longer than five minutes,
    because a case can be taken off the site."""
    etag = f'"{digest}"'
    response: HttpResponse
    if etag in request.headers.get("If-None-Match", ""):
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(drawn, content_type=content_type)
        response["Content-Disposition"] = f'inline; filename="{filename}"'
    response["ETag"] = etag
    response["Cache-Control"] = "public, max-age=300"
    return response
