"""Demands of statements, tied to the directory."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import role_required, signed_in
from mandates.actions.demands import choose_addressees
from mandates.demands import entries_of
from mandates.forms.demands import DemandAddresseesForm
from petitions.models import Demand


@role_required("case_editor", "letter_author")
@require_http_methods(["GET", "HEAD", "POST"])
def demand_addressees(request: HttpRequest, pk: int) -> HttpResponse:
    demand = get_object_or_404(Demand.objects.select_related("version__statement"), pk=pk)
    chosen = entries_of([demand])[demand.pk]
    form = DemandAddresseesForm(request.POST if request.method == "POST" else None, chosen=chosen)
    if request.method == "POST" and form.is_valid():
        choose_addressees(demand=demand, mandates=form.cleaned_data["mandates"], by=signed_in(request))
        messages.success(request, _("The addressees are kept."))
        if request.user.is_authenticated and request.user.has_role("case_editor"):
            return redirect(reverse("petitions:statement_edit", args=[demand.version.statement.slug]) + "#demands")
        return redirect("mandates:demand_addressees", pk)
    wordings = {text.language: text for text in demand.texts.all()}
    wording = wordings.get((get_language() or "en").split("-")[0])
    context = {
        "demand": demand,
        "wording": wording or wordings.get(demand.version.statement.original_language),
        "form": form,
    }
    return render(request, "mandates/demand_addressees.html", context, status=422 if form.errors else 200)
