"""Every address of the site. Persian pages lie below /fa/, English ones at the root."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path

from campaign.sitemaps import SITEMAPS
from campaign.views import pages

urlpatterns = [
    path("health/", pages.health, name="health"),
    path("robots.txt", pages.robots, name="robots"),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    path("statements/api/1/", include("campaign.api_urls")),
    *i18n_patterns(
        path("", include("campaign.site_urls")),
        path("cases/", include("cases.urls")),
        path("statements/", include("petitions.urls")),
        path("un/", include("mandates.urls")),
        path("account/", include("accounts.urls")),
        path("account/", include("allauth.urls")),
        prefix_default_language=False,
    ),
]
if settings.MAILBOX_DIR:
    urlpatterns += i18n_patterns(path("mailbox/", include("outbox.urls")), prefix_default_language=False)

handler400 = "campaign.views.errors.bad_request"
handler403 = "campaign.views.errors.permission_denied"
handler404 = "campaign.views.errors.page_not_found"
handler500 = "campaign.views.errors.server_error"
