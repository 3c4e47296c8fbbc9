"""Four eyes, and what is approved is what leaves."""

import hashlib
from email import policy
from email.parser import BytesParser

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from mandates import actions
from mandates.errors import LetterChangedError, LetterStateError, SecondPersonError
from mandates.models import Letter
from mandates.submission import fingerprint, render_submissions
from outbox.models import Message
from tests.accounts.factories import UserFactory
from tests.mandates.factories import ContactPointFactory, LetterFactory, MandateFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def live(settings: Settings) -> None:
    settings.MANDATES_MODE = "live"


def approve(letter: Letter, **options: str) -> Letter:
    return actions.approve_letter(
        letter=letter, by=UserFactory.with_role("letter_author"), now=timezone.now(), **options
    )


def test_approve_letter_queues_one_message_for_each_mandate() -> None:
    mandates = [MandateFactory.reachable(), MandateFactory.reachable()]
    letter = approve(LetterFactory.in_review(mandates=mandates))
    deliveries = letter.deliveries.select_related("message", "contact_point").order_by("pk")
    assert letter.state == Letter.State.APPROVED
    assert [d.mandate for d in deliveries] == mandates
    for delivery in deliveries:
        assert delivery.message.to_address == delivery.contact_point.value
        assert delivery.message.policy == Message.Policy.ONCE
        assert delivery.message.lane == Message.Lane.LETTERS
        assert delivery.approved_sha256 == hashlib.sha256(bytes(delivery.message.raw or b"")).hexdigest()


def test_approve_letter_by_its_author_is_refused() -> None:
    letter = LetterFactory.in_review()
    with pytest.raises(SecondPersonError):
        actions.approve_letter(letter=letter, by=letter.author, now=timezone.now())
    assert approve(letter).state == Letter.State.APPROVED


def test_approve_letter_by_its_last_editor_is_refused() -> None:
    letter, editor = LetterFactory.complete(), UserFactory.with_role("letter_author")
    letter = actions.edit_letter(letter=letter, words={"facts": "Other facts."}, by=editor, now=timezone.now())
    letter = actions.submit_letter(letter=letter, by=letter.author, now=timezone.now())
    with pytest.raises(SecondPersonError):
        actions.approve_letter(letter=letter, by=editor, now=timezone.now())
    assert approve(letter).state == Letter.State.APPROVED


def test_approve_letter_by_somebody_whose_words_another_touched_later_is_refused() -> None:
    letter, editor = LetterFactory.complete(), UserFactory.with_role("letter_author")
    letter = actions.edit_letter(letter=letter, words={"facts": "Other facts."}, by=editor, now=timezone.now())
    letter = actions.choose_addressees(
        letter=letter, mandates=[MandateFactory.reachable()], by=letter.author, now=timezone.now()
    )
    letter = actions.submit_letter(letter=letter, by=letter.author, now=timezone.now())
    with pytest.raises(SecondPersonError):
        actions.approve_letter(letter=letter, by=editor, now=timezone.now())
    assert approve(letter).state == Letter.State.APPROVED


def test_approve_letter_that_would_go_to_another_address_than_shown_is_refused() -> None:
    mandate = MandateFactory.reachable()
    letter = LetterFactory.in_review(mandates=[mandate])
    seen = fingerprint(render_submissions(letter=letter, now=timezone.now()))
    mandate.contact_points.update(is_blocked=True)
    ContactPointFactory.create(mandate=mandate, checked=True)
    with pytest.raises(LetterChangedError):
        approve(letter, seen=seen)
    letter.refresh_from_db()
    assert letter.state == Letter.State.IN_REVIEW


def test_approve_letter_whose_subject_holds_a_line_break_sends_one_line() -> None:
    letter = approve(LetterFactory.in_review(subject="Person under sentence\r\nBcc: somebody@else.example\x07"))
    raw = bytes(letter.deliveries.get().message.raw or b"")
    message = BytesParser(policy=policy.default).parsebytes(raw)
    assert message["Bcc"] is None
    assert str(message["Subject"]).endswith("Person under sentence Bcc: somebody@else.example")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE mandates_letter SET facts = 'changed' WHERE id = %s",
        "UPDATE mandates_letter SET state = 'draft' WHERE id = %s",
        "DELETE FROM mandates_letter WHERE id = %s",
        "DELETE FROM mandates_letteraddressee WHERE letter_id = %s",
        "DELETE FROM mandates_letterviolation WHERE letter_id = %s",
        "UPDATE mandates_delivery SET approved_sha256 = 'x' WHERE letter_id = %s",
        "UPDATE mandates_letterstep SET note = 'x' WHERE letter_id = %s",
        "INSERT INTO mandates_letteraddressee (letter_id, mandate_id, is_proposed)"
        " SELECT %s, max(id), false FROM mandates_mandate",
    ],
)
def test_approved_letter_is_frozen_by_the_database(sql: str) -> None:
    letter = LetterFactory.approved()
    MandateFactory.create()
    refusal = pytest.raises(DatabaseError, match=r"cannot change|Cannot update or delete")
    with refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [letter.pk])


def test_edit_letter_in_review_takes_it_back_to_a_draft() -> None:
    letter = LetterFactory.in_review()
    actions.edit_letter(letter=letter, words={"facts": "New."}, by=letter.author, now=timezone.now())
    with pytest.raises(LetterStateError):
        approve(letter)
    assert not Message.objects.exists()


def test_choose_addressees_in_review_takes_it_back_to_a_draft() -> None:
    letter = LetterFactory.in_review()
    mandate = MandateFactory.reachable()
    letter = actions.choose_addressees(letter=letter, mandates=[mandate], by=letter.author, now=timezone.now())
    assert letter.state == Letter.State.DRAFT
    assert [row.mandate for row in letter.addressees.all()] == [mandate]


def test_approve_letter_that_is_not_what_was_read_is_refused() -> None:
    letter = LetterFactory.complete()
    read = fingerprint(render_submissions(letter=letter, now=timezone.now()))
    actions.edit_letter(letter=letter, words={"facts": "Other facts."}, by=letter.author, now=timezone.now())
    actions.submit_letter(letter=letter, by=letter.author, now=timezone.now())
    with pytest.raises(LetterChangedError):
        approve(letter, seen=read)
    letter.refresh_from_db()
    assert approve(letter, seen=fingerprint(render_submissions(letter=letter, now=timezone.now()))).approved_by


def test_approve_letter_twice_approves_once() -> None:
    letter = LetterFactory.approved()
    with pytest.raises(LetterStateError):
        approve(letter)
    assert letter.deliveries.count() == 1


def test_approve_letter_under_redirect_addresses_our_own_mailbox(settings: Settings) -> None:
    settings.MANDATES_MODE, settings.MANDATES_REDIRECT_TO = "redirect", "desk@campaign.example"
    delivery = LetterFactory.approved().deliveries.get()
    assert delivery.mode == "redirect"
    assert delivery.message.to_address == "desk@campaign.example"
    assert b"To: desk@campaign.example" in bytes(delivery.message.raw or b"")


def test_return_letter_keeps_the_note_in_its_history() -> None:
    letter, second = LetterFactory.in_review(), UserFactory.with_role("letter_author")
    letter = actions.return_letter(letter=letter, note="Which court?", by=second, now=timezone.now())
    assert letter.state == Letter.State.DRAFT
    step = letter.steps.get(what="returned")
    assert (step.by, step.note) == (second, "Which court?")
