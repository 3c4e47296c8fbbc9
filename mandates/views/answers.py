"""What comes after approval: deliveries nobody can be sure of, and answers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import role_required, signed_in
from mandates import actions
from mandates.forms import ReplyForm, ResolveForm
from mandates.models import Delivery, Letter
from outbox.actions import MessageNotUncertainError
from outbox.models import Message


@role_required("letter_author")
@require_http_methods(["GET", "HEAD", "POST"])
def delivery_resolve(request: HttpRequest, pk: int) -> HttpResponse:
    deliveries = Delivery.objects.select_related("letter__case__person", "mandate", "contact_point", "message")
    delivery = get_object_or_404(deliveries, pk=pk, message__state=Message.State.UNCERTAIN)
    form = ResolveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.resolve_delivery(delivery=delivery, by=signed_in(request), now=timezone.now(), **form.cleaned_data)
        except MessageNotUncertainError:
            messages.error(request, _("Somebody else has decided this delivery in the meantime."))
        else:
            messages.success(request, _("Your decision is recorded."))
        return redirect(delivery.letter)
    return render(request, "mandates/delivery_resolve.html", {"delivery": delivery, "form": form})


@role_required("letter_author")
@require_http_methods(["GET", "HEAD", "POST"])
def reply_record(request: HttpRequest, pk: int) -> HttpResponse:
    letters = Letter.objects.visible_to(signed_in(request)).filter(state=Letter.State.APPROVED)
    letter = get_object_or_404(letters.with_journey(), pk=pk)
    form = ReplyForm(request.POST or None, letter=letter, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        actions.record_reply(letter=letter, by=signed_in(request), now=timezone.now(), **form.words)
        messages.success(request, _("The answer is recorded."))
        return redirect(letter)
    return render(request, "mandates/reply_record.html", {"letter": letter, "form": form})
