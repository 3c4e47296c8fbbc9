"""The second look: a decision judged once more without knowing it, and how far two people agree."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import role_required, signed_in
from petitions.actions import look_again, settle_second_look
from petitions.errors import StateChangedError
from petitions.forms import SecondLookForm, SettleForm
from petitions.models import SecondLook
from petitions.moderation.agreement import disagreements, measure_agreement, second_looks_for
from petitions.moderation.evidence import gather_evidence


@never_cache
@role_required("moderator")
@require_safe
def second_look(request: HttpRequest) -> HttpResponse:
    """The oldest decision that waits for a second look by this person, if any."""
    return _show(request, SecondLookForm())


def _show(request: HttpRequest, form: SecondLookForm, pk: int | None = None) -> HttpResponse:
    """The oldest one that waits, or the one of `pk`: what was typed stands beside what it was typed about."""
    waiting = second_looks_for(signed_in(request))
    related = ("decision__signature__statement", "decision__signature__text", "decision__signature__user")
    looks = waiting.select_related(*related)
    look = looks.first() if pk is None else looks.filter(pk=pk).first()
    if look is None and pk is not None:
        messages.error(request, _("A colleague was faster, or it is not for you to judge."))
        return redirect("petitions:second_look")
    context: dict[str, object] = {"look": look, "form": form, "number": waiting.count()}
    if look is not None:
        signature = look.decision.signature
        (row,) = gather_evidence([signature], now=timezone.now())
        # What the first one decided, and what followed from it, is not said before the second one has judged.
        row.decisions = [decision for decision in row.decisions if decision.pk < look.decision_id]
        context.update(row=row, signature=signature)
    return render(request, "petitions/second_look.html", context, status=422 if form.errors else 200)


@never_cache
@role_required("moderator")
@require_POST
def second_look_judge(request: HttpRequest, pk: int) -> HttpResponse:
    look = get_object_or_404(SecondLook.objects.select_related("decision"), pk=pk)
    form = SecondLookForm(request.POST)
    if not form.is_valid():
        return _show(request, form, pk)
    try:
        look = look_again(look=look, **form.cleaned_data, by=signed_in(request), now=timezone.now())
    except StateChangedError:
        messages.error(request, _("A colleague was faster, or it is not for you to judge."))
        return redirect("petitions:second_look")
    if look.verdict == look.decision.kind:
        messages.success(request, _("Thank you. You both judged the same."))
        return redirect("petitions:second_look")
    messages.warning(request, _("Thank you. Your colleague judged differently: please talk, then undo it or leave it."))
    return redirect("petitions:agreement")


@never_cache
@role_required("moderator")
@require_safe
def agreement(request: HttpRequest) -> HttpResponse:
    return _show_agreement(request)


def _show_agreement(request: HttpRequest, failed: SettleForm | None = None, pk: int = 0) -> HttpResponse:
    rows = [(look, failed if failed and look.pk == pk else SettleForm(look=look)) for look in disagreements()[:50]]
    context = {"agreement": measure_agreement(), "rows": rows}
    return render(request, "petitions/agreement.html", context, status=422 if failed else 200)


@never_cache
@role_required("moderator")
@require_POST
def second_look_settle(request: HttpRequest, pk: int) -> HttpResponse:
    look = get_object_or_404(SecondLook, pk=pk)
    form = SettleForm(request.POST, look=look)
    if not form.is_valid():
        return _show_agreement(request, failed=form, pk=pk)
    try:
        settle_second_look(look=look, **form.cleaned_data, by=signed_in(request), now=timezone.now())
    except StateChangedError:
        messages.error(request, _("A colleague was faster. Here is how it is now."))
    else:
        messages.success(request, _("Noted."))
    return redirect("petitions:agreement")
