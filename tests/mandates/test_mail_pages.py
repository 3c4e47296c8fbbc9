"""The pages of mail that came in."""

import hashlib

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from mandates.models import IncomingMail, Letter, ReplyAlias
from mandates.reply_address import reply_address
from outbox.models import Message
from tests.accounts.factories import UserFactory
from tests.mandates.factories import ContactPointFactory, LetterFactory, MandateFactory, today
from tests.mandates.mails import PDF, receive, reply
from tests.mandates.test_pages import deliver

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def place(settings: Settings, dry_run: None) -> None:
    settings.REPLY_DOMAIN, settings.MANDATES_MODE = "replies.example", "live"


@pytest.fixture
def letter() -> Letter:
    mandate = MandateFactory.create()
    ContactPointFactory.create(mandate=mandate, checked=True, value="desk@un-demo.example")
    letter = LetterFactory.approved(mandates=[mandate])
    deliver(letter)
    return Letter.objects.get(pk=letter.pk)


@pytest.fixture
def author() -> User:
    return UserFactory.with_role("letter_author")


@pytest.fixture
def desk(client: Client, author: User) -> Client:
    client.force_login(author)
    return client


def page(desk: Client, name: str, mail: IncomingMail, *more: object) -> str:
    return desk.get(reverse(f"mandates:{name}", args=[mail.pk, *more])).content.decode()


def press(desk: Client, name: str, mail: IncomingMail, **data: object) -> IncomingMail:
    desk.post(reverse(f"mandates:{name}", args=[mail.pk]), data)
    mail.refresh_from_db()
    return mail


def test_pages_of_mail_are_for_letter_authors_only(client: Client, letter: Letter) -> None:
    mail = receive(reply(to=reply_address(letter), pdf=PDF))
    names = ["mail_detail", "mail_raw", "mail_answer"]
    urls = [reverse(f"mandates:{name}", args=[mail.pk]) for name in names]
    urls += [reverse("mandates:mail_pen"), reverse("mandates:mail_part", args=[mail.pk, 1])]
    client.force_login(UserFactory.with_role("case_editor"))
    assert {client.get(url).status_code for url in urls} == {403}
    client.force_login(UserFactory.with_role("letter_author"))
    assert {client.get(url).status_code for url in urls} == {200}


def test_stray_is_put_on_its_letter_and_its_address_leads_there_from_now_on(
    desk: Client, author: User, letter: Letter
) -> None:
    stray = receive(reply(to="old-desk@replies.example, x@elsewhere.example", subject="About your letter"))
    assert "About your letter" in desk.get(reverse("mandates:mail_pen")).content.decode()
    press(desk, "mail_attach", stray, letter=letter.reference.lower(), keep_addresses="on")
    assert (stray.state, stray.letter, stray.matched_by, stray.decided_by) == ("waiting", letter, "person", author)
    assert list(ReplyAlias.objects.values_list("value", flat=True)) == ["old-desk@replies.example"]
    later = receive(reply(to="Old-Desk@Replies.Example", subject="Once more"))
    assert (later.letter, later.matched_by) == (letter, "alias")


@pytest.mark.parametrize("typed", ["", "CS-NOBODY-999", "abc", "9" * 30, "١٢"])
def test_letter_that_is_not_there_is_refused_beside_the_field(typed: str, desk: Client) -> None:
    stray = receive(reply(to="x@elsewhere.example"))
    refused = desk.post(reverse("mandates:mail_attach", args=[stray.pk]), {"letter": typed})
    assert refused.context["attach_form"].errors.keys() == {"letter"}
    draft = LetterFactory.complete()
    refused = desk.post(reverse("mandates:mail_attach", args=[stray.pk]), {"letter": draft.reference})
    assert refused.context["attach_form"].errors.keys() == {"letter"}


def test_stray_is_set_aside_with_a_reason_and_taken_up_again(desk: Client) -> None:
    stray = receive(reply(to="x@elsewhere.example", subject="An advertisement"))
    assert press(desk, "mail_set_aside", stray, note="").state == "stray"
    assert press(desk, "mail_set_aside", stray, note="Advertising").state == "set_aside"
    pen = desk.get(reverse("mandates:mail_pen"))
    assert ([*pen.context["strays"]], [*pen.context["set_aside"]]) == ([], [stray])
    assert press(desk, "mail_take_up", stray, note="It was no advertising").state == "stray"


def test_mail_on_the_wrong_letter_is_taken_off(desk: Client, letter: Letter) -> None:
    mail = receive(reply(to=reply_address(letter)))
    assert press(desk, "mail_detach", mail, note="Another case").letter is None
    assert mail.state == "stray"


