"""The same letter as text, HTML and PDF, jointly or to each, and what an approval covers of it."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mandates import actions
from mandates.errors import LetterChangedError
from mandates.models import ContactPoint, Letter
from mandates.previewing import previews_of
from mandates.submission import (
    STYLE_DIGEST,
    Attachment,
    Submission,
    fingerprint,
    online_boxes,
    online_text,
    render_submissions,
)
from mandates.submission.paper import blocks_of
from tests.accounts.factories import UserFactory
from tests.cases.factories import CaseFactory, PersonFactory
from tests.mandates.factories import LetterFactory, MandateFactory, answer_all, put_in_review

pytestmark = pytest.mark.django_db


def rendered(letter: Letter) -> list[Submission]:
    return render_submissions(letter=letter, now=timezone.now())


def letter_to(number: int, **fields: Any) -> Letter:
    return LetterFactory.complete(mandates=[MandateFactory.reachable() for _each in range(number)], **fields)


def letter_on_aram() -> Letter:
    person = PersonFactory.create(named=("Aram Sample", "آرام نمونه"))
    victim = "Name: Aram Sample (آرام نمونه), 34\n\n- <b>first</b>\n- second"
    return LetterFactory.complete(case=CaseFactory.published(person=person), victim=victim)


def test_joint_letter_is_one_submission_with_to_and_cc() -> None:
    letter = letter_to(3)
    lead = letter.addressees.order_by("pk")[1].mandate
    chosen = [row.mandate for row in letter.addressees.all()]
    actions.choose_addressees(letter=letter, mandates=chosen, lead=lead, by=letter.author, now=timezone.now())
    submissions = rendered(letter)
    points = [submission.contact_point for submission in submissions]
    assert submissions[0].mandate == lead
    assert len({(s.subject, s.text, s.html, s.attachments) for s in submissions}) == 1
    assert {s.addressed_to for s in submissions} == {points[0]}
    assert [s.copied_to for s in submissions] == [tuple(points[1:])] * 3
    assert f"{lead.title} and 2 more" in submissions[0].subject
    assert submissions[0].text.count("Copy to: ") == 2
    assert "Dear mandate holders," in submissions[0].text


def test_separate_letters_are_a_submission_for_each() -> None:
    letter = letter_to(2, is_joint=False)
    first, second = rendered(letter)
    assert (first.addressed_to, first.copied_to) == (None, ())
    assert f"To: {second.mandate.title}" in second.text
    assert f"- {first.mandate.title}" in second.text
    assert first.attachments != second.attachments


def test_lead_that_is_taken_out_leaves_the_first_in_its_place() -> None:
    letter = letter_to(2)
    first, second = (row.mandate for row in letter.addressees.order_by("pk"))
    for lead, chosen in ((second, [first, second]), (None, [first])):
        actions.choose_addressees(letter=letter, mandates=chosen, lead=lead, by=letter.author, now=timezone.now())
    assert [submission.mandate for submission in rendered(letter)] == [first]


def test_html_escapes_isolates_and_loads_nothing() -> None:
    html = rendered(letter_on_aram())[0].html
    assert '<bdi lang="fa" dir="rtl">آرام نمونه</bdi>' in html
    assert "<li>&lt;b&gt;first&lt;/b&gt;</li>" in html
    assert html.startswith('<!doctype html>\n<html lang="en" dir="ltr">')
    assert re.findall(r"<(?:img|script|link|iframe|object)\b|\ssrc=|url\(|@import|\son\w+=|\sstyle=", html) == []
    levels = [int(level) for level in re.findall(r"<h(\d)", html)]
    assert (levels[0], set(levels)) == (1, {1, 2})


def test_text_isolates_a_persian_name() -> None:
    assert "Aram Sample (\u2068آرام نمونه\u2069), 34" in rendered(letter_on_aram())[0].text


def test_pdf_is_tagged_and_the_same_for_the_same_letter() -> None:
    letter = letter_on_aram()
    first, again = rendered(letter)[0].pdf, rendered(letter)[0].pdf
    assert first is not None
    assert first == again
    assert (first.name, first.media_type) == (f"{letter.reference}.pdf", "application/pdf")
    assert b"pdfuaid:part" in first.content
    Letter.objects.filter(pk=letter.pk).update(facts="Other facts.")
    letter.refresh_from_db()
    assert rendered(letter)[0].pdf != first


def test_typed_text_becomes_paragraphs_and_lists() -> None:
    blocks = blocks_of("One\nline\n\n- a\n- b\nAfter\n\n\n")
    assert [(block.kind, block.lines) for block in blocks] == [
        ("lines", ("One", "line")),
        ("list", ("a", "b")),
        ("lines", ("After",)),
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "Other"},
        {"text": "Other"},
        {"html": "<p>Other</p>"},
        {"attachments": (Attachment("a.pdf", "application/pdf", b"other"),)},
        {"attachments": (Attachment("other.pdf", "application/pdf", b"%PDF"),)},
        {"attachments": ()},
        {"copied_to": ()},
        {"addressed_to": None},
        {"contact_point": None},
    ],
)
def test_fingerprint_covers_every_word_file_and_address(change: dict[str, Any]) -> None:
    one, two = ContactPoint(value="a@un.example"), ContactPoint(value="b@un.example")
    file = Attachment("a.pdf", "application/pdf", b"%PDF")
    submission = Submission(MandateFactory.build(), two, "Subject", "Text", "<p>Html</p>", (file,), (two,), one)
    assert fingerprint([submission]) == fingerprint([replace(submission)])
    assert fingerprint([submission]) != fingerprint([replace(submission, **change)])


def test_fingerprint_does_not_let_an_address_slip_from_cc_to_to() -> None:
    one, two = ContactPoint(value="a@un.example"), ContactPoint(value="b@un.example")
    mandate = MandateFactory.build()
    joint = Submission(mandate, one, "s", "t", copied_to=(two,))
    other = Submission(mandate, one, "s", "t", addressed_to=two)
    assert fingerprint([joint]) != fingerprint([other])


def test_approval_of_a_letter_made_separate_after_reading_is_refused() -> None:
    letter = LetterFactory.in_review(mandates=[MandateFactory.reachable(), MandateFactory.reachable()])
    seen = fingerprint(rendered(letter))
    Letter.objects.filter(pk=letter.pk).update(is_joint=False, state="draft")
    put_in_review(letter)
    with pytest.raises(LetterChangedError):
        actions.approve_letter(letter=letter, by=UserFactory.with_role("letter_author"), now=timezone.now(), seen=seen)


def test_date_of_the_letter_is_the_day_it_was_submitted() -> None:
    letter = LetterFactory.in_review()
    later = timezone.now() + timedelta(days=20)
    before, after = (fingerprint(render_submissions(letter=letter, now=now)) for now in (timezone.now(), later))
    assert before == after


def test_previews_show_a_joint_wording_once_and_the_differences_of_others() -> None:
    assert [len(preview.recipients) for preview in previews_of(rendered(letter_to(3)))] == [3]
    letter = LetterFactory.complete(
        mandates=[MandateFactory.reachable(), MandateFactory.reachable(slug="sr-torture")], is_joint=False
    )
    first, second = previews_of(rendered(answer_all(letter, treatment="Beaten")))
    assert first.differences == []
    assert ("+", "Beaten") in {(difference.sign, difference.line) for difference in second.differences}
    assert all(difference.line.strip() for difference in second.differences)


def test_second_person_sees_recipients_files_and_differences(client: Client) -> None:
    letter = LetterFactory.complete(
        mandates=[MandateFactory.reachable(), MandateFactory.reachable(slug="sr-torture")], is_joint=False
    )
    answer_all(letter, treatment="Beaten")
    actions.submit_letter(letter=letter, by=letter.author, now=timezone.now())
    client.force_login(UserFactory.with_role("letter_author"))
    page = client.get(letter.get_absolute_url()).content.decode()
    for submission in rendered(Letter.objects.get(pk=letter.pk)):
        assert submission.contact_point
        assert submission.pdf
        assert submission.contact_point.value in page
        assert submission.pdf.sha256 in page
        for name in ("letter_html", "letter_pdf"):
            assert reverse(f"mandates:{name}", args=[letter.pk, submission.mandate.slug]) in page
    assert "<ins>Beaten</ins>" in page
    assert fingerprint(rendered(Letter.objects.get(pk=letter.pk))) in page


def test_html_page_allows_its_own_style_and_nothing_else(client: Client) -> None:
    letter = letter_on_aram()
    client.force_login(letter.author)
    mandate = letter.addressees.get().mandate
    page = client.get(reverse("mandates:letter_html", args=[letter.pk, mandate.slug]))
    assert page.content.decode() == rendered(letter)[0].html
    assert page["Content-Security-Policy"].startswith(f"default-src 'none'; style-src {STYLE_DIGEST};")
    pdf = client.get(reverse("mandates:letter_pdf", args=[letter.pk, mandate.slug]))
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert "no-store" in pdf["Cache-Control"]
    stranger = MandateFactory.create()
    for name in ("letter_html", "letter_pdf"):
        assert client.get(reverse(f"mandates:{name}", args=[letter.pk, stranger.slug])).status_code == 404


def test_online_form_holds_a_box_for_each_field_in_its_order(client: Client) -> None:
    letter = LetterFactory.complete(mandates=[MandateFactory.reachable(slug="sr-torture")], victim="آرام نمونه, 34")
    answer_all(letter, treatment="Beaten")
    boxes = online_boxes(letter=letter, now=timezone.now())
    headings = [box.heading for box in boxes]
    order = ["Submitted by", "To", "Alleged victim", "Consent", "Date, place", "Alleged perp", "Violations", "Steps"]
    assert [heading[: len(begin)] for heading, begin in zip(headings, order, strict=False)] == order
    assert headings[-3].endswith("Treatment suffered, or feared and why")
    text = online_text(letter=letter, now=timezone.now())
    assert "\u2068" not in text
    assert "== Alleged victim ==\nآرام نمونه, 34\n" in text
    client.force_login(letter.author)
    page = client.get(reverse("mandates:letter_online", args=[letter.pk])).content.decode()
    assert page.count("<textarea") == len(boxes)
    assert "Nobody has approved this letter yet" in page
    download = client.get(reverse("mandates:letter_online_text", args=[letter.pk]))
    assert download["Content-Disposition"] == f'attachment; filename="{letter.reference}.txt"'
    assert download.content.decode() == text
