"""The news desk over HTTP, the public pages and the feed, and the one-click way out (P17)."""

from datetime import timedelta
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
from petitions.actions import stop_update
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
    second.post(url("update_stop", update.pk))
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
    stop_update(update=update, by=editor(), now=timezone.now())
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
