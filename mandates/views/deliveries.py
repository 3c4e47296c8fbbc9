"""Deliveries: what waits and why, what nobody is sure of, what came back; and calling an approval back."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import role_required, signed_in
from mandates import actions
from mandates.deliveries import read_deliveries, read_rooms
from mandates.errors import LetterError
from mandates.forms import NoteForm
from mandates.lookup import LONGEST_SEARCH
from mandates.models import Letter


@role_required("letter_author")
@require_safe
def delivery_desk(request: HttpRequest) -> HttpResponse:
    asked = request.GET
    section, words = asked.get("section", ""), asked.get("q", "")[:LONGEST_SEARCH].replace("\x00", "")
    context = {
        "desk": read_deliveries(section=section, words=words, page=asked.get("page")),
        "section": section,
        "words": words,
        "rooms": read_rooms(now=timezone.now()),
        "mode": settings.MANDATES_MODE,
    }
    return render(request, "mandates/delivery_desk.html", context)


@role_required("letter_author")
@require_http_methods(["GET", "HEAD", "POST"])
def letter_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    letters = Letter.objects.visible_to(signed_in(request)).filter(state=Letter.State.APPROVED).with_journey()
    letter = get_object_or_404(letters, pk=pk)
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            letter = actions.withdraw_approval(
                letter=letter, note=form.cleaned_data["note"], by=signed_in(request), now=timezone.now()
            )
        except LetterError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _told(letter))
        return redirect(letter)
    return render(request, "mandates/letter_withdraw.html", {"letter": letter, "form": form})


def _told(letter: Letter) -> str:
    if letter.state == Letter.State.DRAFT:
        return _("The approval is withdrawn. Nothing left, and the letter is a draft again.")
    return _("What had not left stays here. The letter stands as it was approved, because a copy has left.")
