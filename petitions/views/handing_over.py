"""What is said of a handover: written down, confirmed by a second person, then a page for everybody."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import role_required, signed_in
from petitions import actions
from petitions.errors import DossierStateError, HandoverChangedError, SecondPersonError
from petitions.forms import AcknowledgementForm, CompareForm, HandoverForm
from petitions.handover.lists import figures_in_words
from petitions.models import Handover, HandoverAcknowledgement
from petitions.texts.reading import title_of
from petitions.views.dossiers import STAFF, dossier_for, not_done
from petitions.views.statements import reader_language

SAID = ("handed_over_on", "channel", "recipient", "place", "copies_to", "delivered_by", "proof_note")


@never_cache
@role_required(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def handover_record(request: HttpRequest, pk: int) -> HttpResponse:
    handover = dossier_for(pk)
    known = {name: getattr(handover, name) for name in SAID}
    known["recipient"] = handover.recipient or handover.addressee
    is_sent = request.method == "POST"
    sent = {"data": request.POST, "files": request.FILES} if is_sent else {}
    form = HandoverForm(**sent, handover=handover, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_handover(handover=handover, told=form.told, by=signed_in(request), now=timezone.now())
        except DossierStateError as error:
            not_done(request, error)
        else:
            messages.success(request, _("Written down. It becomes public once a second person has confirmed it."))
        return redirect("petitions:dossier_detail", pk=pk)
    context = {"handover": handover, "form": form, "title": title_of(handover.statement, reader_language())}
    return render(request, "petitions/handover_record.html", context, status=422 if form.errors else 200)


@never_cache
@role_required(STAFF)
@require_POST
def handover_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        handover = actions.confirm_handover(
            handover=dossier_for(pk),
            seen=request.POST.get("seen", ""),
            ends_signing=bool(request.POST.get("ends_signing")),
            by=signed_in(request),
            now=timezone.now(),
        )
    except (SecondPersonError, HandoverChangedError, DossierStateError) as error:
        not_done(request, error)
        return redirect("petitions:dossier_detail", pk=pk)
    messages.success(request, _("Confirmed. Everybody can read it now."))
    return redirect(handover)


@never_cache
@role_required(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def handover_acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    handover = dossier_for(pk)
    form = AcknowledgementForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_acknowledgement(
                handover=handover, by=signed_in(request), now=timezone.now(), **form.cleaned_data
            )
        except DossierStateError as error:
            not_done(request, error)
        else:
            messages.success(request, _("Written down. It becomes public once a second person has confirmed it."))
        return redirect("petitions:dossier_detail", pk=pk)
    context = {"handover": handover, "form": form, "title": title_of(handover.statement, reader_language())}
    return render(request, "petitions/handover_acknowledge.html", context, status=422 if form.errors else 200)


@never_cache
@role_required(STAFF)
@require_POST
def acknowledgement_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(HandoverAcknowledgement, pk=pk)
    try:
        actions.confirm_acknowledgement(acknowledgement=row, by=signed_in(request), now=timezone.now())
    except SecondPersonError as error:
        not_done(request, error)
    else:
        messages.success(request, _("Confirmed. Everybody can read it now."))
    return redirect("petitions:dossier_detail", pk=row.handover_id)


# A public page, which sets no cookie: comparing a file does nothing in anybody's name and changes nothing.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def handover_public(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    handover = get_object_or_404(
        Handover.objects.public().select_related("statement", "version"), statement__slug=slug, public_id=public_id
    )
    form = CompareForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    texts = list(handover.version.texts.order_by("language"))
    files = list(handover.files.order_by("is_annex", "name"))
    context = {
        "handover": handover,
        "statement": handover.statement,
        "title": title_of(handover.statement, reader_language()),
        "texts": texts,
        "figures": figures_in_words(handover.figures),
        "files": files,
        "acknowledgements": handover.acknowledgements.filter(confirmed_at__isnull=False).order_by("received_on", "pk"),
        "form": form,
    }
    if request.method == "POST" and form.is_valid():
        known = {file.sha256: file.name for file in files}
        known |= {text.sha256: f"{text.language}.txt" for text in texts}
        context |= {"compared": form.fingerprint, "match": known.get(form.fingerprint, "")}
    return render(request, "petitions/handover_public.html", context, status=422 if form.errors else 200)
