"""The desk of sealed names: who holds the halves, what was asked, what was opened."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import role_required, signed_in
from accounts.proof import fresh_proof_required, typed_before
from petitions.actions import ask_to_open, become_custodian, consent_to_open
from petitions.errors import AlreadyAskedError, NameDestroyedError, NotYoursToOpenError
from petitions.forms import AskForNameForm, CustodianForm, UnlockForm
from petitions.models import Custodian, NameOpening, SealedName
from petitions.signatories.protection import find_custodians
from petitions.signatories.sealing import CannotOpenError


@never_cache
@role_required("verifier")
@require_safe
def sealed_names(request: HttpRequest) -> HttpResponse:
    names = SealedName.objects.select_related("signature__text__version__statement", "first__user", "second__user")
    names = names.prefetch_related("signature__text__version__texts")
    openings = NameOpening.objects.select_related("sealed_name__signature", "asked_by__user", "opened_by__user")
    context = {
        "names": names.order_by("-pk")[:100],
        "openings": openings.order_by("-pk")[:50],
        "custodian": Custodian.objects.filter(user=signed_in(request), retired_at=None).first(),
        "pair": find_custodians(),
    }
    return render(request, "petitions/sealed_names.html", context)


@sensitive_post_parameters("passphrase", "again")
@never_cache
@role_required("verifier")
@require_http_methods(["GET", "HEAD", "POST"])
def sealed_key(request: HttpRequest) -> HttpResponse:
    form = CustodianForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        become_custodian(by=signed_in(request), passphrase=form.cleaned_data["passphrase"], now=timezone.now())
        messages.success(request, _("Your key is made. Keep the passphrase where nobody else finds it."))
        return redirect("petitions:sealed_names")
    context = {"form": form, "has_key": Custodian.objects.filter(user=signed_in(request), retired_at=None).exists()}
    return render(request, "petitions/sealed_key.html", context, status=422 if form.errors else 200)


@sensitive_post_parameters("passphrase")
@never_cache
@role_required("verifier")
@fresh_proof_required
@require_http_methods(["GET", "HEAD", "POST"])
def sealed_ask(request: HttpRequest, pk: int) -> HttpResponse:
    sealed = get_object_or_404(SealedName.objects.select_related("signature__text", "first", "second"), pk=pk)
    form = AskForNameForm(request.POST if request.method == "POST" else None, initial=typed_before(request))
    if request.method == "POST" and form.is_valid():
        try:
            ask_to_open(sealed_name=sealed, **form.cleaned_data, by=signed_in(request), now=timezone.now())
        except CannotOpenError:
            form.refuse()
        except AlreadyAskedError:
            messages.info(request, _("A request waits already for the other custodian."))
            return redirect("petitions:sealed_names")
        except (NotYoursToOpenError, NameDestroyedError):
            messages.error(request, _("You hold no half of this name, or it is destroyed."))
            return redirect("petitions:sealed_names")
        else:
            messages.success(request, _("Asked. The other custodian has one hour to consent."))
            return redirect("petitions:sealed_names")
    context = {"sealed": sealed, "form": form}
    return render(request, "petitions/sealed_ask.html", context, status=422 if form.errors else 200)


@sensitive_post_parameters("passphrase")
@never_cache
@role_required("verifier")
@fresh_proof_required
@require_http_methods(["GET", "HEAD", "POST"])
def sealed_open(request: HttpRequest, pk: int) -> HttpResponse:
    """The second half. The name is on this one answer and nowhere else."""
    rows = NameOpening.objects.select_related("sealed_name__signature__text", "asked_by__user")
    opening = get_object_or_404(rows, pk=pk)
    form = UnlockForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            identity = consent_to_open(opening=opening, **form.cleaned_data, by=signed_in(request), now=timezone.now())
        except CannotOpenError:
            form.refuse()
        except (NotYoursToOpenError, NameDestroyedError):
            messages.error(request, _("Only the other of the two can open it, once, and within the hour."))
            return redirect("petitions:sealed_names")
        else:
            return render(request, "petitions/sealed_opened.html", {"opening": opening, "identity": identity})
    context = {"opening": opening, "form": form}
    return render(request, "petitions/sealed_open.html", context, status=422 if form.errors else 200)
