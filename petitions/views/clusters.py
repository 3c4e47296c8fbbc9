"""Signatures that have something in common, looked at and decided together."""

import uuid
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import role_required, signed_in
from petitions.actions import decide_together, undo_together
from petitions.actions.together import MOST_AT_ONCE
from petitions.errors import CannotUndoError
from petitions.forms import TogetherForm
from petitions.models import ModerationDecision, Signature, Statement
from petitions.moderation.clusters import Cluster, find_cluster, find_clusters
from petitions.moderation.evidence import gather_evidence
from petitions.moderation.near_names import scripts_in_words
from petitions.texts.reading import titles_of
from petitions.views.staff import in_digits
from petitions.views.statements import reader_language

EXAMPLES = 5


@never_cache
@role_required("moderator")
@require_safe
def cluster_list(request: HttpRequest) -> HttpResponse:
    clusters = find_clusters()
    titles = titles_of({row.statement_id for row in clusters}, reader_language())
    rows = [(cluster, titles.get(cluster.statement_id, "")) for cluster in clusters]
    return render(request, "petitions/cluster_list.html", {"clusters": rows})


@never_cache
@role_required("moderator")
@require_http_methods(["GET", "HEAD", "POST"])
def cluster_detail(request: HttpRequest, statement_id: int, kind: str) -> HttpResponse:
    cluster = _get_cluster(request, statement_id, kind)
    form = TogetherForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _decide(request, cluster, form)
    last = cluster.members.aggregate(last=Max("pk"))["last"]
    form.initial["up_to"] = last or 0
    context = {
        "cluster": cluster,
        "title": titles_of([cluster.statement_id], reader_language()).get(cluster.statement_id, ""),
        "form": form,
        "rows": gather_evidence(list(_examples(cluster)), now=timezone.now()),
        "at_once": min(cluster.number, MOST_AT_ONCE),
        "names": _names(cluster) if cluster.is_of_names else [],
    }
    return render(request, "petitions/cluster_detail.html", context, status=422 if form.errors else 200)


def _examples(cluster: Cluster) -> Any:
    return cluster.members.select_related("statement", "text", "user", "verification")[:EXAMPLES]


def _names(cluster: Cluster) -> list[tuple[Signature, list[str]]]:
    """Those that one act would decide, each with the scripts of its name."""
    rows = cluster.members.select_related("text")[:MOST_AT_ONCE]
    return [(row, scripts_in_words(row.name_for_staff)) for row in rows]


def _get_cluster(request: HttpRequest, statement_id: int, kind: str) -> Cluster:
    statement = get_object_or_404(Statement, pk=statement_id)
    on = request.GET.get("on", "")
    try:
        day = date.fromisoformat(on) if on else None
        return find_cluster(
            statement=statement, kind=kind, value=request.GET.get("value", "").replace("\0", ""), on=day
        )
    except ValueError as error:
        raise Http404 from error


def _decide(request: HttpRequest, cluster: Cluster, form: TogetherForm) -> HttpResponse:
    done = decide_together(cluster=cluster, **form.cleaned_data, by=signed_in(request), now=timezone.now())
    words = ngettext("%(number)s signature decided.", "%(number)s signatures decided together.", done.decided)
    messages.success(request, words % {"number": in_digits(done.decided)})
    if done.left:
        words = ngettext(
            "%(number)s still waits: in a colleague's hand, your own, held back by a rule, or for a further step.",
            "%(number)s still wait: in a colleague's hand, your own, held back by a rule, or for a further step.",
            done.left,
        )
        messages.info(request, words % {"number": in_digits(done.left)})
    return redirect("petitions:batch_detail", batch=done.batch) if done.decided else redirect("petitions:cluster_list")


@never_cache
@role_required("moderator")
@require_safe
def batch_detail(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """What was decided in one act."""
    rows = ModerationDecision.objects.filter(batch=batch).select_related("signature", "by", "undone_by").order_by("pk")
    decisions = list(rows[:MOST_AT_ONCE])
    if not decisions:
        raise Http404
    return render(request, "petitions/batch_detail.html", {"batch": batch, "decisions": decisions})


@never_cache
@role_required("moderator")
@require_POST
def batch_undo(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    try:
        done = undo_together(batch=batch, by=signed_in(request), now=timezone.now())
    except CannotUndoError:
        messages.error(request, _("This cannot be undone here."))
        return redirect("petitions:cluster_list")
    words = ngettext("%(number)s decision taken back.", "%(number)s decisions taken back.", done.decided)
    messages.success(request, words % {"number": in_digits(done.decided)})
    return redirect("petitions:batch_detail", batch=batch)
