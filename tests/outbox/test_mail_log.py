"""The mail server's log as a witness: what it shows; its silence shows nothing."""

import gzip
import os
from datetime import datetime
from pathlib import Path

import pytest

from outbox.evidence.mail_log import LONGEST_LINE, ask_log
from outbox.evidence.witness import Witness
from tests.outbox.mail_logs import PORT, US, at, exim, exim_dropped, exim_took, postfix, started, write

WANTED = "abc123@countersign.example"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "mainlog"


def ask(path: Path, since: datetime | None = None) -> Witness:
    return ask_log(str(path), {WANTED}, connections={PORT}, since=since or at(0))


def test_exim_acceptance_is_found_with_its_moment(log: Path) -> None:
    write(log, started(-1), exim_took(5, f"<{WANTED}>"), exim(30, "Start queue run: pid=1"))
    witness = ask(log)
    assert witness.problem == ""
    assert witness.taken[WANTED].at == at(5).replace(microsecond=123000)
    assert witness.taken[WANTED].words.startswith("Exim 1tAb9Z-")


@pytest.mark.parametrize(
    "line",
    [
        exim_took(5, WANTED, sender="other@example.org"),
        exim_took(5, f"x{WANTED}"),
        exim_took(5, f"{WANTED}.example"),
        exim(5, f'1tAb9Z-00000001234-0000 <= {US} H=x P=esmtp S=1 id=other@x T="look: id={WANTED} "'),
        exim(5, f"1tAb9Z-00000001234-0000 H=x rejected after DATA: <= {US} id={WANTED}"),
        exim(5, f"1tAb9Z-00000001234-0000 => desk@un.example id={WANTED}"),
        f"note <= {US} id={WANTED}\n",
        exim_took(5, WANTED).rstrip("\n"),
    ],
    ids=["sender", "longer", "longer tail", "subject", "rejected", "delivery", "no stamp", "half a line"],
)
def test_exim_line_that_is_no_acceptance_of_ours_proves_nothing(log: Path, line: str) -> None:
    write(log, started(-1), exim(6, "Start queue run: pid=1"), line)
    assert ask(log).taken == {}


def test_postfix_needs_both_lines_of_one_queue_file(log: Path) -> None:
    cleanup = postfix(5, f"cleanup[7]: 4XyZ1a: message-id=<{WANTED}>")
    active = postfix(5.1, f"qmgr[8]: 4XyZ1a: from=<{US}>, size=1234, nrcpt=1 (queue active)")
    write(log, postfix(-1, "master[1]: daemon started"), cleanup)
    assert ask(log).taken == {}
    write(log, active, cleanup)
    assert ask(log).taken == {}
    write(log, cleanup, active)
    assert ask(log).taken[WANTED].words.startswith("Postfix 4XyZ1a")
    assert ask(log).taken[WANTED].at == at(5.1)


def test_postfix_queue_name_used_again_is_another_message(log: Path) -> None:
    write(
        log,
        postfix(5, f"cleanup[7]: 4XyZ1a: message-id=<{WANTED}>"),
        postfix(6, "cleanup[7]: 4XyZ1a: message-id=<other@countersign.example>"),
        postfix(6, f"qmgr[8]: 4XyZ1a: from=<{US}>, size=1, nrcpt=1 (queue active)"),
        postfix(7, f"cleanup[7]: 5XyZ1a: message-id=<{WANTED}>"),
        postfix(7, "qmgr[8]: 5XyZ1a: from=<other@example.org>, size=1, nrcpt=1 (queue active)"),
        postfix(8, f"smtpd[9]: warning: {at(8).isoformat()} mx1 postfix/cleanup[7]: 6X: message-id=<{WANTED}>"),
        postfix(8, f"qmgr[8]: 6X: from=<{US}>, size=1, nrcpt=1 (queue active)"),
    )
    assert ask(log).taken == {}


def test_postfix_pair_across_a_rotation_is_found(log: Path) -> None:
    write(log.with_name("mainlog.1"), postfix(-1, "x[1]: y"), postfix(5, f"cleanup[7]: 4X: message-id=<{WANTED}>"))
    write(log, postfix(5, f"qmgr[8]: 4X: from=<{US}>, size=1, nrcpt=1 (queue active)"))
    assert WANTED in ask(log).taken


@pytest.mark.parametrize("packed", [False, True])
def test_rotated_parts_reach_back_as_far_as_needed(log: Path, packed: bool) -> None:
    write(log, exim(20, "Start queue run: pid=1"))
    write(log.with_name("mainlog.1"), exim(10, "Start queue run: pid=1"))
    older = "".join([started(-5), exim_took(2, WANTED)])
    if packed:
        log.with_name("mainlog.2.gz").write_bytes(gzip.compress(older.encode()))
    else:
        write(log.with_name("mainlog.2"), older)
    write(log.with_name("mainlog.3"), exim(-50, "Start queue run: pid=1"))
    witness = ask(log)
    assert WANTED in witness.taken


def test_rotation_while_we_read_shows_a_part_once(log: Path) -> None:
    write(log, exim(20, "Start queue run: pid=1"), exim_took(5, WANTED))
    os.link(log, log.with_name("mainlog.1"))
    write(log.with_name("mainlog.2"), started(-5), exim_dropped(5))
    witness = ask(log)
    assert (set(witness.taken), len(witness.dropped[PORT])) == ({WANTED}, 1)


