"""What became of an uncertain letter is settled by evidence alone, and only as far as the evidence reaches."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from outbox.actions import resolve_by_evidence, resolve_uncertain
from outbox.delivery import drain
from outbox.evidence import why_uncertain
from outbox.models import Message
from outbox.patience import Patience
from tests.accounts.factories import UserFactory
from tests.outbox.factories import MessageFactory
from tests.outbox.imap_server import ImapServer
from tests.outbox.smtp_server import Fault, SmtpServer

pytestmark = pytest.mark.django_db
GRACE = 1200


def ago(minutes: float) -> datetime:
    return timezone.now() - timedelta(minutes=minutes)


def uncertain(*, handed_over: float = 60, since: float = 45) -> Message:
    """A letter handed over and lost sight of so many minutes ago."""
    message = MessageFactory.in_state("uncertain", policy="once", lane="letters", last_reply="no reply")
    port = f"[127.0.0.1]:{20000 + Message.objects.count()}"
    Message.objects.filter(pk=message.pk).update(
        committing_at=ago(handed_over), uncertain_since=ago(since), connection=port
    )
    message.refresh_from_db()
    return message


def line(minutes: float, words: str) -> str:
    return f"{ago(minutes).astimezone():%Y-%m-%d %H:%M:%S %z} {words}\n"


def taken(minutes: float, message: Message) -> str:
    sender = "post@countersign.example"
    return line(minutes, f"1tAb9Z-00000001234-0000 <= {sender} P=esmtp S=9 id={message.message_id.strip('<>')}")


def dropped(minutes: float, message: Message) -> str:
    return line(
        minutes, f"SMTP connection from (countersign.example) {message.connection} lost while reading message data"
    )


def started(minutes: float) -> str:
    ours = "1tAb9Z-00000000001-0000 <= post@countersign.example P=esmtp S=9 id=earlier@countersign.example"
    return line(minutes, "daemon started") + line(minutes, ours)


@pytest.fixture
def log(settings: Any, tmp_path: Path) -> Path:
    settings.EVIDENCE_LOG = str(tmp_path / "mainlog")
    return tmp_path / "mainlog"


def resolve(message: Message) -> tuple[str, str]:
    resolve_by_evidence(now=timezone.now())
    message.refresh_from_db()
    return message.state, message.doubt


def test_letter_in_the_log_is_sent_at_the_logs_moment_and_history_says_by_what(log: Path) -> None:
    message = uncertain()
    log.write_text(started(90) + taken(59, message))
    assert resolve(message) == ("sent", "")
    assert message.sent_at is not None
    assert abs(message.sent_at - ago(59)) < timedelta(seconds=5)
    [move] = apps.get_model("outbox", "LetterMove").objects.all()
    assert (move.state, move.pgh_context.metadata["by"], move.pgh_context.metadata["why"]) == (
        "sent",
        "evidence",
        "resolve_by_evidence",
    )
    assert "the mail server's log: Exim 1tAb9Z-00000001234-0000" in move.pgh_context.metadata["evidence"]
    assert "Resolved as sent by evidence" in move.last_reply
    assert move.last_reply.startswith("no reply\n")
    assert "@" not in move.last_reply
    assert resolve_by_evidence(now=timezone.now()) == 0


def test_letter_in_the_log_is_sent_even_before_the_grace_is_over(log: Path) -> None:
    message = uncertain(handed_over=1, since=0.5)
    log.write_text(taken(0.8, message))
    assert resolve(message) == ("sent", "")


def test_letter_that_the_log_says_was_dropped_is_queued_again_and_leaves_once(
    log: Path, smtp_server: SmtpServer
) -> None:
    message = uncertain()
    log.write_text(started(90) + dropped(59, message) + line(5, "Start queue run: pid=1"))
    assert resolve(message) == ("queued", "")
    assert "Resolved as queued by evidence" in message.last_reply
    words = f"the mail server's log: lost while reading message data from {message.connection}, "
    assert words in message.last_reply
    [move] = apps.get_model("outbox", "LetterMove").objects.all()
    assert words in move.last_reply
    assert words in move.pgh_context.metadata["evidence"]
    assert drain(lane="letters") == 1
    message.refresh_from_db()
    assert (message.state, len(smtp_server.accepted)) == ("sent", 1)


def test_silence_of_the_log_proves_nothing_however_whole_it_looks(log: Path) -> None:
    message, other = uncertain(), uncertain()
    log.write_text(started(90) + "".join(line(minute, "Start queue run: pid=1") for minute in range(89, 0, -1)))
    assert resolve(message) == ("uncertain", "not_covered")
    log.write_text(log.read_text() + dropped(59, other))
    assert resolve(message) == ("uncertain", "not_covered")
    other.refresh_from_db()
    assert other.state == "queued"


@pytest.mark.parametrize(
    ("since", "drop", "doubt"),
    [
        (45, 62, "not_covered"),  # before the handing over: another connection had that port
        (45, 60.5, ""),  # within the minute that clocks may differ
        (45, 24.5, ""),
        (45, 23, "not_covered"),  # after the server's patience was over
        (19, 18, "too_early"),  # the grace is not over
    ],
)
def test_drop_counts_only_near_the_handing_over_and_after_the_grace(
    log: Path, since: float, drop: float, doubt: str
) -> None:
    message = uncertain(since=since)
    log.write_text(started(90) + dropped(drop, message))
    assert resolve(message) == (("uncertain", doubt) if doubt else ("queued", ""))
    if doubt:
        assert why_uncertain(message) == str(Message.Doubt(doubt).label)


def test_drop_that_could_be_about_another_message_proves_nothing(log: Path) -> None:
    message, other = uncertain(), uncertain()
    log.write_text(dropped(59, message) + dropped(50, message))
    assert resolve(message) == ("uncertain", "not_covered")
    log.write_text(dropped(59, message))
    rows = Message.objects.filter(pk=other.pk)
    rows.update(connection=message.connection, committing_at=ago(70))
    assert resolve(message) == ("uncertain", "not_covered")
    rows.update(state="sent", sent_at=timezone.now(), committing_at=ago(55))
    assert resolve(message) == ("uncertain", "not_covered")
    rows.update(committing_at=ago(60.1))
    assert resolve(message) == ("queued", "")


def test_message_both_taken_and_dropped_waits_for_a_person(log: Path) -> None:
    message = uncertain()
    log.write_text(taken(59, message) + dropped(59, message))
    assert resolve(message) == ("uncertain", "not_covered")


def test_letter_whose_line_is_not_known_is_never_proved_dropped(log: Path) -> None:
    message = uncertain()
    log.write_text(dropped(59, message))
    Message.objects.update(connection="")
    assert resolve(message) == ("uncertain", "not_covered")


def test_letter_that_the_log_names_in_other_words_waits_for_a_person(log: Path) -> None:
    message = uncertain()
    odd = f"1tAb9Z-00000001234-0000 <= rewritten@example.org P=esmtp S=9 id={message.message_id.strip('<>')}"
    log.write_text(started(90) + line(59, odd) + dropped(58, message))
    assert resolve(message) == ("uncertain", "not_covered")
    assert why_uncertain(message) == "The source proves it neither way: a person has to look and decide."


def test_without_any_source_nothing_moves(settings: Any, smtp_server: SmtpServer) -> None:
    """L32, G3."""
    settings.EVIDENCE_LOG = settings.EVIDENCE_ARCHIVE = ""
    message = uncertain(handed_over=9999, since=9999)
    assert why_uncertain(message) == "The evidence has not been looked at yet."
    assert resolve(message) == ("uncertain", "no_source")
    assert why_uncertain(message) == "No source of evidence is set up: a person has to look and decide."
    assert drain(lane="letters") == 0
    assert smtp_server.accepted == []


def test_source_that_is_gone_moves_nothing_and_is_told(log: Path, caplog: pytest.LogCaptureFixture) -> None:
    message = uncertain()
    assert resolve(message) == ("uncertain", "unreadable")
    assert "No evidence from the mail server's log: FileNotFoundError" in caplog.text


def test_letter_whose_handing_over_has_no_moment_is_never_proved_dropped(log: Path) -> None:
    message = uncertain()
    Message.objects.update(committing_at=None)
    log.write_text(started(90) + dropped(59, message))
    assert resolve(message) == ("uncertain", "not_covered")


def test_decision_of_a_person_meanwhile_stands(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    message = uncertain()
    log.write_text(started(90) + dropped(59, message))

    from outbox import evidence

    gather = evidence.gather

    def slow(messages: Any) -> Any:
        resolve_uncertain(message=message, outcome="cancelled", by=UserFactory.create(), now=timezone.now())
        return gather(messages)

    monkeypatch.setattr(evidence, "gather", slow)
    assert resolve_by_evidence(now=timezone.now()) == 0
    message.refresh_from_db()
    assert message.state == "cancelled"


def test_person_decides_what_no_evidence_settles() -> None:
    message = uncertain()
    assert resolve(message)[0] == "uncertain"
    resolved = resolve_uncertain(message=message, outcome="sent", by=UserFactory.create(), now=timezone.now())
    assert (resolved.state, why_uncertain(resolved)) == ("sent", "")


def test_letter_that_was_lost_sight_of_on_the_wire_is_found_in_the_log(log: Path, smtp_server: SmtpServer) -> None:
    message = MessageFactory.letter(to_address="desk@un.example")
    smtp_server.script("desk@un.example", Fault.ACCEPT_AND_HANG_UP)
    drain(lane="letters", patience=Patience(connect=2, command=1, body=1, after_dot=1, lease=60))
    message.refresh_from_db()
    assert message.state == "uncertain"
    assert message.committing_at is not None
    assert message.uncertain_since is not None
    assert message.committing_at < message.uncertain_since
    log.write_text(taken(0, message))
    assert resolve(message) == ("sent", "")
    assert len(smtp_server.accepted) == 1


def test_many_are_settled_with_one_reading(log: Path, django_assert_max_num_queries: Any) -> None:
    messages = [uncertain() for _ in range(5)]
    log.write_text(
        started(90)
        + "".join(taken(59, message) for message in messages[:3])
        + "".join(dropped(59, message) for message in messages[3:])
    )
    with django_assert_max_num_queries(2 + 4 * 5):
        assert resolve_by_evidence(now=timezone.now()) == 5
    assert sorted(Message.objects.values_list("state", flat=True)) == ["queued"] * 2 + ["sent"] * 3


# --- the archive


@pytest.fixture(scope="module")
def imap() -> Iterator[ImapServer]:
    with ImapServer() as server:
        yield server


def copy_of(message: Message) -> bytes:
    return bytes(message.raw or b"")


def test_letter_in_the_archive_is_sent(imap: ImapServer, settings: Any) -> None:
    settings.EVIDENCE_ARCHIVE = imap.url
    message, other = uncertain(), uncertain()
    imap.keep(copy_of(message), at=ago(59))
    assert resolve(message) == ("sent", "")
    assert "the archive mailbox: a copy is there" in message.last_reply
    other.refresh_from_db()
    assert (other.state, other.doubt) == ("uncertain", "not_covered")


def test_longer_message_id_in_the_archive_is_another_message(imap: ImapServer, settings: Any) -> None:
    settings.EVIDENCE_ARCHIVE = imap.url
    message = uncertain()
    imap.keep(b"Message-ID: <x" + message.message_id.strip("<>").encode() + b">\r\n\r\nx\r\n", at=ago(59))
    assert resolve(message)[0] == "uncertain"


def test_silence_of_the_archive_proves_nothing(settings: Any) -> None:
    """A copy may be late, lost or expunged; it proves that the letter was taken as soon as it is there."""
    with ImapServer() as imap:
        settings.EVIDENCE_ARCHIVE = imap.url
        message = uncertain()
        for name, minutes in (("before", 90), ("between", 50), ("after", 1)):
            assert resolve(message) == ("uncertain", "not_covered")
            imap.keep(f"Message-ID: <{name}@x>\r\n\r\nx\r\n".encode(), at=ago(minutes))
        assert resolve(message) == ("uncertain", "not_covered")
        imap.keep(copy_of(message), at=ago(0))
        assert resolve(message) == ("sent", "")


def test_archive_that_cannot_be_asked_stops_the_log_from_sending_again(settings: Any, log: Path) -> None:
    settings.EVIDENCE_ARCHIVE = "imaps://127.0.0.1:1/INBOX"
    message = uncertain()
    log.write_text(dropped(59, message))
    assert resolve(message) == ("uncertain", "not_covered")


@pytest.mark.parametrize(
    "url", ["imap://archive:wrong@127.0.0.1:{}/INBOX", "imap://archive:secret@mail.example.org/", "https://x/", "x"]
)
def test_archive_that_cannot_be_asked_says_so_without_its_password(
    imap: ImapServer, settings: Any, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EVIDENCE_ARCHIVE = url.format(imap.port)
    message = uncertain()
    assert resolve(message) == ("uncertain", "unreadable")
    assert "No evidence from the archive mailbox" in caplog.text
    assert "wrong" not in caplog.text
    assert "secret" not in caplog.text


def test_the_log_and_the_archive_together(imap: ImapServer, settings: Any, log: Path) -> None:
    """What one of them shows is proved, whatever the other is silent about."""
    settings.EVIDENCE_ARCHIVE = imap.url
    message = uncertain()
    imap.keep(copy_of(message), at=ago(59))
    log.write_text(started(90) + line(5, "Start queue run: pid=1"))
    assert resolve(message) == ("sent", "")
