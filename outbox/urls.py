"""Addresses of the local mailbox, below /mailbox/."""

from django.urls import path

from outbox import views

app_name = "outbox"

urlpatterns = [
    path("", views.mailbox_list, name="mailbox_list"),
    path("<slug:key>/", views.mailbox_message, name="mailbox_message"),
]
