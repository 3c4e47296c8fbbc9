from django.urls import path

from petitions import views

app_name = "petitions"

urlpatterns = [
    path("", views.statement_list, name="statement_list"),
    path("mine/", views.my_signatures, name="my_signatures"),
    path("moderation/", views.moderation_queue, name="moderation_queue"),
    path("moderation/<int:pk>/", views.signature_review, name="signature_review"),
    path("moderation/<int:pk>/accept/", views.signature_accept, name="signature_accept"),
    path("moderation/<int:pk>/refuse/", views.signature_refuse, name="signature_refuse"),
    path("moderation/<int:pk>/ask/", views.signature_ask, name="signature_ask"),
    path("moderation/decisions/<int:pk>/undo/", views.decision_undo, name="decision_undo"),
    path("watch-list/", views.watch_list, name="watch_list"),
    path("watch-list/add/", views.watched_name_add, name="watched_name_add"),
    path("watch-list/import/", views.watch_list_import, name="watch_list_import"),
    path("watch-list/<int:pk>/", views.watched_name_detail, name="watched_name_detail"),
    path("watch-list/<int:pk>/retire/", views.watched_name_retire, name="watched_name_retire"),
    path("moderation/<int:pk>/second-channel/", views.second_channel, name="second_channel"),
    path("confirm/<str:ticket>/", views.signature_confirm, name="signature_confirm"),
    path("confirm/<str:ticket>/resend/", views.signature_resend, name="signature_resend"),
    path("link/<str:token>/", views.signature_link, name="signature_link"),
    path("link/<str:token>/not-me/", views.signature_disown, name="signature_disown"),
    path("updates/<str:token>/stop/", views.updates_stop, name="updates_stop"),
    path("follow/<str:kind>/<slug:slug>/", views.follow_start, name="follow_start"),
    path("following/confirm/<str:ticket>/", views.follow_confirm, name="follow_confirm"),
    path("following/confirm/<str:ticket>/resend/", views.follow_resend, name="follow_resend"),
    path("following/link/<str:token>/", views.follow_link, name="follow_link"),
    path("following/link/<str:token>/not-me/", views.follow_disown, name="follow_disown"),
    path("following/stop/<str:token>/", views.follow_stop, name="follow_stop"),
    path("signatures/<int:pk>/", views.signature_receipt, name="signature_receipt"),
    path("signatures/<int:pk>/receipt.json", views.signature_receipt_json, name="signature_receipt_json"),
    path("signatures/<int:pk>/thanks/", views.signature_thanks, name="signature_thanks"),
    path("signatures/<int:pk>/withdraw/", views.signature_withdraw, name="signature_withdraw"),
    path("signatures/<int:pk>/display/", views.signature_display, name="signature_display"),
    path("signatures/<int:pk>/answer/", views.signature_answer, name="signature_answer"),
    path("<slug:slug>/", views.statement_detail, name="statement_detail"),
    path("<slug:slug>/sign/", views.statement_sign, name="statement_sign"),
    path("<slug:slug>/signatories/", views.statement_signatories, name="statement_signatories"),
    path("<slug:slug>/manage/", views.signature_manage, name="signature_manage"),
    path("<slug:slug>/text/<int:number>/<slug:language>.txt", views.statement_canonical, name="statement_canonical"),
]
