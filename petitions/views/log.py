"""The public log: what it says, and the files with which anybody checks it."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from petitions.models import Checkpoint, Statement
from petitions.signatories.pace import PART_OF_LOG, may_read_log
from petitions.texts.reading import titles_of
from petitions.transparency import verify
from petitions.transparency.checkpoints import (
    checkpoint_file,
    consistency_file,
    latest_checkpoint,
    published_keys,
    published_leaves,
)
from petitions.views.signing import client_address
from petitions.views.statements import reader_language

PAGE_SIZE = 30
# What a checkpoint holds is signed and never changes.
FOR_EVER = "public, max-age=31536000, immutable"
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
def log_leaves(request: HttpRequest, day: str) -> HttpResponseBase:
    """All leaves of a checkpoint, or with `?from=` and `?to=` some of them. They never change."""
    checkpoint = _checkpoint_of(day)
    try:
        first, end = _asked_for(request.GET, checkpoint.size)
    except ValueError:
        return _plain(400, _not_a_part(checkpoint.size))
    etag = f'"{checkpoint.root_hex}-{first}-{end}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        address = client_address(request)
        if request.method == "GET" and not may_read_log(lines=end - first, ip_address=address, now=timezone.now()):
            return _too_much()
        leaves = published_leaves(first, end)
        response = _as_file(StreamingHttpResponse(leaves, content_type="text/plain; charset=us-ascii"), "leaves.txt")
    response["ETag"] = etag
    response["Cache-Control"] = FOR_EVER
    return response


def _asked_for(query: QueryDict, size: int) -> tuple[int, int]:
    """Which leaves: from the first number up to, and not with, the second. Raises `ValueError` for what is no part."""
    if not {"from", "to"} & set(query):
        return 0, size
    first = _number(query["from"]) if "from" in query else 0
    end = _number(query["to"]) if "to" in query else min(first + PART_OF_LOG, size)
    if not first < end <= size or end - first > PART_OF_LOG:
        raise ValueError
    return first, end


def _number(word: object) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", str(word)):
        raise ValueError
    return int(str(word))


def _not_a_part(size: int) -> str:
    return _(
        "“from” and “to” are numbers of lines, counted from 0: from the first one up to, and not with, the second one,"
        " which is %(size)s at most. At most %(most)s lines at once; without both, all lines."
    ) % {"size": size, "most": PART_OF_LOG}


def _too_much() -> HttpResponse:
    response = _plain(429, _("Very much of the log was sent to your network just now. Ask again in ten minutes."))
    response["Retry-After"] = "600"
    return response


def _plain(status: int, words: str) -> HttpResponse:
    response = HttpResponse(f"{words}\n", content_type="text/plain; charset=utf-8", status=status)
    response["Cache-Control"] = "no-store"
    return response


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
