"""The OpenPGP key of an address."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import role_required
from mandates import actions
from mandates.forms import ContactKeyForm
from mandates.models import ContactPoint
from mandates.views.people import signed_in


@role_required("letter_author")
@require_http_methods(["GET", "HEAD", "POST"])
def contact_key(request: HttpRequest, pk: int) -> HttpResponse:
    points = ContactPoint.objects.filter(channel=ContactPoint.Channel.EMAIL).select_related("mandate")
    point, now, by = get_object_or_404(points, pk=pk), timezone.now(), signed_in(request)
    if request.method == "POST" and "remove" in request.POST:
        actions.remove_key(contact_point=point, by=by, now=now)
        messages.success(request, _("The key is taken off. Letters there leave in plain words again."))
        return redirect("mandates:mandate_detail", point.mandate.slug)
    form = ContactKeyForm(request.POST or None, now=now)
    if request.method == "POST" and form.is_valid():
        actions.set_key(contact_point=point, armored=form.cleaned_data["armored"], by=by, now=now)
        messages.success(request, _("The key is kept. Letters there are encrypted from now on."))
        return redirect("mandates:mandate_detail", point.mandate.slug)
    return render(request, "mandates/contact_key.html", {"point": point, "form": form})
