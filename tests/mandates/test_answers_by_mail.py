"""The way of an answer: a real SMTP server, a real mailbox, a real IMAP server, and the letter's page."""

import pytest
from django.test import Client
from django.urls import reverse

from mandates.incoming.mailbox import OpenMailbox
from mandates.journey import clock_of
from mandates.models import IncomingMail, Letter, MailboxSighting
from mandates.reply_address import reply_address
from mandates.tasks import drain_letters, poll_replies
from outbox.models import Message
from tests.mandates.factories import ContactPointFactory, LetterFactory, MandateFactory, today
from tests.mandates.mails import PDF, reply, report
from tests.mandates.post_office import PostOffice
from tests.outbox.smtp_server import SmtpServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
HONEST = {"sender": "desk@un-demo.example", "helo": "mx.un-demo.example"}
FORGER = {"sender": "desk@evil.example", "helo": "mx.evil.example"}


@pytest.fixture
def letter(settings: pytest.FixtureRequest, smtp_server: SmtpServer) -> Letter:
    """A letter that left, by SMTP, to an address at un-demo.example."""
    settings.MANDATES_MODE = "live"  # type: ignore[attr-defined]  # the stubs type settings as an object
    mandate = MandateFactory.create(title="Working Group on Trying")
    ContactPointFactory.create(mandate=mandate, checked=True, value="desk@un-demo.example")
    letter = LetterFactory.approved(mandates=[mandate])
    drain_letters()
    assert len(smtp_server.accepted) == 1
    return Letter.objects.get(pk=letter.pk)


def states() -> list[tuple[str, str, str]]:
    """What became of all mails; a maildir has no order."""
    return sorted((mail.state, mail.matched_by, mail.verdict) for mail in IncomingMail.objects.all())


def test_reply_lands_on_its_letter_and_a_forged_one_is_marked_so(
    office: PostOffice, letter: Letter, client: Client
) -> None:
    key = office.key_of("un-demo.example")
    office.allowed = {("mx.un-demo.example", "un-demo.example"), ("mx.evil.example", "evil.example")}
    honest = key.sign(reply(to=reply_address(letter), subject="We received it", pdf=PDF))
    office.deliver(honest, to=reply_address(letter), **HONEST)
    # The forger writes our own server's verdict into the mail, and sends from a server that may send for itself.
    results = "mx.countersign.example; dkim=pass header.d=un-demo.example; dmarc=pass header.from=un-demo.example"
    forged = reply(
        to=reply_address(letter),
        subject="AL IRN 99/2026 the Government has replied",
        text="The case is closed.",
        headers={"Authentication-Results": results},
    )
    office.deliver(forged, to=reply_address(letter), **FORGER)

    poll_replies()
    poll_replies()

    assert states() == [("waiting", "address", "forged"), ("waiting", "address", "proved")]
    assert {mail.letter for mail in IncomingMail.objects.all()} == {letter}
    client.force_login(letter.author)
    page = client.get(letter.get_absolute_url()).content.decode()
    assert "We received it" in page
    assert page.count("forged: it does not come from whom it says") == 1
    assert page.index("mail--forged") < page.index("AL IRN 99/2026")
    clock = clock_of(Letter.objects.with_journey().get(pk=letter.pk), today=today())
    assert clock is not None
    assert (clock.state, clock.counts_from_communication) == ("running", False)


def test_forged_mail_moves_no_clock_until_somebody_vouches_for_it(
    office: PostOffice, letter: Letter, client: Client
) -> None:
    office.deliver(reply(to=reply_address(letter), subject="AL IRN 9/2026"), to=reply_address(letter), **FORGER)
    poll_replies()
    mail = IncomingMail.objects.get()
    client.force_login(letter.author)
    url = reverse("mandates:mail_answer", args=[mail.pk])
    data = {"kind": "communication_sent", "received_on": today(), "communication_on": today()}
    refused = client.post(url, data)
    assert refused.context["form"].errors.keys() == {"vouched_for"}
    assert letter.replies.count() == 0
    client.post(url, {**data, "vouched_for": "Asked the secretariat by telephone"})
    answer = letter.replies.get()
    assert (answer.is_forged, answer.vouched_for) == (True, "Asked the secretariat by telephone")
    mail.refresh_from_db()
    assert mail.state == "answered"


