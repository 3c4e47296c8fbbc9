"""Addresses of the API. They stand outside the languages of the site: its answers are the same in all of them."""

from django.urls import path, re_path

from campaign.views import api

urlpatterns = [
    path("statements.json", api.api_statements, name="api_statements"),
    path("statements/<slug:slug>.json", api.api_statement, name="api_statement"),
    path("statements/<slug:slug>/signatories.json", api.api_signatories, name="api_signatories"),
    path("openapi.json", api.api_description, name="api_description"),
    re_path("", api.api_unknown, name="api_unknown"),
]
