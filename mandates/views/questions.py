"""What single mandates ask beyond the minimum."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import role_required, signed_in
from mandates import actions
from mandates.errors import LetterError
from mandates.forms import QuestionsForm
from mandates.views.people import letter_for


@role_required("letter_author")
@require_http_methods(["GET", "HEAD", "POST"])
def letter_questions(request: HttpRequest, pk: int) -> HttpResponse:
    letter = letter_for(request, pk)
    if not letter.is_open:
        messages.error(request, _("This letter can no longer be changed."))
        return redirect(letter)
    form = QuestionsForm(request.POST or None, letter=letter)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_questions(letter=letter, answers=form.answers, by=signed_in(request), now=timezone.now())
        except LetterError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Saved. The checker has looked at it again."))
        return redirect(letter)
    return render(request, "mandates/letter_questions.html", {"letter": letter, "form": form})