def test_altered_mail_is_forged_even_when_our_server_says_nothing(office: PostOffice, letter: Letter) -> None:
    office.leaves_results = False
    key = office.key_of("un-demo.example")
    signed = key.sign(reply(to=reply_address(letter)))
    office.deliver(signed.replace(b"was received", b"was refused "), to=reply_address(letter), **HONEST)
    office.deliver(signed, to=reply_address(letter), **HONEST)
    poll_replies()
    assert [verdict for _state, _by, verdict in states()] == ["forged", "proved"]


def test_mail_is_kept_once_whoever_looks_how_often(office: PostOffice, letter: Letter) -> None:
    office.deliver(reply(to=reply_address(letter)), to=reply_address(letter), **HONEST)
    [delivered] = office.waiting()
    poll_replies()
    assert (office.waiting(), len(office.mailbox.get_folder("Kept"))) == ([], 1)
    # Somebody moves it back, and later the server forgets its UIDs: the bytes are known.
    office.drop(delivered)
    poll_replies()
    office.drop(delivered)
    office.forget_uids()
    poll_replies()
    assert IncomingMail.objects.count() == 1
    assert MailboxSighting.objects.values("uidvalidity").distinct().count() == 2
    assert office.waiting() == []


def test_process_that_dies_after_keeping_repeats_nothing(
    office: PostOffice, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worst moment: the row is committed, the server does not know it yet."""
    office.deliver(reply(to=reply_address(letter)), to=reply_address(letter), **HONEST)

    def die(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(MailboxSighting.objects, "get_or_create", die)
        with pytest.raises(KeyboardInterrupt):
            poll_replies()
    assert (IncomingMail.objects.count(), len(office.waiting())) == (1, 1)
    with monkeypatch.context() as patch:
        patch.setattr(OpenMailbox, "mark_kept", die)
        with pytest.raises(KeyboardInterrupt):
            poll_replies()
    assert (MailboxSighting.objects.count(), len(office.waiting())) == (1, 1)
    poll_replies()
    assert (IncomingMail.objects.count(), office.waiting()) == (1, [])
    assert Message.objects.filter(kind="mail_came").count() == 1


def test_without_a_folder_for_kept_mail_it_is_marked_as_read(
    office: PostOffice, letter: Letter, settings: pytest.FixtureRequest
) -> None:
    settings.REPLY_MAILBOX_DONE = ""  # type: ignore[attr-defined]  # the stubs type settings as an object
    office.deliver(reply(to=reply_address(letter)), to=reply_address(letter), **HONEST)
    poll_replies()
    poll_replies()
    assert [message.get_flags() for message in office.mailbox] == ["S"]
    assert IncomingMail.objects.count() == 1


def test_server_that_is_away_loses_nothing(office: PostOffice, letter: Letter) -> None:
    office.deliver(reply(to=reply_address(letter)), to=reply_address(letter), **HONEST)
    office._stop_imap()
    poll_replies()
    assert IncomingMail.objects.count() == 0
    office._start_imap()
    poll_replies()
    assert IncomingMail.objects.count() == 1


def test_return_of_a_letter_ends_its_delivery_as_bounced(
    office: PostOffice, letter: Letter, smtp_server: SmtpServer, client: Client
) -> None:
    returned = report(smtp_server.accepted[0].raw)
    late = report(smtp_server.accepted[0].raw, action="delayed", status="4.4.1")
    office.deliver(late, sender="", to="post@countersign.example", helo="mx.un.example")
    poll_replies()
    message = Message.objects.get(delivery__letter=letter)
    assert message.state == Message.State.SENT
    office.deliver(returned, sender="", to="post@countersign.example", helo="mx.un.example")
    poll_replies()
    message.refresh_from_db()
    assert message.state == Message.State.BOUNCED
    assert [(state, by) for state, by, _verdict in states()] == [("bounced", "report"), ("noted", "report")]
    client.force_login(letter.author)
    assert str(message.get_state_display()) in client.get(letter.get_absolute_url()).content.decode()
