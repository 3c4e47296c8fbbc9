"""News as everybody reads it: a list, a page for each, and a feed of news and statements."""

from datetime import datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from petitions.models import Statement, Update
from petitions.texts.reading import read_statement, title_of
from petitions.views.statements import reader_language
from text.markdown import render_markdown
from text.prose import without_controls

PAGE_SIZE = 20
NEWEST = 50


@require_safe
def update_list(request: HttpRequest) -> HttpResponse:
    language = reader_language()
    rows = Update.objects.published().select_related("statement", "case__person").prefetch_related("texts")
    page = Paginator(rows.order_by("-released_at", "-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    entries = [(row, row.text_in(language), title_of(row.about, language) if row.about else "") for row in page]
    return render(request, "petitions/update_list.html", {"page": page, "entries": entries})


@require_safe
def update_read(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Update.objects.published().select_related("statement", "case__person", "invites_to")
    update = get_object_or_404(rows.prefetch_related("texts"), pk=pk)
    language = reader_language()
    abouts = [(about, title_of(about, language)) for about in (update.statement, update.case) if about is not None]
    context = {
        "update": update,
        "text": update.text_in(language),
        "abouts": abouts,
        "next_title": title_of(update.invites_to, language) if update.invites_to else "",
    }
    return render(request, "petitions/update_read.html", context)


class NewsFeed(Feed):  # type: ignore[type-arg]  # generic in the stubs only
    """The newest updates and statements in the reader's language, as Atom (RFC 4287); addresses from the settings."""

    feed_type = Atom1Feed

    def title(self) -> str:
        return _("Countersign: news and statements")

    def link(self) -> str:
        return _absolute(reverse("petitions:update_list"))

    def feed_url(self) -> str:
        return _absolute(reverse("petitions:update_feed"))

    def feed_guid(self) -> str:
        return self.feed_url()

    def items(self) -> list[Update | Statement]:
        updates = Update.objects.published().select_related("statement", "case__person").prefetch_related("texts")
        statements = Statement.objects.published().filter(published_at__isnull=False)
        newest: list[Update | Statement] = [
            *updates.order_by("-released_at")[:NEWEST],
            *statements.order_by("-published_at")[:NEWEST],
        ]
        return sorted(newest, key=self.item_pubdate, reverse=True)[:NEWEST]

    def item_title(self, item: Update | Statement) -> str:
        if isinstance(item, Statement):
            return without_controls(title_of(item, reader_language()))
        text = item.text_in(reader_language())
        return without_controls(text.title) if text else ""

    def item_description(self, item: Update | Statement) -> str:
        if isinstance(item, Statement):
            reading = read_statement(item, reader_language())
            return without_controls(strip_tags(render_markdown(reading.text.body)))[:600] if reading else ""
        text = item.text_in(reader_language())
        # After the Markdown: "&#12;" in it becomes a form feed there.
        return without_controls(render_markdown(text.body, text.language)) if text else ""

    def item_link(self, item: Update | Statement) -> str:
        return _absolute(item.get_absolute_url())

    def item_guid(self, item: Update | Statement) -> str:
        return self.item_link(item)

    def item_pubdate(self, item: Update | Statement) -> datetime:
        moment = item.published_at if isinstance(item, Statement) else item.released_at
        assert moment is not None  # noqa: S101  what is published has one
        return moment

    def item_updateddate(self, item: Update | Statement) -> datetime:
        return self.item_pubdate(item)


def _absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


_feed = NewsFeed()


@require_safe
def update_feed(request: HttpRequest) -> HttpResponse:
    return _feed(request)
