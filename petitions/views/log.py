"""The public log: what it says, and the files with which anybody checks it."""

import json
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from petitions.models import Checkpoint, Statement
from petitions.reading import titles_of
from petitions.transparency import verify
from petitions.transparency.checkpoints import (
    checkpoint_file,
    consistency_file,
    latest_checkpoint,
    published_keys,
    published_leaves,
)
from petitions.views.statements import reader_language

PAGE_SIZE = 30
AnyResponse = TypeVar("AnyResponse", HttpResponse, StreamingHttpResponse)


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    latest = latest_checkpoint()
    pages = Paginator(Checkpoint.objects.select_related("previous").order_by("-day"), PAGE_SIZE)
    context = {
        "latest": latest,
        "figures": _figures(latest) if latest else [],
        "page": pages.get_page(request.GET.get("page")),
        "keys": published_keys(),
    }
    return render(request, "petitions/log.html", context)


@require_safe
def log_checkpoint(request: HttpRequest, day: str) -> HttpResponse:
    return _json_file(checkpoint_file(_checkpoint_of(day)), "checkpoint.json")


@require_safe
def log_proof(request: HttpRequest, old: str, new: str) -> HttpResponse:
    """That the newer checkpoint only added to the older one; for two that do not follow on each other."""
    before, after = _checkpoint_of(old), _checkpoint_of(new)
    if before.size > after.size:
        raise Http404
    return _json_file(consistency_file(before, after), "proof.json")


@require_safe
def log_leaves(request: HttpRequest, day: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(
        published_leaves(_checkpoint_of(day).size), content_type="text/plain; charset=us-ascii"
    )
    return _as_file(response, "leaves.txt")


@require_safe
def log_keys(request: HttpRequest) -> HttpResponse:
    content = "".join(f"{key}\n" for key in published_keys())
    return _as_file(HttpResponse(content, content_type="text/plain; charset=utf-8"), "keys.txt")


@require_safe
def log_verifier(request: HttpRequest) -> HttpResponse:
    content = Path(verify.__file__).read_bytes()
    return _as_file(HttpResponse(content, content_type="text/x-python; charset=utf-8"), "verify.py")


def _checkpoint_of(day: str) -> Checkpoint:
    """The checkpoint of a day as YYYY-MM-DD; 404 when there is none."""
    try:
        parsed = date.fromisoformat(day)
    except ValueError as error:
        raise Http404 from error
    return get_object_or_404(Checkpoint.objects.select_related("previous"), day=parsed)


def _figures(checkpoint: Checkpoint) -> list[dict[str, Any]]:
    """What a checkpoint signs, with the titles of the statements that can be read."""
    statements = Statement.objects.published().in_bulk({row[0] for row in checkpoint.counts})
    titles = titles_of(statements.values(), reader_language())
    return [
        {
            "statement": statements.get(number),
            "title": titles.get(number, ""),
            "number": number,
            "version": version,
            "counted": counted,
            "withdrawn": withdrawn,
            "removed": removed,
            "total": counted - withdrawn - removed,
        }
        for number, version, counted, withdrawn, removed in checkpoint.counts
    ]


def _json_file(data: dict[str, Any], name: str) -> HttpResponse:
    content = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    return _as_file(HttpResponse(content, content_type="application/json"), name)


def _as_file(response: AnyResponse, name: str) -> AnyResponse:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
