"""What a signatory takes along, and takes off: the data, and the name."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import signed_in
from accounts.proof import fresh_proof_required
from petitions.actions import erase_signature, find_all_own
from petitions.signatories.copies import copies_of
from petitions.signatories.personal_data import data_of_account, data_of_signature
from petitions.views.access import get_own_signature


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def signature_erase(request: HttpRequest, pk: int) -> HttpResponse:
    """The danger button: asks once, then takes the name off everywhere. The answer is the page itself."""
    signature = get_own_signature(request, pk)
    context = {"signature": signature, "statement": signature.statement}
    if request.method == "POST":
        account = request.user if request.user.is_authenticated else None
        copies = erase_signature(signature=signature, now=timezone.now(), account=account)
        return render(request, "petitions/signature_erased.html", {**context, "copies": copies})
    return render(request, "petitions/signature_erase.html", {**context, "copies": copies_of(signature)})


@never_cache
@require_safe
def signature_data(request: HttpRequest, pk: int) -> HttpResponse:
    signature = get_own_signature(request, pk)
    account = request.user if request.user.is_authenticated else None
    return _as_file(data_of_signature(signature, account=account), name=f"signature-{signature.pk}.json")


@never_cache
@login_required
@fresh_proof_required
@require_safe
def account_data(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    return _as_file(data_of_account(user, find_all_own(user=user)), name="my-data.json")


def _as_file(data: dict[str, object], *, name: str) -> HttpResponse:
    response = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
