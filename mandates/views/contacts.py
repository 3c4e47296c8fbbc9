"""Addresses of mandates: the desk that asks for checks, adding one, and saying what a check of it found."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import role_required, signed_in
from mandates import actions
from mandates.actions.addresses import CHECK_HOLDS
from mandates.address_desk import read_address_desk
from mandates.blocklist import blocked_entries
from mandates.errors import AddressBlockedError
from mandates.forms import ContactCheckForm, ContactForm
from mandates.models import ContactPoint, Mandate

PER_PAGE = 40


@role_required("letter_author")
@require_safe
def address_desk(request: HttpRequest) -> HttpResponse:
    """What the directory needs; `?show=unchecked` and `?show=blocked` are the long lists."""
    desk = read_address_desk(day=timezone.localdate())
    chosen = request.GET.get("show", "")
    long_list = {"unchecked": desk.unchecked, "blocked": desk.blocked}.get(chosen, [])
    page = Paginator(long_list, PER_PAGE).get_page(request.GET.get("page"))
    context = {"desk": desk, "chosen": chosen, "page": page, "blocklist": blocked_entries()}
    return render(request, "mandates/address_desk.html", context)


@role_required("letter_author")
@require_http_methods(["GET", "HEAD", "POST"])
def contact_create(request: HttpRequest, slug: str) -> HttpResponse:
    mandate = get_object_or_404(Mandate, slug=slug)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            point = actions.add_contact_point(
                mandate=mandate, by=signed_in(request), now=timezone.now(), **form.cleaned_data
            )
        except AddressBlockedError as error:
            form.add_error("value", str(error))
        else:
            messages.success(request, _("The address is noted. Nothing goes there until two people have checked it."))
            return redirect("mandates:contact_check", point.pk)
    return render(request, "mandates/contact_create.html", {"mandate": mandate, "form": form})


@role_required("letter_author")
@require_http_methods(["GET", "HEAD", "POST"])
def contact_check(request: HttpRequest, pk: int) -> HttpResponse:
    point = get_object_or_404(ContactPoint.objects.select_related("mandate", "added_by"), pk=pk)
    now = timezone.now()
    form = ContactCheckForm(request.POST or None, today=now.date(), initial={"expires_on": now.date() + CHECK_HOLDS})
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, _record(request, point, form))
        except AddressBlockedError as error:
            form.add_error("outcome", str(error))
        else:
            return _onward(request, point)
    checks = list(point.checks.select_related("by").order_by("-pk"))
    context = {"point": point, "form": form, "checks": checks, "today": now.date()}
    return render(request, "mandates/contact_check.html", context)


def _record(request: HttpRequest, point: ContactPoint, form: ContactCheckForm) -> str:
    """Record what the form says; returns what to tell the person."""
    found, now = form.cleaned_data, timezone.now()
    by = signed_in(request)
    told = {"how": found["how"], "evidence": found["evidence"]}
    if found["outcome"] == form.WRONG:
        actions.block_contact_point(contact_point=point, by=by, now=now, **told)
        return _("Recorded: nothing goes to this address any more.")
    if found["outcome"] == form.UNCLEAR:
        actions.note_unclear_check(contact_point=point, by=by, now=now, **told)
        return _("Recorded: you looked and could not tell.")
    after = actions.record_contact_check(contact_point=point, by=by, now=now, expires_on=found["expires_on"], **told)
    if after.is_usable_on(now.date()):
        return _("The check is recorded. Two people have checked the address: letters may go there.")
    return _("The check is recorded. Somebody else has to check the address too before letters may go there.")


def _onward(request: HttpRequest, point: ContactPoint) -> HttpResponse:
    """Back to where the person came from (`?next=`), else to the mandate."""
    target = request.GET.get("next", "")
    if target and url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return redirect(target)
    return redirect("mandates:mandate_detail", point.mandate.slug)
