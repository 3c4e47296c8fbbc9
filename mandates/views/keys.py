"""The OpenPGP keys of an address: bringing one, confirming one, taking one off."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import role_required, signed_in
from mandates import actions
from mandates.errors import LetterError
from mandates.forms import ConfirmKeyForm, KeyForm, NoteForm
from mandates.models import ContactKey, ContactPoint
from outbox.openpgp import UnusableKeyError


@role_required("letter_author")
@require_http_methods(["GET", "HEAD", "POST"])
def contact_key(request: HttpRequest, pk: int) -> HttpResponse:
    """The keys of an address and their history, and the form for another one."""
    points = ContactPoint.objects.filter(channel=ContactPoint.Channel.EMAIL).select_related("mandate")
    point, now = get_object_or_404(points, pk=pk), timezone.now()
    form = KeyForm(request.POST or None, now=now)
    if request.method == "POST" and form.is_valid():
        actions.add_key(contact_point=point, by=signed_in(request), now=now, **form.cleaned_data)
        messages.success(request, _("The key is noted. It is not used until a second person has confirmed it."))
        return redirect("mandates:contact_key", point.pk)
    keys = list(point.keys.select_related("added_by", "confirmed_by", "taken_off_by").order_by("-pk"))
    context = {
        "point": point,
        "form": form,
        "keys": keys,
        "used": next((key for key in keys if key.state == "in_use"), None),
        "waiting": next((key for key in keys if key.state == "waiting"), None),
    }
    return render(request, "mandates/contact_key.html", context)


@role_required("letter_author")
@require_POST
def contact_encryption(request: HttpRequest, pk: int) -> HttpResponse:
    """Encrypted or not at all: on with `demand=yes`, else off."""
    point = get_object_or_404(ContactPoint.objects.filter(channel=ContactPoint.Channel.EMAIL), pk=pk)
    is_demanded = request.POST.get("demand") == "yes"
    actions.demand_encryption(contact_point=point, is_demanded=is_demanded, by=signed_in(request), now=timezone.now())
    if is_demanded:
        messages.success(request, _("Letters there leave encrypted or not at all."))
    else:
        messages.success(request, _("Letters there leave in plain words while no key is confirmed."))
    return redirect("mandates:contact_key", point.pk)


@role_required("letter_author")
@require_http_methods(["GET", "HEAD", "POST"])
def key_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    key, by = _key(pk), signed_in(request)
    form = ConfirmKeyForm(request.POST or None, key=key)
    if request.method == "POST" and form.is_valid():

        def confirm() -> object:
            return actions.confirm_key(key=key, by=by, now=timezone.now(), **form.cleaned_data)

        return _do(request, key, confirm, _("The key is confirmed. Letters there are encrypted from now on."))
    context = {"key": key, "point": key.contact_point, "form": form, "is_own": key.added_by == by}
    return render(request, "mandates/key_confirm.html", context)


@role_required("letter_author")
@require_POST
def key_take_off(request: HttpRequest, pk: int) -> HttpResponse:
    key, form = _key(pk), NoteForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please say why."))
        return redirect("mandates:contact_key", key.contact_point_id)

    def take_off() -> object:
        because, by = form.cleaned_data["note"][:300], signed_in(request)
        return actions.take_key_off(key=key, because=because, by=by, now=timezone.now())

    return _do(request, key, take_off, _("The key is taken off. Nothing is encrypted to it any more."))


def _key(pk: int) -> ContactKey:
    return get_object_or_404(ContactKey.objects.select_related("contact_point__mandate", "added_by"), pk=pk)


def _do(request: HttpRequest, key: ContactKey, act: Callable[[], object], done: str) -> HttpResponse:
    try:
        act()
    except (LetterError, UnusableKeyError) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("mandates:contact_key", key.contact_point_id)
