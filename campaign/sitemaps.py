"""What search engines are told about: public pages only, each in both languages."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from cases.models import Case
from petitions.models import Statement

# Django's own class takes no type argument at run time; its stubs ask for one.
if TYPE_CHECKING:
    _PageSitemap = Sitemap[str]
    _CaseSitemap = Sitemap[Case]
    _StatementSitemap = Sitemap[Statement]
else:
    _PageSitemap = _CaseSitemap = _StatementSitemap = Sitemap

PAGES = [
    "campaign:home",
    "cases:case_list",
    "petitions:statement_list",
    "petitions:update_list",
    "mandates:sent_letters",
    "mandates:directory",
    "campaign:about",
    "campaign:privacy",
    "campaign:accessibility",
    "campaign:api",
]
PROTOCOL = "https" if settings.USES_HTTPS else "http"


class PageSitemap(_PageSitemap):
    protocol = PROTOCOL
    i18n = alternates = True

    def items(self) -> list[str]:
        return PAGES

    def location(self, item: str) -> str:
        return reverse(item)


class CaseSitemap(_CaseSitemap):
    protocol = PROTOCOL
    i18n = alternates = True

    def items(self) -> list[Case]:
        return list(Case.objects.published().order_by("slug"))

    def lastmod(self, item: Case) -> datetime | None:
        return item.published_at


class StatementSitemap(_StatementSitemap):
    protocol = PROTOCOL
    i18n = alternates = True

    def items(self) -> list[Statement]:
        return list(Statement.objects.published().order_by("slug"))

    def lastmod(self, item: Statement) -> datetime | None:
        return item.published_at


SITEMAPS = {"pages": PageSitemap, "cases": CaseSitemap, "statements": StatementSitemap}