def test_answer_is_proposed_and_recorded_with_its_document(desk: Client, letter: Letter) -> None:
    year = today().year
    raw = reply(to=reply_address(letter), subject=f"ua irn 14 / {year}", text="We wrote to the Government.", pdf=PDF)
    mail = receive(raw)
    url = reverse("mandates:mail_answer", args=[mail.pk])
    form = desk.get(url).context["form"]
    assert form.initial["kind"] == "communication_sent"
    assert form.initial["reference"] == f"UA IRN 14/{year}"
    assert form.initial["mandate"] == letter.deliveries.get().mandate
    number = next(value for value, _label in form.fields["document"].choices if value)
    data = {
        "kind": "communication_sent",
        "received_on": today(),
        "reference": form.initial["reference"],
        "communication_on": today(),
        "document": number,
        "text": form.initial["text"],
    }
    desk.post(url, data)
    answer = letter.replies.get()
    assert (answer.mail, answer.is_forged, answer.document_name) == (mail, False, "AL_IRN_1.pdf")
    assert answer.document_sha256 == hashlib.sha256(PDF).hexdigest()
    mail.refresh_from_db()
    assert mail.state == "answered"
    assert "What is this mail?" in desk.get(url).content.decode()


def test_of_a_forged_mail_nothing_is_proposed(desk: Client, letter: Letter) -> None:
    forged = reply(to=reply_address(letter), sender="post@countersign.example", subject="UA IRN 14/2026")
    form = desk.get(reverse("mandates:mail_answer", args=[receive(forged).pk])).context["form"]
    assert (form.initial["kind"], form.initial.get("reference")) == ("none", None)


def test_mail_that_is_no_answer_is_noted_and_leaves_the_letter_waiting(desk: Client, letter: Letter) -> None:
    mail = receive(reply(to=reply_address(letter)))
    desk.post(reverse("mandates:mail_answer", args=[mail.pk]), {"kind": "none", "received_on": today()})
    mail.refresh_from_db()
    assert mail.state == "noted"
    shown = desk.get(reverse("mandates:letter_desk")).context["desk"]
    assert [(item.letter, item.section.key) for item in shown.items] == [(letter, "underway")]
    # It may turn out to be one after all.
    desk.post(reverse("mandates:mail_answer", args=[mail.pk]), {"kind": "acknowledged", "received_on": today()})
    mail.refresh_from_db()
    assert mail.state == "answered"


@pytest.mark.parametrize(
    ("reference", "communication_on", "why"),
    [
        ("UA USA 1/{year}", None, "names USA"),
        ("UA IRN 1/{next}", None, "has not come"),
        ("UA IRN 1/{last}", None, "older than our letter"),
        ("UA IRN 1/{last}", "today", "not that of the mandate"),
    ],
)
def test_unlikely_reference_needs_a_second_word(
    reference: str, communication_on: str | None, why: str, desk: Client, letter: Letter
) -> None:
    year = today().year
    data = {"kind": "communication_sent", "received_on": today()}
    data["reference"] = reference.format(year=year, next=year + 1, last=year - 1)
    if communication_on:
        data["communication_on"] = today()
    url = reverse("mandates:reply_record", args=[letter.pk])
    assert why in str(desk.post(url, data).context["form"].errors["reference"])
    desk.post(url, {**data, "is_reference_sure": "on"})
    assert letter.replies.get().reference == data["reference"]


def test_attachments_are_saved_as_bytes_and_never_shown(desk: Client, letter: Letter) -> None:
    evil = "<script>alert(1)</script><img src=https://tracker.example/x.png>"
    mail = receive(reply(to=reply_address(letter), text="", html=evil + "<p>Words</p>", pdf=PDF))
    shown = page(desk, "mail_detail", mail)
    assert "Words" in shown
    assert "<script>alert" not in shown
    assert "tracker.example" not in shown
    for number in range(3):
        response = desk.get(reverse("mandates:mail_part", args=[mail.pk, number]))
        if response.status_code == 404:
            continue
        assert response["Content-Type"] == "application/octet-stream"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Disposition"].startswith("attachment;")
        assert "sandbox" in response["Content-Security-Policy"]
    raw = desk.get(reverse("mandates:mail_raw", args=[mail.pk]))
    assert raw.content == bytes(mail.raw)
    assert desk.get(reverse("mandates:mail_part", args=[mail.pk, 99])).status_code == 404


def test_hostile_words_are_text_on_every_page(desk: Client, letter: Letter) -> None:
    words = '"><script>alert(1)</script>\u202e{{ 7|add:7 }}'
    mail = receive(reply(to=reply_address(letter), subject=words, text=words, sender='"x" <a@b.example>'))
    urls = [mail.get_absolute_url(), letter.get_absolute_url(), reverse("mandates:letter_desk")]
    urls.append(reverse("mandates:mail_answer", args=[mail.pk]))
    for url in urls:
        shown = desk.get(url).content.decode()
        assert "<script>alert(1)" not in shown
        assert "\u202e" not in shown


def test_two_mails_that_claim_to_be_one_point_at_each_other(desk: Client, letter: Letter) -> None:
    first = receive(reply(to=reply_address(letter), headers={"Message-ID": "<same@un-demo.example>"}))
    other = reply(to=reply_address(letter), text="Other words", headers={"Message-ID": "<same@un-demo.example>"})
    receive(other)
    assert "Other mails claim to be the same one" in page(desk, "mail_detail", first)


def test_author_is_told_that_a_mail_came_and_not_what_it_says(letter: Letter) -> None:
    receive(reply(to=reply_address(letter), subject="Secret subject", text="Secret words"))
    notice = Message.objects.get(kind="mail_came")
    assert notice.to_address == letter.author.email
    assert b"ecret" not in bytes(notice.raw)
    assert letter.reference.encode() in bytes(notice.raw)
