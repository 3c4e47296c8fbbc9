"""Bulk invalidation: a rule, its preview, a second person, progress, stop, and the way back."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import role_required, signed_in
from petitions.actions import (
    prepare_rule,
    propose_invalidation,
    release_invalidation,
    reverse_invalidation,
    spare_signatures,
    stop_invalidation,
)
from petitions.errors import SecondPersonError, StateChangedError
from petitions.forms import InvalidationForm, SparingForm
from petitions.models import Invalidation, Signature
from petitions.moderation.rules import reached_by
from petitions.texts.reading import title_of
from petitions.views.staff import in_digits, with_titles
from petitions.views.statements import reader_language

SAMPLE = 20
ON_A_PAGE = 100


@never_cache
@role_required("moderator")
@require_safe
def invalidation_list(request: HttpRequest) -> HttpResponse:
    rules = Invalidation.objects.select_related("statement", "proposed_by", "released_by").order_by("-proposed_at")
    return render(request, "petitions/invalidation_list.html", {"rules": with_titles(rules[:100])})


@never_cache
@role_required("moderator")
@require_http_methods(["GET", "HEAD", "POST"])
def invalidation_new(request: HttpRequest) -> HttpResponse:
    """The form; a first press shows whom the rule reaches, a second one writes it down."""
    form = InvalidationForm(request.POST if request.method == "POST" else None)
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        if "propose" in request.POST:
            rule = propose_invalidation(rule=form.instance, by=signed_in(request), now=timezone.now())
            messages.success(request, _("Written down. Nothing happens until a colleague releases it."))
            return redirect("petitions:invalidation_detail", pk=rule.pk)
        prepare_rule(form.instance)
        context.update(_preview(form.instance))
    return render(request, "petitions/invalidation_new.html", context, status=422 if form.errors else 200)


def _preview(rule: Invalidation) -> dict[str, object]:
    reached = reached_by(rule)
    return {
        "previewed": True,
        "number": reached.count(),
        "counted": reached.filter(state=Signature.State.ACCEPTED).count(),
        # In no order of time or name: the first twenty of a window show one minute of it.
        "sample": reached.order_by("email_digest")[:SAMPLE],
    }


@never_cache
@role_required("moderator")
@require_safe
def invalidation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    related = ("statement", "proposed_by", "released_by", "stopped_by", "reversed_by")
    rule = get_object_or_404(Invalidation.objects.select_related(*related), pk=pk)
    title, is_own = title_of(rule.statement, reader_language()), rule.proposed_by_id == signed_in(request).pk
    sparings = rule.sparings.select_related("signature", "by").order_by("pk")
    context: dict[str, object] = {"rule": rule, "title": title, "is_own": is_own, "sparings": sparings}
    if rule.state == Invalidation.State.PROPOSED:
        context.update(_preview(rule))
    return render(request, "petitions/invalidation_detail.html", context)


@never_cache
@role_required("moderator")
@require_http_methods(["GET", "HEAD", "POST"])
def invalidation_reached(request: HttpRequest, pk: int) -> HttpResponse:
    """All that a rule reaches, a page at a time or by a name, to except single ones before the release."""
    rule = get_object_or_404(Invalidation.objects.select_related("statement"), pk=pk)
    if rule.state != Invalidation.State.PROPOSED:
        return redirect("petitions:invalidation_detail", pk=pk)
    form = SparingForm(request.POST if request.method == "POST" else None, rule=rule)
    if request.method == "POST" and form.is_valid():
        return _spare(request, rule, form)
    after, name = request.GET.get("after", ""), request.GET.get("name", "").replace("\0", "").strip()
    reached = reached_by(rule).filter(pk__gt=int(after) if after.isdecimal() and len(after) < 19 else 0)
    rows = list((reached.filter(name__icontains=name) if name else reached).order_by("pk")[: ON_A_PAGE + 1])
    context = {
        "rule": rule,
        "form": form,
        "rows": rows[:ON_A_PAGE],
        "chosen": request.POST.getlist("signatures"),
        "name": name,
        "next": rows[ON_A_PAGE - 1].pk if len(rows) > ON_A_PAGE else None,
        "number": reached_by(rule).count(),
    }
    return render(request, "petitions/invalidation_reached.html", context, status=422 if form.errors else 200)


def _spare(request: HttpRequest, rule: Invalidation, form: SparingForm) -> HttpResponse:
    try:
        number = spare_signatures(rule=rule, **form.cleaned_data, by=signed_in(request), now=timezone.now())
    except StateChangedError:
        messages.error(request, _("A colleague was faster. Here is how it is now."))
    else:
        words = ngettext("%(number)s signature is left alone.", "%(number)s signatures are left alone.", number)
        messages.success(request, words % {"number": in_digits(number)})
    return redirect("petitions:invalidation_detail", pk=rule.pk)


@never_cache
@role_required("moderator")
@require_POST
def invalidation_release(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, release_invalidation, _("Released. It runs now; this page shows how far it is."))


@never_cache
@role_required("moderator")
@require_POST
def invalidation_stop(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, stop_invalidation, _("Stopped. What was done can be taken back."))


@never_cache
@role_required("moderator")
@require_POST
def invalidation_reverse(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, reverse_invalidation, _("It is being taken back; this page shows how far it is."))


def _act(request: HttpRequest, pk: int, act: Callable[..., Invalidation], words: str) -> HttpResponse:
    rule = get_object_or_404(Invalidation, pk=pk)
    try:
        act(rule=rule, by=signed_in(request), now=timezone.now())
    except SecondPersonError:
        messages.error(request, _("You wrote this rule: a colleague releases it."))
    except StateChangedError:
        messages.error(request, _("A colleague was faster. Here is how it is now."))
    else:
        messages.success(request, words)
    return redirect("petitions:invalidation_detail", pk=pk)
