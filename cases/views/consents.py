"""Consents: recording, signing, withdrawing. Letter authors record them too: they are asked for before a letter."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import role_required, signed_in
from cases.actions import consents
from cases.errors import CaseRuleError
from cases.forms.desk import ConsentForm, NoteForm
from cases.models import Case, Consent
from cases.views.steps import button_step, case_at


@role_required("case_editor", "letter_author")
@require_http_methods(["GET", "POST"])
def consent_record(request: HttpRequest, slug: str) -> HttpResponse:
    case = case_at(slug)
    form = ConsentForm(request.POST or None, instance=Consent(case=case))
    if request.method == "POST" and form.is_valid():
        consents.record_consent(case=case, consent=form.instance, by=signed_in(request), now=timezone.now())
        messages.success(request, _("The consent is recorded."))
        return _onward(request, case)
    recorded = case.consents.select_related("recorded_by", "second_person").order_by("-recorded_at")
    return render(request, "cases/consent_record.html", {"case": case, "form": form, "consents": recorded})


@role_required("case_editor", "letter_author")
@require_http_methods(["GET", "POST"])
def consent_withdraw(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Asks how it was withdrawn, then withdraws it at once."""
    case = case_at(slug)
    consent = get_object_or_404(case.consents, pk=pk)
    form = NoteForm(request.POST or None, label=_("Who withdrew it, and how did we learn of it?"))
    if request.method == "POST" and form.is_valid():
        try:
            case = consents.withdraw_consent(
                consent=consent, note=form.cleaned_data["note"], by=signed_in(request), now=timezone.now()
            )
        except CaseRuleError as error:
            form.add_error(None, str(error.message))
        else:
            messages.success(request, _("The consent is withdrawn. Nothing new will be done with it."))
            if case.state == Case.State.UNPUBLISHED:
                messages.warning(request, _("Nobody allows this case to be public any more: it is off the site."))
            return _onward(request, case)
    return render(request, "cases/consent_withdraw.html", {"case": case, "consent": consent, "form": form})


@role_required("case_editor")
@require_POST
def consent_sign(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    case = case_at(slug)
    consent = get_object_or_404(case.consents, pk=pk)
    return button_step(
        request,
        case=case,
        section="consents",
        act=lambda: consents.sign_consent(consent=consent, by=signed_in(request)),
        done=_("You have signed the decision as the second person. It counts from now on."),
    )


def _onward(request: HttpRequest, case: Case) -> HttpResponse:
    """Back to where the person came from (`?next=`), else to the case; letter authors, to this case's consents."""
    target = request.GET.get("next", "")
    if target and url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return redirect(target)
    if signed_in(request).has_role("case_editor"):
        return redirect("cases:case_edit", case.slug)
    return redirect("cases:consent_record", case.slug)
