"""Addresses of the UN's mandates and of letters to them, below /un/."""

from django.urls import URLPattern, path

from mandates.views import answers, contacts, desk, letters, mails, public, releases

app_name = "mandates"

urlpatterns: list[URLPattern] = [
    path("", public.directory, name="directory"),
    path("sent/", public.sent_letters, name="sent_letters"),
    path("mandates/<slug:slug>/", public.mandate_detail, name="mandate_detail"),
    path("mandates/<slug:slug>/addresses/new/", contacts.contact_create, name="contact_create"),
    path("addresses/<int:pk>/check/", contacts.contact_check, name="contact_check"),
    path("letters/", desk.letter_desk, name="letter_desk"),
    path("letters/new/", desk.letter_start, name="letter_start"),
    path("letters/new/<slug:slug>/", letters.letter_create, name="letter_create"),
    path("letters/<int:pk>/", letters.letter_detail, name="letter_detail"),
    path("letters/<int:pk>/edit/", letters.letter_edit, name="letter_edit"),
    path("letters/<int:pk>/addressees/", letters.letter_addressees, name="letter_addressees"),
    path("letters/<int:pk>/submit/", letters.letter_submit, name="letter_submit"),
    path("letters/<int:pk>/return/", letters.letter_return, name="letter_return"),
    path("letters/<int:pk>/approve/", letters.letter_approve, name="letter_approve"),
    path("letters/<int:pk>/cancel/", letters.letter_cancel, name="letter_cancel"),
    path("letters/<int:pk>/replies/new/", answers.reply_record, name="reply_record"),
    path("replies/<int:pk>/release/", releases.release_write, name="release_write"),
    path("releases/<int:pk>/", releases.release_decide, name="release_decide"),
    path("releases/<int:pk>/take-back/", releases.release_take_back, name="release_take_back"),
    path("mails/", mails.mail_pen, name="mail_pen"),
    path("mails/<int:pk>/", mails.mail_detail, name="mail_detail"),
    path("mails/<int:pk>/raw/", mails.mail_raw, name="mail_raw"),
    path("mails/<int:pk>/parts/<int:number>/", mails.mail_part, name="mail_part"),
    path("mails/<int:pk>/answer/", mails.mail_answer, name="mail_answer"),
    path("mails/<int:pk>/attach/", mails.mail_attach, name="mail_attach"),
    path("mails/<int:pk>/detach/", mails.mail_detach, name="mail_detach"),
    path("mails/<int:pk>/set-aside/", mails.mail_set_aside, name="mail_set_aside"),
    path("mails/<int:pk>/take-up/", mails.mail_take_up, name="mail_take_up"),
    path("deliveries/<int:pk>/resolve/", answers.delivery_resolve, name="delivery_resolve"),
]
