"""An expert vouches for somebody they know, by an address that this person sent them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions import (
    MayNotVouchError,
    MutualVoucherError,
    OwnIdentityError,
    ProfileChangedError,
    TooManyVouchersError,
    VouchedAlreadyError,
    vouch_for,
    withdraw_voucher,
)
from accounts.forms.identity import VouchForm
from accounts.models import ExpertProfile, Voucher
from accounts.permissions import signed_in
from accounts.vouching import find_invited, may_vouch


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def vouch(request: HttpRequest, token: str) -> HttpResponse:
    person, user, now = find_invited(token), signed_in(request), timezone.now()
    if person is None:
        raise Http404
    expert = ExpertProfile.objects.get(user=person)
    form = VouchForm(request.POST if request.method == "POST" else None, name=expert.printed_name)
    if request.method == "POST" and form.is_valid():
        typed = {name: form.cleaned_data[name] for name in ("seen_name", "statement")}
        try:
            vouch_for(person=person, **typed, by=user, now=now)
        except ProfileChangedError:
            form.add_error(None, _("The name was changed while you looked. Please read it again."))
            form.data = {**request.POST.dict(), "seen_name": expert.printed_name}
        except (
            OwnIdentityError,
            MayNotVouchError,
            VouchedAlreadyError,
            MutualVoucherError,
            TooManyVouchersError,
        ) as error:
            messages.error(request, _refusal(error))
            return redirect("accounts:identity")
        else:
            messages.success(request, _("Thank you. You can take it back at any time."))
            return redirect("accounts:identity")
    context = {
        "expert": expert,
        "form": form,
        "may_vouch": may_vouch(user=user, now=now),
        "is_oneself": person.pk == user.pk,
        "token": token,
    }
    return render(request, "accounts/vouch.html", context, status=422 if form.errors else 200)


def _refusal(error: Exception) -> str:
    words = {
        OwnIdentityError: _("Nobody vouches for themselves."),
        MayNotVouchError: _("Only experts whom our staff checked, or who proved an institution's address, can vouch."),
        VouchedAlreadyError: _("You vouch for this person already."),
        MutualVoucherError: _("This person vouches for you. Two people cannot vouch for each other."),
        TooManyVouchersError: _("You have vouched for as many people as one person can within a year."),
    }
    return words[type(error)]


@require_POST
@login_required
def voucher_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    voucher = get_object_or_404(Voucher, pk=pk, voucher=user)
    withdraw_voucher(voucher=voucher, by=user, now=timezone.now())
    messages.success(request, _("You no longer vouch for this person."))
    return redirect("accounts:identity")
