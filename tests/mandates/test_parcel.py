"""From words to bytes: headers, signatures, encryption, and whose address stands where."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import dkim
import pysequoia
import pytest
from django.utils import timezone
from pytest_django import Settings

from mandates import actions, parcel
from mandates.errors import LetterChangedError, LetterIncompleteError
from mandates.models import ContactPoint, Letter
from mandates.submission import Attachment, Submission, approved_submissions, fingerprint, render_submissions
from mandates.tasks import drain_letters
from tests.accounts.factories import UserFactory
from tests.mandates.factories import LetterFactory, MandateFactory
from tests.mandates.keys import give_key
from tests.outbox.keys import OpenPGPKey, dkim_key
from tests.outbox.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def live(settings: Settings) -> None:
    settings.MANDATES_MODE = "live"


def parse(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def prepared(count: int = 1, **fields: str) -> tuple[Letter, list[Submission]]:
    letter = LetterFactory.in_review(mandates=[MandateFactory.reachable() for _each in range(count)], **fields)
    return letter, render_submissions(letter=letter, now=NOW)


def test_pack_keeps_both_wordings_and_the_attachment() -> None:
    letter, (submission,) = prepared()
    file = Attachment("زندگی.pdf", "application/pdf", b"%PDF-1.7 invented")
    submission = replace(submission, html="<p>Dear Special Rapporteur</p>", attachments=(file,))
    (packed,) = parcel.pack(letter=letter, submissions=[submission], now=NOW)
    message = parse(packed.raw)
    body = message.get_body(("plain",))
    html = message.get_body(("html",))
    assert body is not None
    assert html is not None
    assert body.get_content().splitlines() == submission.text.splitlines()
    assert html.get_content().strip() == "<p>Dear Special Rapporteur</p>"
    (attached,) = message.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("زندگی.pdf", b"%PDF-1.7 invented")
    assert (message["To"], message["Cc"], message["Content-Language"]) == (packed.to, None, "en")


def test_pack_gives_each_addressee_bytes_of_their_own_that_name_all() -> None:
    letter, submissions = prepared(3)
    lead, *others = [s.contact_point.value for s in submissions if s.contact_point]
    packed = parcel.pack(letter=letter, submissions=submissions, now=NOW)
    for each in packed:
        message = parse(each.raw)
        assert message["To"] == lead
        assert [address.addr_spec for address in message["Cc"].addresses] == others
    assert [each.to for each in packed] == [lead, *others]
    assert len({each.message_id for each in packed}) == len({each.sha256 for each in packed}) == 3


def test_pack_gives_those_who_are_only_copied_the_same_words() -> None:
    letter, (lead, copied) = prepared(2)
    assert copied.contact_point is not None
    first, second = parcel.pack(letter=letter, submissions=[replace(lead, copied_to=(copied.contact_point,))], now=NOW)
    assert (first.contact_point, second.contact_point) == (lead.contact_point, copied.contact_point)
    assert second.submission.text == lead.text


def test_pack_without_an_address_makes_nothing() -> None:
    letter, (submission,) = prepared()
    with pytest.raises(LetterChangedError):
        parcel.pack(letter=letter, submissions=[replace(submission, contact_point=None)], now=NOW)


def test_message_id_is_fixed_by_letter_recipient_content_and_approval() -> None:
    letter, (submission,) = prepared()
    other, (other_submission,) = prepared()

    def message_id(letter: Letter, submission: Submission, now: datetime = NOW) -> str:
        return parcel.pack(letter=letter, submissions=[submission], now=now)[0].message_id

    same = message_id(letter, submission)
    assert same == message_id(letter, submission)
    changed = [
        message_id(letter, replace(submission, text="Other")),
        message_id(other, submission),
        message_id(letter, replace(submission, contact_point=other_submission.contact_point)),
        message_id(letter, submission, NOW + timedelta(microseconds=1)),
    ]
    assert len({same, *changed}) == 5


def test_answers_go_to_the_letters_own_address(monkeypatch: pytest.MonkeyPatch) -> None:
    letter, submissions = prepared()
    monkeypatch.setattr(parcel, "reply_address", lambda each: f"r-{each.pk}@answers.example")
    (packed,) = parcel.pack(letter=letter, submissions=submissions, now=NOW)
    assert parse(packed.raw)["Reply-To"] == f"r-{letter.pk}@answers.example"


def test_redirected_bytes_name_no_real_mailbox(settings: Settings) -> None:
    settings.MANDATES_MODE, settings.MANDATES_REDIRECT_TO = "redirect", "desk@campaign.example"
    letter, submissions = prepared(2)
    points = tuple(s.contact_point for s in submissions if s.contact_point)
    for packed in parcel.pack(letter=letter, submissions=[replace(s, copied_to=points) for s in submissions], now=NOW):
        message = parse(packed.raw)
        assert (message["To"], message["Cc"], packed.to) == ("desk@campaign.example", None, "desk@campaign.example")


def test_approved_letter_verifies_as_the_mandates_server_received_it(
    settings: Settings, smtp_server: SmtpServer
) -> None:
    settings.DKIM_KEY, settings.DKIM_DOMAIN = dkim_key()[0], "countersign.example"
    settings.OPENPGP_KEY = (ours := OpenPGPKey("Countersign <post@countersign.example>")).secret
    letter = LetterFactory.approved()
    drain_letters()
    (received,) = smtp_server.accepted
    assert received.sha256 == letter.deliveries.get().approved_sha256
    assert dkim.verify(received.raw, dnsfunc=lambda *_args, **_options: dkim_key()[1])
    boundary = str(received.message.get_boundary()).encode()
    _head, signed, signature, _end = received.raw.split(b"--" + boundary)
    result = pysequoia.verify(
        bytes=signed.removeprefix(b"\r\n").removesuffix(b"\r\n"),
        store=lambda _ids: [ours.certificate],
        signature=pysequoia.Sig.from_bytes(signature.partition(b"\r\n\r\n")[2]),
    )
    assert len(result.valid_sigs) == 1
    assert approved_submissions(letter)[0].text.rstrip() == render_submissions(letter=letter, now=NOW)[0].text.rstrip()


def test_address_with_a_key_gets_what_only_it_can_read(smtp_server: SmtpServer) -> None:
    key, letter = OpenPGPKey(), LetterFactory.complete()
    point = ContactPoint.objects.get(mandate__letters__letter=letter)
    give_key(point, key)
    letter = actions.submit_letter(letter=letter, by=letter.author, now=timezone.now())
    read = render_submissions(letter=letter, now=timezone.now())
    by = UserFactory.with_role("letter_author")
    letter = actions.approve_letter(letter=letter, by=by, now=timezone.now(), seen=fingerprint(read))
    drain_letters()
    delivery, (received,) = letter.deliveries.get(), smtp_server.accepted
    assert received.sha256 == delivery.approved_sha256
    assert (delivery.words_sha256, delivery.openpgp_fingerprint) == (fingerprint(read), key.fingerprint)
    assert received.message["Subject"] == parcel.COVERED_SUBJECT
    assert letter.subject.encode() not in received.raw
    _version, sealed = received.message.iter_parts()
    opened = parse(pysequoia.decrypt(sealed.get_content(), key.tsk.decryptor()).bytes or b"")
    body = opened.get_body(("plain",))
    assert body is not None
    assert (opened["Subject"], body.get_content().splitlines()) == (read[0].subject, read[0].text.splitlines())
    # The desk still reads what was approved.
    assert [(s.subject, s.text.rstrip()) for s in approved_submissions(letter)] == [
        (read[0].subject, read[0].text.rstrip())
    ]


def test_key_that_expired_stops_the_approval() -> None:
    letter = LetterFactory.in_review()
    point = ContactPoint.objects.get(mandate__letters__letter=letter)
    give_key(point, OpenPGPKey(valid_for=timedelta(minutes=5)))
    by = UserFactory.with_role("letter_author")
    with pytest.raises(LetterIncompleteError, match="has expired"):
        actions.approve_letter(letter=letter, by=by, now=timezone.now() + timedelta(minutes=6))
    letter.refresh_from_db()
    assert (letter.state, letter.deliveries.count()) == (Letter.State.IN_REVIEW, 0)
