"""Addresses of the campaign's own pages."""

from django.urls import path

from campaign.views import home, pages, share

app_name = "campaign"

urlpatterns = [
    path("", home.home, name="home"),
    path("card.png", share.campaign_card, name="campaign_card"),
    path("about/", pages.about, name="about"),
    path("privacy/", pages.privacy, name="privacy"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("statements/api/", pages.api, name="api"),
    path("share/<slug:slug>/", share.case_share, name="case_share"),
    path("share/<slug:slug>/card.png", share.case_card, name="case_card"),
    path("share/<slug:slug>/poster.pdf", share.case_poster, name="case_poster"),
]
