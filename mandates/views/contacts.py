"""Addresses of mandates: adding one, and saying what a check of it found."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import role_required
from mandates import actions
from mandates.actions.addresses import CHECK_HOLDS
from mandates.errors import AddressBlockedError
from mandates.forms import ContactCheckForm, ContactForm
from mandates.models import ContactPoint, Mandate
from mandates.views.people import signed_in


@role_required("letter_author")
@require_http_methods(["GET", "HEAD", "POST"])
def contact_create(request: HttpRequest, slug: str) -> HttpResponse:
    mandate = get_object_or_404(Mandate, slug=slug)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            point = actions.add_contact_point(mandate=mandate, now=timezone.now(), **form.cleaned_data)
        except AddressBlockedError as error:
            form.add_error("value", str(error))
        else:
            messages.success(request, _("The address is noted. Nothing goes there until a check is recorded."))
            return redirect("mandates:contact_check", point.pk)
    return render(request, "mandates/contact_create.html", {"mandate": mandate, "form": form})


@role_required("letter_author")
@require_http_methods(["GET", "HEAD", "POST"])
def contact_check(request: HttpRequest, pk: int) -> HttpResponse:
    points = ContactPoint.objects.filter(channel=ContactPoint.Channel.EMAIL).select_related("mandate", "checked_by")
    point = get_object_or_404(points, pk=pk)
    now = timezone.now()
    form = ContactCheckForm(request.POST or None, today=now.date(), initial={"expires_on": now.date() + CHECK_HOLDS})
    if request.method == "POST" and form.is_valid():
        how, by = form.cleaned_data["how"], signed_in(request)
        try:
            if form.cleaned_data["outcome"] == ContactCheckForm.WRONG:
                actions.block_contact_point(contact_point=point, how=how, by=by, now=now)
            else:
                expires_on = form.cleaned_data["expires_on"]
                actions.record_contact_check(contact_point=point, how=how, by=by, now=now, expires_on=expires_on)
        except AddressBlockedError as error:
            form.add_error("outcome", str(error))
        else:
            messages.success(request, _("The check is recorded."))
            return redirect("mandates:mandate_detail", point.mandate.slug)
    return render(request, "mandates/contact_check.html", {"point": point, "form": form})
