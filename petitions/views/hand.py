"""A moderator's hand: taken, given back, and a signature left to a colleague."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.permissions import role_required, signed_in
from petitions.actions import release_hand, set_aside, take_hand
from petitions.errors import OwnSignatureError, StateChangedError
from petitions.models import Signature
from petitions.views.staff import back_to_queue, in_digits, own_signature


@never_cache
@role_required("moderator")
@require_POST
def hand_take(request: HttpRequest) -> HttpResponse:
    number = len(take_hand(by=signed_in(request), now=timezone.now()))
    if number:
        words = ngettext("%(number)s signature is yours for now.", "%(number)s signatures are yours for now.", number)
        messages.success(request, words % {"number": in_digits(number)})
    else:
        messages.info(request, _("Nothing is left to take: what waits is in colleagues' hands, or you set it aside."))
    return redirect("petitions:moderation_queue")


@never_cache
@role_required("moderator")
@require_POST
def hand_release(request: HttpRequest) -> HttpResponse:
    release_hand(by=signed_in(request))
    messages.success(request, _("Given back. Colleagues can take them."))
    return redirect("petitions:moderation_queue")


@never_cache
@role_required("moderator")
@require_POST
def signature_skip(request: HttpRequest, pk: int) -> HttpResponse:
    signature = get_object_or_404(Signature, pk=pk)
    try:
        set_aside(signature=signature, by=signed_in(request), now=timezone.now())
    except StateChangedError:
        messages.error(request, _("It does not wait any more: a colleague decided, or the signatory withdrew."))
    except OwnSignatureError:
        messages.error(request, own_signature())
    else:
        messages.success(request, _("Left to a colleague: %(name)s") % {"name": signature.own_name})
    return back_to_queue(request)