def test_stamps_without_a_zone_show_what_was_taken_and_prove_no_drop(log: Path) -> None:
    """Exim without `log_timezone`; the traditional stamps of syslog and of Postfix's own log file."""
    write(log, exim(-1, "started", ""), exim_took(5, WANTED, zone=""), exim_dropped(5, zone=""))
    witness = ask(log)
    assert witness.taken[WANTED].at is None
    assert witness.dropped == {}
    write(
        log,
        f"Nov 21 08:00:00 mx1 postfix/cleanup[7]: 4X: message-id=<{WANTED}>\n",
        f"Nov 21 08:00:00 mx1 postfix/qmgr[8]: 4X: from=<{US}>, size=1, nrcpt=1 (queue active)\n",
        f"Nov 21 08:00:00 mx1 postfix/smtpd[6]: lost connection after DATA (0 bytes) from unknown{PORT}\n",
    )
    witness = ask(log)
    assert WANTED in witness.taken
    assert witness.dropped == {}


def test_missing_or_broken_log_covers_nothing(log: Path) -> None:
    assert ask(log).problem.startswith("FileNotFoundError")
    log.mkdir()
    assert ask(log).problem.startswith("IsADirectoryError")
    log.rmdir()
    write(log, exim(20, "x"))
    log.with_name("mainlog.1.gz").write_bytes(gzip.compress(exim(-5, "x").encode())[:-6])
    assert ask(log).problem.startswith("EOFError")


def test_rubbish_in_the_log_is_passed_over(log: Path) -> None:
    log.write_bytes(
        b"\x00\xff\xfe\n"
        + started(-1).encode()
        + b"x" * (LONGEST_LINE * 2)
        + exim_took(2, WANTED).encode()
        + b"9999-99-99 99:99:99 +0000 1tAb9Z-00000001234-0000 <= x id=y\n"
        + exim(30, "Start queue run: pid=1").encode()
        + b"\xff no stamp\n"
    )
    witness = ask(log)
    assert (witness.problem, witness.taken) == ("", {})


@pytest.mark.parametrize(
    "line",
    [
        exim_took(5, WANTED, sender="rewritten@example.org"),
        f"{at(5).isoformat()} mx1 exim[7]: 2026-11-21 08:05:00 1tAb9Z-00000001234-0000 <= {US} P=esmtp id={WANTED}\n",
        f"{at(5).isoformat()} mx1 amavis[7]: Passed CLEAN, Message-ID: <{WANTED}>, mail_id: x\n",
        postfix(5, f"cleanup[7]: 4X: message-id=<{WANTED}>")
        + postfix(5, "qmgr[8]: 4X: from=<x@y>, size=1 (queue active)"),
    ],
    ids=["rewritten sender", "Exim through syslog", "a filter", "Postfix with another sender"],
)
def test_mention_in_other_words_is_neither_presence_nor_absence(log: Path, line: str) -> None:
    write(log, started(-1), line, exim(30, "Start queue run: pid=1"))
    witness = ask(log)
    assert (witness.taken, witness.mentioned) == ({}, {WANTED})


@pytest.mark.parametrize(
    "line",
    [
        exim(5, f"SMTP connection from (site) {PORT} lost while reading message data"),
        exim(5, f"SMTP connection from mx.example (site) {PORT} lost while reading message data (header)"),
        exim(5, f"[77] SMTP connection from mx.example {PORT} I=[127.0.0.1]:25 lost while reading message data"),
        exim(5, f"1xUjdP-0002qE-22 SMTP connection lost after final dot H=(site) {PORT} P=esmtp"),
        exim(5, f"1xUjdP-0000000JSHA-0022 H=(site) {PORT} F=<{US}> rejected after DATA: because: it says no"),
        exim(5, f"1xUjdP-0002qE-22 H=(site) {PORT} X=TLS1.3 F=<{US}> temporarily rejected after DATA"),
        exim(5, f"1xUjdP-0002qE-22 SMTP data timeout (message abandoned) on connection from (site) {PORT} F=<{US}>"),
        postfix(5, f"smtpd[6]: lost connection after DATA (0 bytes) from unknown{PORT}"),
        postfix(5, f"submission/smtpd[6]: timeout after DATA (3214 bytes) from localhost{PORT}"),
    ],
)
def test_drop_is_found_on_its_connection_alone(log: Path, line: str) -> None:
    write(log, line)
    [trace] = ask(log).drops_of(PORT, since=at(4), until=at(6))
    assert PORT in trace.words
    assert ask_log(str(log), {WANTED}, connections={PORT[:-1], f"{PORT}1"}, since=at(0)).dropped == {}


@pytest.mark.parametrize(
    "line",
    [
        exim(5, f"unexpected disconnection while reading SMTP command from (site) {PORT} D=0.012s"),
        exim(5, f"SMTP connection from (site) {PORT} lost D=0.051s"),
        exim(5, f"SMTP connection from (site) {PORT} closed by QUIT"),
        exim(5, f"SMTP connection from ({PORT} lost while reading message data"),
        exim(5, f"SMTP connection from ({PORT}) [192.0.2.1]:9 lost while reading message data"),
        exim(5, f"SMTP connection from (site) {PORT} lost while reading message data and so on"),
        exim(5, f'1xUjdP-0002qE-22 <= a@b H=x P=esmtp T="SMTP connection from {PORT} lost while reading message data'),
        postfix(5, f"smtpd[6]: lost connection after END-OF-MESSAGE from unknown{PORT}"),
        postfix(5, f"smtpd[6]: lost connection after RCPT from unknown{PORT}"),
        postfix(5, f"smtpd[6]: disconnect from unknown{PORT} ehlo=1 mail=1 rcpt=1 data=0/1 commands=3/4"),
        f"x{exim_dropped(5)}",
        exim_dropped(5).rstrip("\n"),
    ],
)
def test_other_words_about_the_connection_prove_no_drop(log: Path, line: str) -> None:
    write(log, line)
    assert ask(log).dropped == {}
