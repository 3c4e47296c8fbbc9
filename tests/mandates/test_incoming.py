"""What becomes of a mail: kept, matched, judged. Without a mailbox; see test_answers_by_mail for the whole way."""

import random
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from embedded.machine import ROOT
from mandates import actions
from mandates.actions import incoming
from mandates.incoming import judge, read_mail
from mandates.incoming.results import our_results
from mandates.models import Delivery, IncomingMail, Letter, ReplyAlias
from mandates.reply_address import reply_address
from outbox.models import Message
from tests.mandates.factories import ContactPointFactory, LetterFactory, MandateFactory
from tests.mandates.mails import PDF, receive, reply, report

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
US = "mx.countersign.example"
Verdict = IncomingMail.Verdict


@pytest.fixture(autouse=True)
def place(settings: Settings) -> None:
    settings.REPLY_DOMAIN, settings.AUTHSERV_ID, settings.DKIM_DNS = "replies.example", US, ""
    settings.MANDATES_MODE = "live"


@pytest.fixture
def letter() -> Letter:
    mandate = MandateFactory.create()
    ContactPointFactory.create(mandate=mandate, checked=True, value="desk@un-demo.example")
    return Letter.objects.get(pk=LetterFactory.approved(mandates=[mandate]).pk)


def our_id(letter: Letter) -> str:
    return Message.objects.get(delivery__letter=letter).message_id


def with_results(raw: bytes, *headers: str) -> bytes:
    return "".join(f"Authentication-Results: {header}\r\n" for header in headers).encode() + raw


# --- matching


def test_mail_finds_its_letter_by_each_sign(letter: Letter) -> None:
    by = letter.author
    actions.record_reply(
        letter=letter, kind="communication_sent", received_on=timezone.localdate(), by=by, now=timezone.now(),
        reference="UA IRN 7/2026",
    )  # fmt: skip
    ReplyAlias.objects.create(letter=letter, value="old-desk@old.example", added_by=by, added_at=timezone.now())
    signs = {
        "address": reply(to=reply_address(letter).upper()),
        "alias": reply(to="Old desk <Old-Desk@old.example>"),
        "thread": reply(to="post@us.example", headers={"In-Reply-To": our_id(letter)}),
        "reference": reply(to="post@us.example", subject=f"Re: your letter {letter.reference.lower()}"),
        "un_reference": reply(to="post@us.example", subject="Follow-up to UA IRN 7/2026"),
        "": reply(to="post@us.example", subject="Hello"),
    }
    found = {sign: receive(raw) for sign, raw in signs.items()}
    assert {sign: mail.matched_by for sign, mail in found.items()} == {sign: sign for sign in signs}
    assert {mail.state for sign, mail in found.items() if sign} == {"waiting"}
    assert (found[""].state, found[""].letter) == ("stray", None)


def test_references_header_and_folding_find_the_letter_too(letter: Letter) -> None:
    raw = reply(to="post@us.example")
    folded = raw.replace(
        b"MIME-Version", f"References: <a@b>\r\n {our_id(letter)}\r\n <c@d>\r\nMIME-Version".encode(), 1
    )
    assert receive(folded).matched_by == "thread"


def test_surer_sign_wins_and_the_other_letters_are_named(letter: Letter) -> None:
    other = Letter.objects.get(pk=LetterFactory.approved().pk)
    to = f"{reply_address(letter)}, {reply_address(other)}"
    mail = receive(reply(to=to, headers={"In-Reply-To": our_id(other)}))
    assert (mail.letter, mail.matched_by) == (letter, "address")
    assert any(other.reference in finding for finding in mail.findings)


def test_draft_and_guessed_references_match_nothing(letter: Letter) -> None:
    draft = LetterFactory.complete()
    wrong = letter.reference.replace("CS-", "CS-X")
    for subject in (draft.reference, wrong, "CS-1-999999999999", f"xx{letter.reference}9"):
        assert receive(reply(to="post@us.example", subject=subject)).state == "stray"


# --- kept once, never dropped


def test_same_bytes_are_kept_once_whatever_ends_their_lines(letter: Letter) -> None:
    raw = reply(to=reply_address(letter))
    first = receive(raw)
    assert receive(raw.replace(b"\r\n", b"\n") + b"\n\n").pk == first.pk
    assert receive(b"From somebody Sat Nov 21 08:00:00 2026\n" + raw, door="mailbox").pk == first.pk
    assert receive(raw.replace(b"received", b"refused.")).pk != first.pk


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_keep_one_and_file_it_once(letter: Letter) -> None:
    raw, together = reply(to=reply_address(letter)), threading.Barrier(8)

    def come(_number: int) -> int:
        together.wait(10)
        try:
            return receive(raw).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(come, range(8)))) == 1
    assert Message.objects.filter(kind="mail_came").count() == 1


