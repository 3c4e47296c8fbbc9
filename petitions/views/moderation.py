"""The moderators' desk."""

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.permissions import role_required
from petitions.actions import accept_signature, ask_signatory, refuse_signature, undo_decision
from petitions.errors import CannotUndoError, OwnSignatureError, StateChangedError, WatchedError
from petitions.evidence import gather_evidence
from petitions.forms import AcceptForm, AskForm, RefuseForm
from petitions.forms.moderation import SeenForm
from petitions.models import ModerationDecision, Signature
from petitions.views.watching import why_held

PAGE_SIZE = 10


@never_cache
@role_required("moderator")
@require_safe
def moderation_queue(request: HttpRequest) -> HttpResponse:
    waiting = Signature.objects.waiting().select_related("statement", "text", "user").order_by("confirmed_at", "pk")
    page = Paginator(waiting, PAGE_SIZE).get_page(request.GET.get("page"))
    entries = [
        (
            row,
            AcceptForm(signature=row.signature),
            RefuseForm(signature=row.signature),
            AskForm(signature=row.signature),
        )
        for row in gather_evidence(list(page), now=timezone.now())
    ]
    recent = ModerationDecision.objects.select_related("signature__statement", "by", "undone_by").order_by("-at", "-pk")
    context = {"page": page, "entries": entries, "recent": recent[:15]}
    return render(request, "petitions/moderation_queue.html", context)


@never_cache
@role_required("moderator")
@require_safe
def signature_review(request: HttpRequest, pk: int) -> HttpResponse:
    signature = get_object_or_404(Signature.objects.select_related("statement", "text", "user"), pk=pk)
    return _review(request, signature)


def _review(request: HttpRequest, signature: Signature, failed: SeenForm | None = None) -> HttpResponse:
    forms: dict[str, SeenForm] = {
        "accept_form": AcceptForm(signature=signature),
        "refuse_form": RefuseForm(signature=signature),
        "ask_form": AskForm(signature=signature),
    }
    if failed is not None:
        forms = {name: failed if type(form) is type(failed) else form for name, form in forms.items()}
    (row,) = gather_evidence([signature], now=timezone.now())
    context = {"row": row, "signature": signature, "statement": signature.statement, "failed": failed, **forms}
    return render(request, "petitions/signature_review.html", context, status=422 if failed else 200)


@never_cache
@role_required("moderator")
@require_POST
def signature_accept(request: HttpRequest, pk: int) -> HttpResponse:
    def decide(signature: Signature, form: SeenForm) -> ModerationDecision:
        seen = form.cleaned_data["seen_state"]
        return accept_signature(signature=signature, seen_state=seen, by=_moderator(request), now=timezone.now())

    return _decide(request, pk, AcceptForm, decide)


@never_cache
@role_required("moderator")
@require_POST
def signature_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    def decide(signature: Signature, form: SeenForm) -> ModerationDecision:
        return refuse_signature(signature=signature, **form.cleaned_data, by=_moderator(request), now=timezone.now())

    return _decide(request, pk, RefuseForm, decide)


@never_cache
@role_required("moderator")
@require_POST
def signature_ask(request: HttpRequest, pk: int) -> HttpResponse:
    def decide(signature: Signature, form: SeenForm) -> ModerationDecision:
        return ask_signatory(signature=signature, **form.cleaned_data, by=_moderator(request), now=timezone.now())

    return _decide(request, pk, AskForm, decide)


@never_cache
@role_required("moderator")
@require_POST
def decision_undo(request: HttpRequest, pk: int) -> HttpResponse:
    decision = get_object_or_404(ModerationDecision.objects.select_related("signature"), pk=pk)
    try:
        undo_decision(decision=decision, by=_moderator(request), now=timezone.now())
    except CannotUndoError:
        messages.error(request, _("This cannot be undone any more: something happened to the signature since."))
    except OwnSignatureError:
        messages.error(request, _("This is your own signature: a colleague decides on it."))
    except WatchedError as error:
        messages.error(request, why_held(error))
    else:
        messages.success(request, _("Undone. The signature is where it was before."))
    return redirect("petitions:moderation_queue")


def _moderator(request: HttpRequest) -> User:
    # `role_required` lets nobody else in.
    return cast(User, request.user)


def _decide(
    request: HttpRequest,
    pk: int,
    form_class: type[SeenForm],
    decide: Callable[[Signature, SeenForm], ModerationDecision],
) -> HttpResponse:
    signature = get_object_or_404(Signature.objects.select_related("statement", "text", "user"), pk=pk)
    form = form_class(request.POST, signature=signature)
    if not form.is_valid():
        return _review(request, signature, failed=form)
    try:
        decision = decide(signature, form)
    except StateChangedError:
        messages.error(request, _("A colleague was faster, or the signatory changed something. Here is how it is now."))
        return redirect("petitions:signature_review", pk=pk)
    except OwnSignatureError:
        messages.error(request, _("This is your own signature: a colleague decides on it."))
        return redirect("petitions:signature_review", pk=pk)
    except WatchedError as error:
        messages.error(request, why_held(error))
        return redirect("petitions:signature_review", pk=pk)
    words = {"accept": _("Accepted: %(name)s"), "refuse": _("Refused: %(name)s"), "ask": _("Asked: %(name)s")}
    messages.success(request, words[decision.kind] % {"name": signature.name})
    return redirect("petitions:moderation_queue")
