"""Addresses of the UN's mandates and of letters to them, below /un/."""

from django.urls import URLPattern, path

from mandates.views import (
    answers,
    contacts,
    deliveries,
    desk,
    entries,
    keys,
    letters,
    papers,
    public,
    questions,
    starting,
)

app_name = "mandates"

urlpatterns: list[URLPattern] = [
    path("", public.directory, name="directory"),
    path("sent/", public.sent_letters, name="sent_letters"),
    path("mandates/<slug:slug>/", public.mandate_detail, name="mandate_detail"),
    path("mandates/<slug:slug>/edit/", entries.mandate_edit, name="mandate_edit"),
    path("mandates/<slug:slug>/holders/new/", entries.holder_create, name="holder_create"),
    path("holders/<int:pk>/edit/", entries.holder_edit, name="holder_edit"),
    path("import/", entries.directory_import, name="directory_import"),
    path("import/<int:pk>/", entries.import_preview, name="import_preview"),
    path("import/<int:pk>/apply/", entries.import_apply, name="import_apply"),
    path("addresses/", contacts.address_desk, name="address_desk"),
    path("mandates/<slug:slug>/addresses/new/", contacts.contact_create, name="contact_create"),
    path("addresses/<int:pk>/check/", contacts.contact_check, name="contact_check"),
    path("addresses/<int:pk>/key/", keys.contact_key, name="contact_key"),
    path("letters/", desk.letter_desk, name="letter_desk"),
    path("letters/new/", starting.letter_start, name="letter_start"),
    path("letters/new/<slug:slug>/", starting.letter_create, name="letter_create"),
    path("letters/new/statement/<slug:slug>/", starting.cover_create, name="cover_create"),
    path("letters/<int:pk>/", letters.letter_detail, name="letter_detail"),
    path("letters/<int:pk>/edit/", letters.letter_edit, name="letter_edit"),
    path("letters/<int:pk>/questions/", questions.letter_questions, name="letter_questions"),
    path("letters/<int:pk>/html/<slug:slug>/", papers.letter_html, name="letter_html"),
    path("letters/<int:pk>/pdf/<slug:slug>/", papers.letter_pdf, name="letter_pdf"),
    path("letters/<int:pk>/form/", papers.letter_online, name="letter_online"),
    path("letters/<int:pk>/form.txt", papers.letter_online_text, name="letter_online_text"),
    path("letters/<int:pk>/addressees/", letters.letter_addressees, name="letter_addressees"),
    path("letters/<int:pk>/submit/", letters.letter_submit, name="letter_submit"),
    path("letters/<int:pk>/return/", letters.letter_return, name="letter_return"),
    path("letters/<int:pk>/approve/", letters.letter_approve, name="letter_approve"),
    path("letters/<int:pk>/cancel/", letters.letter_cancel, name="letter_cancel"),
    path("letters/<int:pk>/withdraw/", deliveries.letter_withdraw, name="letter_withdraw"),
    path("letters/<int:pk>/replies/new/", answers.reply_record, name="reply_record"),
    path("deliveries/", deliveries.delivery_desk, name="delivery_desk"),
    path("deliveries/<int:pk>/resolve/", answers.delivery_resolve, name="delivery_resolve"),
]
