"""The moderators' desk: what waits, with the evidence, and one button for each decision."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.permissions import role_required, signed_in
from petitions.actions import accept_signature, ask_signatory, refuse_signature, remove_signature, undo_decision
from petitions.errors import CannotUndoError, HeldBackError, OwnSignatureError, StateChangedError
from petitions.forms import AcceptForm, AskForm, RefuseForm, RemoveForm
from petitions.forms.moderation import SeenForm
from petitions.models import ModerationDecision, Reservation, Signature, SignatureQuerySet
from petitions.moderation.evidence import gather_evidence
from petitions.moderation.waiting import counted_unproved, read_waiting
from petitions.signatories.listing import TalliedPaginator
from petitions.views.staff import back_to_queue, held_back, own_signature

PAGE_SIZE = 10


@never_cache
@role_required("moderator")
@require_safe
def moderation_queue(request: HttpRequest) -> HttpResponse:
    """The own hand when there is one, else everything that waits, the oldest first."""
    now, moderator = timezone.now(), signed_in(request)
    has_hand = Reservation.objects.valid_at(now).filter(by=moderator, signature__state="pending").exists()
    shows_hand = has_hand and request.GET.get("show") != "all"
    waits, waiting = _waiting(moderator, hand_only=shows_hand, now=now), read_waiting(now=now)
    total = waits.count() if shows_hand else waiting.number + waiting.asked
    page = TalliedPaginator(waits, PAGE_SIZE, total=total).get_page(request.GET.get("page"))
    rows = gather_evidence(list(page), now=now)
    if shows_hand:
        rows.sort(key=lambda row: -row.assessment.points)
    context = {
        "page": page,
        "total": total,
        "entries": [_entry(row, follower) for row, follower in zip(rows, [*rows[1:], None], strict=False)],
        "recent": _recent_decisions(),
        "has_hand": has_hand,
        "shows_hand": shows_hand,
        "query_more": "" if shows_hand or not has_hand else "&show=all",
        "waiting": waiting,
        "unproved": counted_unproved(),
        "now": now,
    }
    return render(request, "petitions/moderation_queue.html", context)


def _waiting(moderator: User, *, hand_only: bool, now: datetime) -> SignatureQuerySet:
    related = ("statement", "text__version__statement", "user", "reservation__by")
    rows = Signature.objects.waiting().with_badges().select_related(*related).prefetch_related("text__version__texts")
    if hand_only:
        hand = Reservation.objects.valid_at(now).filter(by=moderator)
        rows = rows.filter(reservation__in=hand, state=Signature.State.PENDING)
    return rows.order_by("confirmed_at", "pk")


def _entry(row: Any, follower: Any) -> dict[str, Any]:
    return {"row": row, "signature": row.signature, "next": follower and follower.signature.pk, **_forms(row.signature)}


def _forms(signature: Signature) -> dict[str, SeenForm]:
    return {
        "accept_form": AcceptForm(signature=signature),
        "refuse_form": RefuseForm(signature=signature),
        "remove_form": RemoveForm(signature=signature),
        "ask_form": AskForm(signature=signature),
    }


def _recent_decisions() -> QuerySet[ModerationDecision]:
    rows = ModerationDecision.objects.select_related("signature__statement", "by", "undone_by")
    return rows.filter(batch=None).order_by("-at", "-pk")[:15]


@never_cache
@role_required("moderator")
@require_safe
def signature_review(request: HttpRequest, pk: int) -> HttpResponse:
    return _review(request, _get(pk))


def _get(pk: int) -> Signature:
    rows = Signature.objects.with_badges().select_related("statement", "text", "user", "reservation__by")
    return get_object_or_404(rows, pk=pk)


def _review(request: HttpRequest, signature: Signature, failed: SeenForm | None = None) -> HttpResponse:
    forms = _forms(signature)
    if failed is not None:
        forms = {name: failed if type(form) is type(failed) else form for name, form in forms.items()}
    now = timezone.now()
    (row,) = gather_evidence([signature], now=now)
    context = {
        "row": row,
        "signature": signature,
        "statement": signature.statement,
        "failed": failed,
        "now": now,
        **forms,
    }
    return render(request, "petitions/signature_review.html", context, status=422 if failed else 200)


@never_cache
@role_required("moderator")
@require_POST
def signature_accept(request: HttpRequest, pk: int) -> HttpResponse:
    def decide(signature: Signature, form: SeenForm) -> ModerationDecision:
        seen = form.cleaned_data["seen_state"]
        return accept_signature(signature=signature, seen_state=seen, by=signed_in(request), now=timezone.now())

    return _decide(request, pk, AcceptForm, decide)


@never_cache
@role_required("moderator")
@require_POST
def signature_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    def decide(signature: Signature, form: SeenForm) -> ModerationDecision:
        return refuse_signature(signature=signature, **form.cleaned_data, by=signed_in(request), now=timezone.now())

    return _decide(request, pk, RefuseForm, decide)


@never_cache
@role_required("moderator")
@require_POST
def signature_remove(request: HttpRequest, pk: int) -> HttpResponse:
    def decide(signature: Signature, form: SeenForm) -> ModerationDecision:
        return remove_signature(signature=signature, **form.cleaned_data, by=signed_in(request), now=timezone.now())

    return _decide(request, pk, RemoveForm, decide)


@never_cache
@role_required("moderator")
@require_POST
def signature_ask(request: HttpRequest, pk: int) -> HttpResponse:
    def decide(signature: Signature, form: SeenForm) -> ModerationDecision:
        return ask_signatory(signature=signature, **form.cleaned_data, by=signed_in(request), now=timezone.now())

    return _decide(request, pk, AskForm, decide)


@never_cache
@role_required("moderator")
@require_POST
def decision_undo(request: HttpRequest, pk: int) -> HttpResponse:
    decision = get_object_or_404(ModerationDecision.objects.select_related("signature"), pk=pk)
    try:
        undo_decision(decision=decision, by=signed_in(request), now=timezone.now())
    except CannotUndoError:
        messages.error(request, _("This cannot be undone any more: something happened to the signature since."))
    except OwnSignatureError:
        messages.error(request, own_signature())
    except HeldBackError as error:
        messages.error(request, held_back(error))
    else:
        messages.success(request, _("Undone. The signature is where it was before."))
    return back_to_queue(request)


def _decide(
    request: HttpRequest,
    pk: int,
    form_class: type[SeenForm],
    decide: Callable[[Signature, SeenForm], ModerationDecision],
) -> HttpResponse:
    signature = _get(pk)
    form = form_class(request.POST, signature=signature)
    if not form.is_valid():
        return _review(request, signature, failed=form)
    try:
        decision = decide(signature, form)
    except StateChangedError:
        messages.error(request, _("A colleague was faster, or the signatory changed something. Here is how it is now."))
        return redirect("petitions:signature_review", pk=pk)
    except OwnSignatureError:
        messages.error(request, own_signature())
        return redirect("petitions:signature_review", pk=pk)
    except HeldBackError as error:
        messages.error(request, held_back(error))
        return redirect("petitions:signature_review", pk=pk)
    words = {
        "accept": _("Accepted: %(name)s"),
        "refuse": _("Refused: %(name)s"),
        "remove": _("Taken out of the count: %(name)s"),
        "ask": _("Asked: %(name)s"),
    }
    messages.success(request, words[decision.kind] % {"name": signature.name_for_staff})
    return back_to_queue(request)
