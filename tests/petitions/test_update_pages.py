"""The news desk over HTTP, the public pages and the feed, and the one-click way out (P17)."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from xml.etree import ElementTree

import dkim
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from outbox.models import Message
from petitions.actions import release_update, stop_update, submit_update
from petitions.models import Follower, Signature, Update
from tests.cases.factories import CaseFactory
from tests.outbox.keys import dkim_key
from tests.petitions.factories import FollowerFactory, StatementFactory, put_under_embargo
from tests.petitions.mail import mails_to
from tests.petitions.updating import draft, editor, in_review, reader, released, send

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"petitions:{name}", args=args)


# --- the desk


def test_desk_from_the_first_word_to_the_release_by_a_second_person(client: Client) -> None:
    statement = StatementFactory.open()
    reader(statement, "ada@people.example")
    writer, second = signed_in(editor()), signed_in(editor())
    answer = writer.post(url("update_create"), {"statement": statement.slug, "original_language": "en"})
    update = Update.objects.get()
    assert answer["Location"] == url("update_edit", update.pk)
    page = url("update_detail", update.pk)
    words = {"title_en": "It was delivered", "body_en": "To **Geneva**.", "title_fa": "تحویل شد", "body_fa": "به ژنو."}
    assert writer.post(url("update_edit", update.pk), words)["Location"] == page
    shown = writer.get(page).content.decode()
    assert "1 mail would be written now." in shown
    assert "To **Geneva**." in shown
    assert 'lang="fa" dir="rtl"' in shown
    html = writer.get(url("update_preview", update.pk, "fa")).content.decode()
    assert '<html lang="fa" dir="rtl">' in html
    writer.post(url("update_submit", update.pk))
    assert "Release and send" not in writer.get(page).content.decode()
    writer.post(url("update_release", update.pk), {"seen": Update.objects.get().fingerprint()})
    assert Update.objects.get().state == "in_review"
    assert "Release and send" in second.get(page).content.decode()
    second.post(url("update_release", update.pk), {"seen": "0" * 64})
    assert Update.objects.get().state == "in_review"
    second.post(url("update_release", update.pk), {"seen": Update.objects.get().fingerprint()})
    assert send() == 1
    shown = second.get(page).content.decode()
    assert "1 of 1 reader is done." in shown
    assert '<progress max="1" value="1"' in shown
    assert second.post(url("update_stop", update.pk), {"reason": " "}).status_code == 422
    assert client.get(update.get_absolute_url()).status_code == 200
    second.post(url("update_stop", update.pk), {"reason": "It names a sister."})
    shown = writer.get(page).content.decode()
    assert ("It names a sister." in shown, "Go on" in shown) == (True, False)
    shown = writer.post(url("update_resume", update.pk), follow=True).content.decode()
    assert "You wrote words of this update, so somebody else must let it out." in shown
    assert client.get(update.get_absolute_url()).status_code == 404
    second.post(url("update_resume", update.pk))
    assert (send(now=timezone.now() + timedelta(minutes=1)), Update.objects.get().state) == (1, "sent")
    assert client.get(update.get_absolute_url()).status_code == 200


def test_desk_loses_nothing_that_was_typed() -> None:
    update = draft(words={})
    answer = signed_in(editor()).post(url("update_edit", update.pk), {"title_en": "Kept", "title_fa": "خبر"})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Kept"' in shown
    assert "خبر" in shown
    assert "This field is required." in shown
    answer = signed_in(editor()).post(url("update_create"), {"original_language": "fa"})
    assert (answer.status_code, "Choose what the news is about" in answer.content.decode()) == (422, True)


def fields_of(page: str) -> dict[str, str]:
    """What a browser sends of the form for the words when nobody types anything: its lines end with CR LF."""
    typed = {}
    for tag in re.findall(r"<input[^>]+>", page):
        found = {name: re.search(rf'\b{name}="([^"]*)"', tag) for name in ("name", "value")}
        if found["name"] and re.match(r"(title|seen)_", found["name"][1]):
            typed[found["name"][1]] = unescape(found["value"][1]) if found["value"] else ""
    for name, text in re.findall(r'<textarea name="(body_\w+)"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL):
        typed[name] = unescape(re.sub(r"\r?\n", "\r\n", text))
    assert len(typed) == 6
    return typed


def test_a_page_that_is_older_brings_no_words_back_and_takes_no_authorship() -> None:
    update = draft(words={"en": ("One", "First line.\n\nSecond."), "fa": ("خبر", "متن")})
    (ada, eve), page = (editor(), editor()), url("update_edit", update.pk)
    older = fields_of(signed_in(eve).get(page).content.decode())
    # Ada takes a name out of the English words; Eve then saves her older page, on which she wrote Persian alone.
    corrected = {**older, "body_en": "Corrected."}
    assert signed_in(ada).post(page, corrected).status_code == 302
    assert signed_in(eve).post(page, {**older, "title_fa": "خبر تازه"}).status_code == 302
    english, persian = (update.texts.get(language=code) for code in ("en", "fa"))
    assert (english.body, english.written_by) == ("Corrected.", ada)
    assert (persian.title, persian.written_by) == ("خبر تازه", eve)


def test_both_wrote_one_language_and_nothing_is_lost() -> None:
    update = draft(words={"en": ("One", "The sister is named."), "fa": ("خبر", "متن")})
    (ada, eve), page = (editor(), editor()), url("update_edit", update.pk)
    older = fields_of(signed_in(eve).get(page).content.decode())
    signed_in(ada).post(page, {**older, "body_en": "Ada's words."})
    answer = signed_in(eve).post(page, {**older, "body_en": "Eve's words.", "title_fa": "خبر تازه"})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "A colleague changed these words while you wrote." in shown
    for words in ("Ada&#x27;s words.", "Eve&#x27;s words.", "خبر تازه"):
        assert words in shown
    # All or nothing.
    assert dict(update.texts.values_list("language", "title")) == {"en": "One", "fa": "خبر"}
    assert update.texts.get(language="en").body == "Ada's words."
    # The page now stands on Ada's words: a second press says that Eve has seen them.
    assert signed_in(eve).post(page, fields_of(shown)).status_code == 302
    assert update.texts.get(language="en").body == "Eve's words."


def test_words_taken_out_meanwhile_are_not_brought_back_unseen() -> None:
    update = draft()
    page = url("update_edit", update.pk)
    older = fields_of(signed_in(editor()).get(page).content.decode())
    signed_in(editor()).post(page, {**older, "title_fa": "", "body_fa": ""})
    answer = signed_in(editor()).post(page, {**older, "body_fa": "متن دیگر"})
    assert (answer.status_code, "They took the words of this language out." in answer.content.decode()) == (422, True)
    assert not update.texts.filter(language="fa").exists()
    assert signed_in(editor()).post(page, older).status_code == 302
    assert not update.texts.filter(language="fa").exists()


def test_sent_back_without_a_reason_stays_in_review() -> None:
    update, second = in_review(), signed_in(editor())
    assert second.post(url("update_return", update.pk), {"reason": " "}).status_code == 422
    second.post(url("update_return", update.pk), {"reason": "Say when."})
    update.refresh_from_db()
    assert (update.state, update.returned_because) == ("draft", "Say when.")
    assert "Say when." in second.get(url("update_edit", update.pk)).content.decode()


def test_desk_list_shows_progress_in_a_constant_number_of_queries(django_assert_max_num_queries: Any) -> None:
    for _number in range(6):
        statement = StatementFactory.open()
        reader(statement, "ada@people.example")
        released(statement)
    send()
    client = signed_in(editor())
    with django_assert_max_num_queries(30):
        shown = client.get(url("update_desk")).content.decode()
    assert shown.count("<progress") == 6


# --- public


def test_published_update_stands_on_its_page_its_statement_and_its_case(client: Client) -> None:
    statement, case = StatementFactory.open(), CaseFactory.published()
    update = released(statement, case=case)
    draft(statement, words={"en": ("Not yet", "Secret.")})
    for page in (statement.get_absolute_url(), case.get_absolute_url(), url("update_list")):
        shown = client.get(page).content.decode()
        assert ("Handed over" in shown, "Not yet" in shown) == (True, False)
    shown = client.get(f"/fa{update.get_absolute_url()}").content.decode()
    assert "متن تحویل داده شد." in shown
    stop_update(update=update, reason="Wrong.", by=editor(), now=timezone.now())
    assert "Handed over" not in client.get(url("update_list")).content.decode()


def feed(client: Client, prefix: str = "") -> dict[str, str]:
    """The addresses of the feed's entries with their titles."""
    answer = client.get(f"{prefix}{url('update_feed')}", headers={"host": "localhost"})
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    entries = ElementTree.fromstring(answer.content).findall(f"{ATOM}entry")  # noqa: S314  our own answer
    return {
        str(entry.find(f"{ATOM}link").get("href")): str(entry.findtext(f"{ATOM}title"))  # type: ignore[union-attr]  # there is one
        for entry in entries
    }