def test_mail_that_was_kept_and_not_filed_is_filed_by_the_sweep(letter: Letter) -> None:
    kept = incoming._keep(reply(to=reply_address(letter)), now=timezone.now(), door="pipe", is_whole=True)
    assert kept.state == "arrived"
    assert actions.file_arrived(now=timezone.now()) == 1
    assert actions.file_arrived(now=timezone.now()) == 0
    kept.refresh_from_db()
    assert (kept.state, kept.letter) == ("waiting", letter)


@pytest.mark.parametrize("change", [{"raw": b"x"}, {"received_at": "2020-01-01T00:00Z"}, {"size": 1}])
def test_database_lets_nobody_change_or_delete_a_mail(change: dict[str, object]) -> None:
    mail = receive(reply(to="post@us.example"))
    with pytest.raises(DatabaseError), transaction.atomic():
        IncomingMail.objects.filter(pk=mail.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        IncomingMail.objects.filter(pk=mail.pk).delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        IncomingMail.objects.filter(pk=mail.pk).update(state="answered")


def test_bytes_lie_sealed(letter: Letter) -> None:
    mail = receive(reply(to=reply_address(letter), subject="Secret subject", text="Secret words"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT raw, sender, subject FROM mandates_incomingmail WHERE id = %s", [mail.pk])
        assert not any(b"ecret" in bytes(value) for value in cursor.fetchone())


def test_mail_that_is_too_large_keeps_its_beginning(letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incoming, "LARGEST", 5000)
    monkeypatch.setattr(incoming, "KEPT_OF_TOO_LARGE", 1000)
    raw = reply(to=reply_address(letter), text="word " * 5000)
    mail = receive(raw)
    assert (mail.is_whole, mail.size, len(mail.raw), mail.letter) == (False, len(raw), 1000, letter)


# --- never a fault


MANGLED = [
    b"",
    b"\x00" * 50,
    b"no headers at all",
    b"Content-Type: multipart/mixed; boundary=x\n\n--x\n--x\n--x--",
    b"Content-Type: multipart/mixed\n\nno boundary",
    b"Content-Type: text/plain; charset=no-such\n\n\xff\xfe",
    b"Content-Type: text/html; charset=utf-16\n\n<b>\xff",
    b"Content-Transfer-Encoding: base64\n\n!!!not base64!!!",
    b"Content-Transfer-Encoding: uuencode\n\nbegin 644 x\nM:\xff\n",
    b"Subject: =?utf-8?b?!!!?= =?x-unknown?q?=FF?=\n\n",
    b"Subject: =?utf-8?q?" + b"=00" * 20 + b"?=\n\n",
    b'From: <<<>>>@@@,,,;;;\nTo: """\n\n',
    b"From: a@b, c@d\nFrom: e@f\n\n",
    b"Message-ID: <" + b"x" * 5000 + b"@y>\n\n",
    b"Content-Disposition: attachment; filename*=utf-8''%ff%fe\n\n",
    b"Content-Disposition: attachment; filename*0*=x''a; filename*1=b\n\n",
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x\nContent-Type: "
    b"message/delivery-status\n\nAction: failed\n--x\nContent-Type: message/rfc822\n\nMessage-ID: <>\n--x--",
    b"DKIM-Signature: v=1; a=rsa-sha256; d=; s=; b=; bh=\n\n",
    b"Authentication-Results: mx.countersign.example; ((((((; dmarc=pass\n\n",
    b"Content-Type: message/rfc822\n\n" * 60 + b"x",
]


@pytest.mark.parametrize("raw", MANGLED)
def test_mangled_mail_is_a_stray_and_never_a_fault(raw: bytes) -> None:
    mail = receive(raw)
    assert mail.state == "stray"
    read = read_mail(bytes(mail.raw))
    assert isinstance(read.text, str)
    assert all(part.name == part.name.strip() and part.sha256 for part in read.attachments)


def test_a_thousand_random_injuries_never_defeat_the_reader(letter: Letter) -> None:
    """A property: whatever happens to the bytes, reading and judging give an answer. The seed is fixed."""
    chance = random.Random(20260821)
    seeds = [
        reply(to=reply_address(letter), html="<p>Hello <b>you</b></p>", pdf=PDF),
        report(reply(to="x@un.example")),
        *MANGLED,
    ]
    for _time in range(1000):
        raw = injured(chance.choice(seeds), chance)
        read = read_mail(raw)
        judge(read, letter=None)
        assert "\x00" not in f"{read.text}{read.subject}{read.message_id}"
        assert all(isinstance(part.content, bytes) for part in read.attachments)


def test_a_hundred_injured_mails_are_all_kept(letter: Letter) -> None:
    chance = random.Random(7)
    raws = {injured(reply(to=reply_address(letter), html="<p>x</p>", pdf=PDF), chance) for _time in range(100)}
    mails = [receive(raw) for raw in raws]
    assert {mail.state for mail in mails} <= {"stray", "waiting", "noted", "bounced"}
    assert IncomingMail.objects.count() == len({mail.pk for mail in mails}) > 80


def injured(raw: bytes, chance: random.Random) -> bytes:
    """`raw` with one to eight random injuries: bytes flipped, cut out, doubled, or swapped for what breaks parsers."""
    poison = [
        b"\x00",
        b"\r",
        b"\n\n",
        b"=?",
        b"?=",
        b'"',
        b"<",
        b"--",
        b"\xff\xfe",
        b";",
        b"=",
        b"(",
        b"%00",
        b"boundary=",
    ]
    body = bytearray(raw)
    for _injury in range(chance.randint(1, 8)):
        place = chance.randint(0, len(body))
        match chance.randint(0, 3):
            case 0 if body:
                body[place % len(body)] = chance.randint(0, 255)
            case 1:
                del body[place : place + chance.randint(1, 60)]
            case 2:
                body[place:place] = body[place : place + 200]
            case _:
                body[place:place] = chance.choice(poison)
    return bytes(body)


# --- whether it is from whom it says


@pytest.mark.parametrize(
    ("headers", "verdict"),
    [
        ([], Verdict.UNPROVED),
        ([f"{US}; dmarc=pass header.from=un-demo.example"], Verdict.PROVED),
        ([f"{US}; spf=pass smtp.mailfrom=x@un-demo.example"], Verdict.PROVED),
        ([f"{US}; dkim=pass header.d=un-demo.example"], Verdict.PROVED),
        ([f"{US} 1; dkim=pass (2048 bit; un-demo) header.i=@un-demo.example"], Verdict.PROVED),
        ([f"{US}; dmarc=fail header.from=un-demo.example"], Verdict.FORGED),
        ([f"{US}; spf=softfail smtp.mailfrom=un-demo.example"], Verdict.FORGED),
        # For another domain than the reader sees, a pass proves nothing.
        ([f"{US}; dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=evil.example"], Verdict.UNPROVED),
        ([f"{US}; dkim=pass header.d=un-demo.example.evil.example"], Verdict.UNPROVED),
        ([f"{US}; dkim=pass header.d=evilun-demo.example"], Verdict.UNPROVED),
        # What stands in quotes or comments is the forger's.
        ([f'{US}; spf=pass smtp.mailfrom="x.un-demo.example"@evil.example'], Verdict.UNPROVED),
        ([f'{US}; spf=pass smtp.mailfrom="a; dkim=pass header.d=un-demo.example"@evil.example'], Verdict.UNPROVED),
        ([f"{US}; spf=none (; dkim=pass header.d=un-demo.example)"], Verdict.UNPROVED),
        ([f"{US}; none"], Verdict.UNPROVED),
        # Only the topmost counts, and only ours.
        (["elsewhere.example; dmarc=pass header.from=un-demo.example"], Verdict.UNPROVED),
        (["elsewhere.example; none", f"{US}; dmarc=pass header.from=un-demo.example"], Verdict.UNPROVED),
        ([f"{US}; dmarc=fail header.from=un-demo.example", f"{US}; dmarc=pass header.from=un-demo.example"], "forged"),
        ([f"{US}.evil.example; dmarc=pass header.from=un-demo.example"], Verdict.UNPROVED),
    ],
)
def test_verdict_reads_only_our_own_topmost_results(headers: list[str], verdict: str, letter: Letter) -> None:
    mail = receive(with_results(reply(to=reply_address(letter)), *headers))
    assert (mail.state, mail.verdict) == ("waiting", verdict)


def test_without_a_name_of_our_own_no_results_are_believed(letter: Letter, settings: Settings) -> None:
    settings.AUTHSERV_ID = ""
    raw = with_results(reply(to=reply_address(letter)), "; dmarc=pass header.from=un-demo.example")
    assert our_results(read_mail(raw), authserv_id="") is None
    assert receive(raw).verdict == Verdict.UNPROVED


@pytest.mark.parametrize(
    ("sender", "verdict"),
    [
        ("desk@elsewhere.example", Verdict.OUTSIDER),
        ("desk@un-demo.example, x@elsewhere.example", Verdict.FORGED),
        ("", Verdict.FORGED),
        ('"desk@un-demo.example" <x@elsewhere.example>', Verdict.OUTSIDER),
        ('"desk <desk@un-demo.example>" <x@elsewhere.example>', Verdict.OUTSIDER),
        ("=?utf-8?q?desk_=3Cdesk=40un-demo=2Eexample=3E?= <x@elsewhere.example>", Verdict.OUTSIDER),
    ],
)
def test_sender_is_the_address_and_never_the_name(sender: str, verdict: str, letter: Letter) -> None:
    raw = reply(to=reply_address(letter), sender="x@y.example").replace(
        b"From: x@y.example", f"From: {sender}".encode()
    )
    results = f"{US}; dmarc=pass header.from=elsewhere.example"
    assert receive(with_results(raw, results)).verdict == verdict


def test_mail_from_ourselves_that_cannot_prove_it_is_forged(letter: Letter) -> None:
    raw = reply(to=reply_address(letter), sender="post@countersign.example")
    assert receive(raw).verdict == Verdict.FORGED


# --- machines


@pytest.mark.parametrize(
    ("headers", "state"),
    [
        ({"Auto-Submitted": "auto-replied"}, "noted"),
        ({"Auto-Submitted": "auto-generated; x=y"}, "noted"),
        ({"Auto-Submitted": "no"}, "waiting"),
        ({"Precedence": "auto_reply"}, "noted"),
        ({"X-Autoreply": "yes"}, "noted"),
        ({"Precedence": "list"}, "waiting"),
    ],
)
def test_answering_machines_are_noted_and_no_answer(headers: dict[str, str], state: str, letter: Letter) -> None:
    mail = receive(reply(to=reply_address(letter), subject="Out of office", headers=headers))
    assert (mail.state, mail.letter, mail.is_automatic) == (state, letter, state == "noted")
    assert Message.objects.filter(kind="mail_came").count() == (state == "waiting")


def test_report_about_a_letter_that_never_left_bounces_nothing(letter: Letter) -> None:
    delivery = Delivery.objects.select_related("message").get(letter=letter)
    mail = receive(report(bytes(delivery.message.raw)))
    delivery.message.refresh_from_db()
    assert (mail.state, mail.letter, delivery.message.state) == ("bounced", letter, "queued")


def test_report_about_nothing_of_ours_is_kept(letter: Letter) -> None:
    mail = receive(report(b"Message-ID: <stranger@elsewhere.example>\r\n\r\nx\r\n"))
    assert (mail.state, mail.letter) == ("bounced", None)


def test_html_is_shown_as_text_and_attachments_are_listed() -> None:
    read = read_mail(
        reply(to="x@y.example", text="", html="<script>evil()</script><p>One</p><p>Two &amp; three</p>", pdf=PDF)
    )
    assert read.text.split() == ["One", "Two", "&", "three"]
    assert [(part.name, part.is_pdf) for part in read.attachments if part.is_pdf] == [("AL_IRN_1.pdf", True)]
    assert "text/html" in [part.media_type for part in read.attachments]


# --- the pipe


def pipe(raw: bytes, *arguments: str) -> int:
    command = [sys.executable, "manage.py", "receive_mail", *arguments]
    done = subprocess.run(command, input=raw, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode in {0, 69, 75}, done.stderr.decode()
    return done.returncode


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_pipe_keeps_the_mail_or_tells_the_server_to_come_again(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url())
    monkeypatch.setenv("ADDRESS_KEYS", ",".join(settings.ADDRESS_KEYS))
    monkeypatch.setenv("DIGEST_KEY", settings.DIGEST_KEY)
    assert pipe(reply(to="post@us.example"), "--recipient", "somebody@replies.example") == 0
    mail = IncomingMail.objects.get()
    assert (mail.state, bytes(mail.raw)[:45]) == ("stray", b"Delivered-To: somebody@replies.example\r\nFrom:")
    assert pipe(b"") == 75
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    assert pipe(reply(to="post@us.example")) == 75
    assert IncomingMail.objects.count() == 1


def database_url() -> str:
    """This test's own database, for a process of its own."""
    values = connection.settings_dict
    place = f"{values['HOST'] or '127.0.0.1'}:{values['PORT'] or 5432}"
    return f"postgresql://{values['USER']}:{values['PASSWORD']}@{place}/{values['NAME']}"
