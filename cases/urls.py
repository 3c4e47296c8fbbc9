"""Addresses of cases: the public wall and pages, and the desk below /cases/desk/."""

from django.urls import include, path

from cases.views import consents, desk, public, publication, sections, sources, statuses

app_name = "cases"

_case = [
    path("", desk.case_edit, name="case_edit"),
    path("submit/", publication.case_submit, name="case_submit"),
    path("publish/", publication.case_publish, name="case_publish"),
    path("return/", publication.case_return, name="case_return"),
    path("unpublish/", publication.case_unpublish, name="case_unpublish"),
    path("verify/", publication.case_verify, name="case_verify"),
    path("details/", sections.details_edit, name="details_edit"),
    path("names/new/", sections.name_edit, name="name_add"),
    path("names/<int:pk>/", sections.name_edit, name="name_edit"),
    path("names/<int:pk>/remove/", sections.name_remove, name="name_remove"),
    path("texts/en/", sections.text_edit, {"language": "en"}, name="text_edit_en"),
    path("texts/fa/", sections.text_edit, {"language": "fa"}, name="text_edit_fa"),
    path("claims/new/", sections.claim_edit, name="claim_add"),
    path("claims/<int:pk>/", sections.claim_edit, name="claim_edit"),
    path("claims/<int:pk>/remove/", sections.claim_remove, name="claim_remove"),
    path("events/new/", sections.event_edit, name="event_add"),
    path("events/<int:pk>/", sections.event_edit, name="event_edit"),
    path("events/<int:pk>/remove/", sections.event_remove, name="event_remove"),
    path("statuses/new/", statuses.status_add, name="status_add"),
    path("statuses/<int:pk>/confirm/", statuses.status_confirm, name="status_confirm"),
    path("statuses/<int:pk>/strike/", statuses.status_strike, name="status_strike"),
    path("sources/<int:pk>/attach/", sources.source_attach, name="source_attach"),
    path("sources/<int:pk>/detach/", sources.source_detach, name="source_detach"),
    path("consents/new/", consents.consent_record, name="consent_record"),
    path("consents/<int:pk>/withdraw/", consents.consent_withdraw, name="consent_withdraw"),
    path("consents/<int:pk>/sign/", consents.consent_sign, name="consent_sign"),
]

urlpatterns = [
    path("", public.case_list, name="case_list"),
    path("desk/", desk.case_desk, name="case_desk"),
    path("desk/new/", desk.case_create, name="case_create"),
    path("desk/sources/", sources.source_list, name="source_list"),
    path("desk/sources/new/", sources.source_create, name="source_create"),
    path("desk/sources/<slug:slug>/", sources.source_edit, name="source_edit"),
    path("desk/<slug:slug>/", include(_case)),
    path("<slug:slug>/", public.case_detail, name="case_detail"),
]
