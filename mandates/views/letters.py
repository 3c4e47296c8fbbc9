"""Writing a letter, from its first draft to the approval."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import role_required, signed_in
from mandates import actions
from mandates.errors import LetterError
from mandates.forms import AddresseesForm, ApprovalForm, CoverForm, LetterForm, NoteForm
from mandates.reading import read_letter
from mandates.views.people import letter_for


@role_required("letter_author")
@require_http_methods(["GET", "HEAD", "POST"])
def letter_edit(request: HttpRequest, pk: int) -> HttpResponse:
    letter = letter_for(request, pk)
    if not letter.is_open:
        messages.error(request, _("This letter can no longer be changed."))
        return redirect(letter)
    make_form = CoverForm if letter.is_cover else LetterForm
    form = make_form(request.POST or None, instance=letter)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_letter(
                letter=letter,
                words=form.words,
                violations=form.cleaned_data.get("violations"),
                named=form.cleaned_data.get("named"),
                dossier=form.cleaned_data.get("dossier", ...),
                by=signed_in(request),
                now=timezone.now(),
            )
        except LetterError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Saved. The checker has looked at it again."))
        return redirect(letter)
    template = "mandates/cover_edit.html" if letter.is_cover else "mandates/letter_edit.html"
    return render(request, template, {"letter": letter, "form": form})


@role_required("letter_author")
@require_safe
def letter_detail(request: HttpRequest, pk: int) -> HttpResponse:
    letter = letter_for(request, pk)
    context = read_letter(letter=letter, reader=signed_in(request), now=timezone.now())
    forms = {"note_form": NoteForm(), "addressees_form": AddresseesForm()}
    return render(request, "mandates/letter_detail.html", {"letter": letter, **forms, "read": context})


@role_required("letter_author")
@require_POST
def letter_addressees(request: HttpRequest, pk: int) -> HttpResponse:
    letter, form = letter_for(request, pk), AddresseesForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("One of the mandates is not in the directory."))
        return redirect(letter)
    try:
        actions.choose_addressees(
            letter=letter,
            mandates=form.chosen,
            lead=form.cleaned_data["lead"],
            is_joint=form.is_joint,
            by=signed_in(request),
            now=timezone.now(),
        )
    except LetterError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The addressees are saved."))
    return redirect(letter)


@role_required("letter_author")
@require_POST
def letter_submit(request: HttpRequest, pk: int) -> HttpResponse:
    letter = letter_for(request, pk)
    try:
        actions.submit_letter(letter=letter, by=signed_in(request), now=timezone.now())
    except LetterError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("A second person can now read and approve the letter."))
    return redirect(letter)


@role_required("letter_author")
@require_POST
def letter_approve(request: HttpRequest, pk: int) -> HttpResponse:
    letter, form = letter_for(request, pk), ApprovalForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please read the letter on this page before approving it."))
        return redirect(letter)
    try:
        actions.approve_letter(letter=letter, by=signed_in(request), now=timezone.now(), seen=form.cleaned_data["seen"])
    except LetterError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Approved. The letter leaves exactly as you read it."))
    return redirect(letter)


@role_required("letter_author")
@require_POST
def letter_return(request: HttpRequest, pk: int) -> HttpResponse:
    letter, form = letter_for(request, pk), NoteForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please say what should be changed."))
        return redirect(letter)
    try:
        actions.return_letter(letter=letter, note=form.cleaned_data["note"], by=signed_in(request), now=timezone.now())
    except LetterError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The letter went back to its author with your note."))
    return redirect(letter)


@role_required("letter_author")
@require_POST
def letter_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    letter, form = letter_for(request, pk), NoteForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please say why the letter is given up."))
        return redirect(letter)
    try:
        actions.cancel_letter(letter=letter, note=form.cleaned_data["note"], by=signed_in(request), now=timezone.now())
    except LetterError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The letter is given up. Its history stays."))
    return redirect("mandates:letter_desk")