def test_feed_names_what_is_published_by_the_addresses_of_the_settings(client: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://countersign.example"
    statement = StatementFactory.open()
    update = released(statement)
    hidden = StatementFactory.open()
    released(hidden)
    in_review(statement)
    put_under_embargo(hidden)
    assert feed(client) == {
        f"https://countersign.example{update.get_absolute_url()}": "Handed over",
        f"https://countersign.example{statement.get_absolute_url()}": "Spare the lives, version 1",
    }
    assert set(feed(client, "/fa").values()) == {"تحویل داده شد", "جان‌ها را نجات دهید"}


def test_what_is_copied_from_a_pdf_does_not_break_the_feed(client: Client) -> None:
    statement = StatementFactory.open()
    update = draft(statement, words={})
    typed = {"title_en": "One\x0b page", "body_en": "Another\x0cpage."}
    assert signed_in(editor()).post(url("update_edit", update.pk), typed).status_code == 302
    text = update.texts.get()
    assert (text.title, text.body) == ("One page", "Anotherpage.")
    # Rows stored before, and what Markdown makes of a number that names a form feed.
    stored = draft(statement, words={"en": ("Old\x0crow", "Text\x0c and &#12; more.")})
    submit_update(update=stored, by=stored.written_by, now=timezone.now())
    release_update(update=stored, seen=stored.fingerprint(), by=editor(), now=timezone.now())
    assert "Oldrow" in feed(client).values()


def test_embargoed_statement_hides_its_updates_everywhere(client: Client) -> None:
    statement = StatementFactory.open()
    update = released(statement)
    put_under_embargo(statement)
    assert client.get(update.get_absolute_url()).status_code == 404
    assert "Handed over" not in client.get(url("update_list")).content.decode()


# --- the way out


def way_out(address: str) -> str:
    (mail,) = mails_to(address)
    return "/" + str(mail["List-Unsubscribe"]).strip("<>").split("/", 3)[3]


def test_p17_one_press_without_cookie_stops_at_once_and_opening_changes_nothing() -> None:
    statement = StatementFactory.open()
    signature = reader(statement, "ada@people.example")
    follower = FollowerFactory.create(about=statement, address="eve@people.example")
    released(statement)
    send()
    program = Client(enforce_csrf_checks=True)
    for address in ("ada@people.example", "eve@people.example"):
        path = way_out(address)
        for _time in range(3):
            assert program.get(path).status_code == 200
        assert program.head(path).status_code == 200
    assert Signature.objects.get(pk=signature.pk).wants_updates
    assert Follower.objects.live().filter(pk=follower.pk).exists()
    for address in ("ada@people.example", "eve@people.example") * 2:
        answer = program.post(way_out(address), {"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, answer.cookies) == (200, {})
    stopped = Signature.objects.get(pk=signature.pk)
    assert (stopped.wants_updates, stopped.state) == (False, "accepted")
    assert not Follower.objects.live().exists()
    released(statement)
    assert send(now=timezone.now() + timedelta(days=30)) == 0


def test_p17_dkim_signature_covers_both_headers(settings: Settings) -> None:
    private, record = dkim_key()
    settings.DKIM_KEY, settings.DKIM_SELECTOR, settings.DKIM_DOMAIN = private, "s1", "countersign.example"
    statement = StatementFactory.open()
    reader(statement, "ada@people.example")
    released(statement)
    send()
    raw = bytes(Message.objects.get(kind="update").raw or b"")
    assert verifies(raw, record)
    for header in (b"\r\nList-Unsubscribe: <", b"\r\nList-Unsubscribe-Post: List"):
        assert header in raw
        assert not verifies(raw.replace(header, header + b"x"), record)


def verifies(raw: bytes, record: bytes) -> bool:
    return bool(dkim.verify(raw, dnsfunc=lambda *_name, **_options: record))
