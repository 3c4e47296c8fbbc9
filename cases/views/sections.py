"""The parts of a draft: names, texts, details, claims, events. Each page calls one action."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import role_required, signed_in
from cases.actions import claims, people
from cases.completeness import sources_of
from cases.forms.evidence import ClaimForm, EventForm
from cases.forms.people import DetailsForm, NameForm, TextForm
from cases.models import CaseText, ChargeTerm, Claim, Court, Event, PersonName, Prison
from cases.views.steps import button_step, case_at, form_step

LANGUAGES = {"en": _("The case in English"), "fa": _("The case in Persian")}


@role_required("case_editor")
@require_http_methods(["GET", "POST"])
def name_edit(request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
    case = case_at(slug)
    name = get_object_or_404(case.person.names, pk=pk) if pk else PersonName(person=case.person)
    form = NameForm(request.POST or None, instance=name)
    form.fields["source"].queryset = sources_of(case)  # type: ignore[attr-defined]  # a plain Field to the stubs
    return form_step(
        request,
        case=case,
        form=form,
        title=_("A spelling of the name"),
        section="names",
        act=lambda: people.write_name(case=case, name=form.instance, by=signed_in(request)),
    )


@role_required("case_editor")
@require_POST
def name_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    case = case_at(slug)
    name = get_object_or_404(case.person.names, pk=pk)
    return button_step(
        request,
        case=case,
        section="names",
        act=lambda: people.remove_name(case=case, name=name, by=signed_in(request)),
    )


@role_required("case_editor")
@require_http_methods(["GET", "POST"])
def text_edit(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    case = case_at(slug)
    text = case.texts.filter(language=language).first() or CaseText(case=case, language=language)
    form = TextForm(request.POST or None, instance=text)
    return form_step(
        request,
        case=case,
        form=form,
        title=LANGUAGES.get(language, language),
        section="texts",
        act=lambda: people.write_text(case=case, text=form.instance, by=signed_in(request)),
    )


@role_required("case_editor")
@require_http_methods(["GET", "POST"])
def details_edit(request: HttpRequest, slug: str) -> HttpResponse:
    case = case_at(slug)
    form = DetailsForm(request.POST or None, instance=case)
    return form_step(
        request,
        case=case,
        form=form,
        title=_("Basis of publication, risk and details"),
        section="details",
        act=lambda: people.change_details(case=form.instance, person=form.person(), by=signed_in(request)),
    )


@role_required("case_editor")
@require_http_methods(["GET", "POST"])
def claim_edit(request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
    case = case_at(slug)
    claim = get_object_or_404(case.claims, pk=pk) if pk else Claim(case=case)
    sources = sources_of(case)
    form = ClaimForm(request.POST or None, instance=claim, sources=sources)
    return form_step(
        request,
        case=case,
        form=form,
        title=_("What a source states"),
        section="claims",
        act=lambda: claims.write_claim(case=case, claim=form.instance, by=signed_in(request)),
        context={"lacks_sources": not sources.exists(), "reference_words": _reference_words()},
    )


@role_required("case_editor")
@require_POST
def claim_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    case = case_at(slug)
    claim = get_object_or_404(case.claims, pk=pk)
    return button_step(
        request,
        case=case,
        section="claims",
        act=lambda: claims.remove_claim(case=case, claim=claim, by=signed_in(request)),
    )


@role_required("case_editor")
@require_http_methods(["GET", "POST"])
def event_edit(request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
    case = case_at(slug)
    event = get_object_or_404(case.events, pk=pk) if pk else Event(case=case)
    sources = sources_of(case)
    form = EventForm(request.POST or None, instance=event, sources=sources)
    return form_step(
        request,
        case=case,
        form=form,
        title=_("Something that happened"),
        section="events",
        act=lambda: claims.write_event(
            case=case, event=form.instance, sources=form.cleaned_data["sources"], by=signed_in(request)
        ),
        context={"lacks_sources": not sources.exists()},
    )


@role_required("case_editor")
@require_POST
def event_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    case = case_at(slug)
    event = get_object_or_404(case.events, pk=pk)
    return button_step(
        request,
        case=case,
        section="events",
        act=lambda: claims.remove_event(case=case, event=event, by=signed_in(request)),
    )


def _reference_words() -> list[str]:
    """Prisons, courts and charges as the reference lists spell them, offered while typing."""
    prisons = Prison.objects.order_by("name_en").values_list("name_en", flat=True)
    charges = ChargeTerm.objects.order_by("term_latin").values_list("term_latin", flat=True)
    return [*prisons, *charges, *(str(court) for court in Court.objects.order_by("name", "branch"))]
