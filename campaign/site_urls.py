"""Addresses of the campaign's own pages."""

from django.urls import path

from campaign import views

app_name = "campaign"

urlpatterns = [
    path("", views.home, name="home"),
]
