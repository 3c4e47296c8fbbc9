"""Closing one's own account."""

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actions import StaffAccountError, is_of_staff
from accounts.permissions import signed_in
from accounts.proof import fresh_proof_required, typed_before
from petitions.actions import close_account, find_all_own, holds_names
from petitions.errors import CustodianAccountError
from petitions.forms import CloseAccountForm


@never_cache
@login_required
@fresh_proof_required
@require_http_methods(["GET", "HEAD", "POST"])
def account_close(request: HttpRequest) -> HttpResponse:
    """Says what happens, asks what becomes of the signatures, and closes. The answer is the page itself."""
    user = signed_in(request)
    form = CloseAccountForm(request.POST if request.method == "POST" else None, initial=typed_before(request))
    refused = {"is_of_staff": is_of_staff(user), "holds_names": holds_names(user)}
    if request.method == "POST" and form.is_valid() and not any(refused.values()):
        address = user.email
        try:
            closed = close_account(user=user, fate=form.cleaned_data["fate"], now=timezone.now())
        except (StaffAccountError, CustodianAccountError):
            # Given a role within this very second: the page itself says so.
            refused["is_of_staff"] = True
        else:
            logout(request)
            return render(request, "petitions/account_closed.html", {"closed": closed, "address": address})
    rows = [row for row in find_all_own(user=user) if row.erased_at is None]
    context = {"form": form, "signatures": len(rows), **refused}
    return render(request, "petitions/account_close.html", context, status=422 if form.errors else 200)
